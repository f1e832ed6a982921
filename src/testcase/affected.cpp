#include "testcase/affected.h"

#include <algorithm>

#include "base/versions.h"

namespace stowaway::testcase {

bool holds(const VersionRange& range, std::string_view version) {
  const bool open_below = range.introduced.empty() || range.introduced == "0";
  if (!open_below && compare_versions(version, range.introduced) < 0) return false;
  if (!range.fixed.empty()) return compare_versions(version, range.fixed) < 0;
  if (!range.last_affected.empty()) return compare_versions(version, range.last_affected) <= 0;
  return true;
}

bool holds(std::span<const VersionRange> ranges, std::string_view version) {
  return std::ranges::any_of(ranges, [&](const auto& range) { return holds(range, version); });
}

std::string describe(const VersionRange& range) {
  const bool open_below = range.introduced.empty() || range.introduced == "0";
  if (open_below) {
    if (!range.fixed.empty()) return "< " + range.fixed;
    if (!range.last_affected.empty()) return "<= " + range.last_affected;
    return "all";
  }
  if (!range.fixed.empty()) return range.introduced + " to before " + range.fixed;
  if (!range.last_affected.empty()) return range.introduced + " … " + range.last_affected;
  return ">= " + range.introduced;
}

std::string describe(std::span<const VersionRange> ranges) {
  std::string text;
  for (const VersionRange& range : ranges) text += (text.empty() ? "" : ", ") + describe(range);
  return text;
}

}  // namespace stowaway::testcase
