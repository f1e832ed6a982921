// Bytes in one zstd frame, and back with a limit. Safe from any thread.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace stowaway::kb {

std::string compressed(std::span<const std::byte> raw);
// Foreign bytes. Fails with corrupt, or limit_exceeded when they would unpack to more.
Result<std::vector<std::byte>> decompressed(std::string_view bytes, std::size_t max_bytes);

}  // namespace stowaway::kb
