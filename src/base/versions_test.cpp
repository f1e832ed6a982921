#include "base/versions.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <vector>

#include "base/process.h"

namespace stowaway {
namespace {

using Compare = std::weak_ordering (*)(std::string_view, std::string_view);

std::string symbol(std::weak_ordering order) { return order < 0 ? "<" : order > 0 ? ">" : "="; }

struct Pair {
  const char* a;
  const char* order;
  const char* b;
};

void expect_all(Compare compare, std::span<const Pair> pairs) {
  for (const auto& [a, order, b] : pairs) {
    EXPECT_EQ(symbol(compare(a, b)), order) << a << " and " << b;
    EXPECT_EQ(symbol(0 <=> compare(a, b)), symbol(compare(b, a))) << a << " and " << b;
  }
}

TEST(Versions, upstream_labels) {
  static constexpr Pair kPairs[] = {
      {"1.2.9", "<", "1.2.10"},
      {"1.2", "=", "1.2.0"},
      {"1.2", "<", "1.2.0.1"},
      {"v1.3", "=", "1.3"},
      {"1_3-2", "=", "1.3.2"},
      {"1.02", "=", "1.2"},
      {"1.0.2", "<", "1.0.2a"},
      {"1.0.2a", "<", "1.0.2k"},
      {"1.0.2z", "<", "1.0.2za"},
      {"1.0.2k", "<", "1.1.0"},
      {"6", "<", "6a"},
      {"6b", "<", "7"},
      {"6b", "<", "62"},
      {"1.0alpha", "<", "1.0beta"},
      {"1.0beta2", "<", "1.0rc1"},
      {"1.0rc1", "<", "1.0rc2"},
      {"1.0rc2", "<", "1.0"},
      {"1.0-pre1", "<", "1.0"},
      {"1.0.dev3", "<", "1.0a1"},
      {"1.0a1", "<", "1.0b1"},
      {"1.0b1", "<", "1.0c1"},
      {"1.0b2", "<", "1.0b10"},
      {"1.0c1", "<", "1.0"},
      {"1.0", "<", "1.0b"},
      {"1.0", "<", "1.0p1"},
      {"1.0p1", "<", "1.0.1"},
      {"5.1-p1", "<", "5.2"},
      {"1.0.post1", ">", "1.0"},
      {"1.0pl2", ">", "1.0"},
      {"20140101", "<", "20140102"},
      {"2014-01-01", "<", "2014-1-2"},
      {"r99", "<", "r131"},
      {"r131", "<", "1.7.1"},
      {"1.0-RC1", "<", "1.0"},
      {"1.0.final", "=", "1.0"},
      {"", "=", "0"},
      {"1.0rc1", "=", "1rc1"},
      {"18446744073709551616", "<", "18446744073709551617"},
  };
  expect_all(compare_versions, kPairs);
}

TEST(Versions, semantic_versions) {
  // Clause 11.4.4 of the specification, and its neighbours.
  static constexpr std::array kAscending{
      "0.9.9",      "1.0.0-1",      "1.0.0-alpha",   "1.0.0-alpha.1", "1.0.0-alpha.beta",
      "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1",    "1.0.0",
      "1.0.1",      "1.2.0",        "1.10.0",        "2.0.0-0"};
  for (std::size_t i = 0; i < kAscending.size(); ++i)
    for (std::size_t j = 0; j < kAscending.size(); ++j)
      EXPECT_EQ(symbol(compare_semver(kAscending[i], kAscending[j])), symbol(i <=> j))
          << kAscending[i] << " and " << kAscending[j];
  static constexpr Pair kPairs[] = {{"1.0.0+a", "=", "1.0.0+b"},
                                    {"v1.2.3", "=", "1.2.3"},
                                    {"1.2", "=", "1.2.0"},
                                    {"1.0.0-rc-1", "<", "1.0.0-rc-2"}};
  expect_all(compare_semver, kPairs);
}

// Labels of few letters, so that near misses are common.
rc::Gen<std::string> label() {
  return rc::gen::map(
      rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(std::vector<std::string>{
          "0", "1", "2", "10", "01",   ".", ".", "-",     "_",    "~",   "+",
          ":", "a", "b", "rc", "beta", "p", "v", "final", "post", "dev", "Z"})),
      [](const std::vector<std::string>& parts) {
        std::string text;
        for (const std::string& part : parts) text += part;
        return text;
      });
}

void expect_preorder(Compare compare) {
  EXPECT_TRUE(rc::check("opposite both ways", [&] {
    const std::string a = *label(), b = *label();
    RC_ASSERT((compare(a, b) == (0 <=> compare(b, a))));
    RC_ASSERT((compare(a, a) == 0));
  }));
  EXPECT_TRUE(rc::check("transitive", [&] {
    std::array<std::string, 3> labels{*label(), *label(), *label()};
    std::ranges::sort(labels, [&](const auto& x, const auto& y) { return compare(x, y) < 0; });
    RC_ASSERT((compare(labels[0], labels[1]) <= 0));
    RC_ASSERT((compare(labels[1], labels[2]) <= 0));
    RC_ASSERT((compare(labels[0], labels[2]) <= 0));
    if (compare(labels[0], labels[2]) == 0) RC_ASSERT((compare(labels[0], labels[1]) == 0));
  }));
}

TEST(Versions, upstream_order_is_a_total_preorder) { expect_preorder(compare_versions); }
TEST(Versions, debian_order_is_a_total_preorder) { expect_preorder(compare_debian); }
TEST(Versions, semantic_order_is_a_total_preorder) { expect_preorder(compare_semver); }

// What dpkg accepts as a version: it refuses some labels that compare_debian orders nevertheless.
rc::Gen<std::string> debian_label() {
  const auto part = [](std::vector<std::string> parts) {
    return rc::gen::map(
        rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(std::move(parts))),
        [](const std::vector<std::string>& chosen) {
          std::string text;
          for (const std::string& piece : chosen) text += piece;
          return text;
        });
  };
  return rc::gen::map(
      rc::gen::tuple(rc::gen::element<std::string>("", "", "0:", "1:", "2:"),
                     part({"0", "1", "9", "10", "00", ".", "+", "~", "a", "B", "dfsg", "-a"}),
                     rc::gen::element<std::string>("", "", "-1", "-1~bpo", "-0", "-2+deb12u1")),
      [](const auto& parts) {
        return std::get<0>(parts) + "1" + std::get<1>(parts) + std::get<2>(parts);
      });
}

TEST(Versions, debian_order_is_that_of_dpkg) {
  ProcessRequest request;
  request.arguments = {"dpkg", "--compare-versions", "1", "lt", "2"};
  if (!run_process(request)) GTEST_SKIP() << "dpkg is not installed";
  EXPECT_TRUE(rc::check("agrees with dpkg --compare-versions", [&] {
    const std::string a = *debian_label(), b = *debian_label();
    const auto order = compare_debian(a, b);
    request.arguments = {"dpkg", "--compare-versions", a,
                         order < 0   ? "lt"
                         : order > 0 ? "gt"
                                     : "eq",
                         b};
    RC_ASSERT((run_process(request)->status == 0));
  }));
}

}  // namespace
}  // namespace stowaway
