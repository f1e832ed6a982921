// Names that a subject gives to its files, made safe: bytes in, a path below the root out. Pure.
// Private to `source`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stowaway::source {

enum class PathFault { none, escapes, empty, too_long };

// Appends `raw` to `out` without empty and "." parts. On a fault `out` is as before.
// escapes: absolute, or with a ".." part anywhere, even where it would stay inside: such names are
// made to confuse.
PathFault append_normal_path(std::string_view raw, std::uint64_t max_path_bytes, std::string& out);

// What stands behind the last '/'.
std::string_view base_name(std::string_view path);

}  // namespace stowaway::source
