// Ranges of releases, as advisories claim them and as variants fit them. Pure; safe from any
// thread. The order is that of base/versions.h.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stowaway::testcase {

// One interval. Of `fixed` and `last_affected` at most one is set; neither: no upper bound.
struct VersionRange {
  std::string introduced;     // first release inside; "" or "0": no lower bound is known
  std::string fixed;          // first release outside again
  std::string last_affected;  // last release inside
};

bool holds(const VersionRange& range, std::string_view version);
// True if any range holds it; an empty list holds nothing.
bool holds(std::span<const VersionRange> ranges, std::string_view version);

// For people: "< 1.2.13", "1.2.2.2 … 1.2.11", "1.8.3 to before 1.9.4"; several joined by ", ".
std::string describe(const VersionRange& range);
std::string describe(std::span<const VersionRange> ranges);

}  // namespace stowaway::testcase
