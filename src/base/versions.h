// Orders the version labels that upstreams give. Pure; safe from any thread.
//
// A label is split into numbers and words; '.', '_', '-', '+', '~' and changes between digits and letters separate. A leading
// "v", "r" or "release" before a digit is ignored. Numbers compare numerically; a missing part counts as 0, so that 1.2
// and 1.2.0 are equivalent. Words: alpha < beta < pre/rc < nothing < p/pl/post/patch < any other word in ASCII order, so
// 1.0rc1 < 1.0 < 1.0.1, 1.0.2 < 1.0.2a < 1.0.2za, 6 < 6b, 5.1 < 5.1-p1.
#pragma once

#include <compare>
#include <string_view>

namespace stowaway {

std::weak_ordering compare_versions(std::string_view a, std::string_view b);

// As `dpkg --compare-versions`: Debian Policy 5.6.12, epoch and revision included.
std::weak_ordering compare_debian(std::string_view a, std::string_view b);

}  // namespace stowaway
