// Orders the version labels that upstreams give. Pure; safe from any thread.
//
// A label is split into numbers and words; '.', '_', '-', '+', '~' and changes between digits and
// letters separate. A leading "v" or "release" before a digit is ignored. Numbers compare
// numerically, whatever their length; a missing part counts as 0, so that 1.2 and 1.2.0 are
// equivalent. Words: dev < alpha < beta < pre, rc < nothing < p, pl, post, patch < any other word
// in ASCII order < a number. A single a, b or c between digits is alpha, beta, rc. So 1.0b1
// < 1.0rc1 < 1.0 < 1.0.1, 1.0.2 < 1.0.2a < 1.0.2za, 6 < 6b, 5.1 < 5.1-p1, r131 < 1.7.1 (lz4,
// xxHash: revisions came first).
//
// Each label becomes a sequence of parts that compare one by one, so this is a total preorder: a
// property test checks it.
#pragma once

#include <compare>
#include <string_view>

namespace stowaway {

std::weak_ordering compare_versions(std::string_view a, std::string_view b);

// As `dpkg --compare-versions`: Debian Policy 5.6.12, epoch and revision included.
std::weak_ordering compare_debian(std::string_view a, std::string_view b);

// As Semantic Versioning 2.0.0, clause 11: build metadata does not count. A leading "v" is ignored,
// missing numbers are 0, and what is no number where one belongs counts as an identifier, so that
// every pair of labels has an order.
std::weak_ordering compare_semver(std::string_view a, std::string_view b);

}  // namespace stowaway
