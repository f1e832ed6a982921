#include "source/member_path.h"

#include <cstddef>

namespace stowaway::source {

PathFault append_normal_path(std::string_view raw, std::uint64_t max_path_bytes, std::string& out) {
  const std::size_t before = out.size();
  const auto undo = [&](PathFault fault) {
    out.resize(before);
    return fault;
  };
  if (raw.starts_with('/')) return PathFault::escapes;
  if (raw.size() > max_path_bytes) return PathFault::too_long;
  bool any = false;
  while (!raw.empty()) {
    const std::size_t slash = raw.find('/');
    const std::string_view part = raw.substr(0, slash);
    raw = slash == std::string_view::npos ? std::string_view{} : raw.substr(slash + 1);
    if (part.empty() || part == ".") continue;
    if (part == "..") return undo(PathFault::escapes);
    if (any) out += '/';
    out += part;
    any = true;
  }
  if (!any) return undo(PathFault::empty);
  if (out.size() > max_path_bytes) return undo(PathFault::too_long);
  return PathFault::none;
}

std::string_view base_name(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

}  // namespace stowaway::source
