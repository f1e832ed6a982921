#include "advisory/ranges.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "advisory/testing/records.h"

namespace stowaway::advisory {
namespace {

using testing::component;
using testing::range;
using testing::record;
using testing::releases;

Standing standing(const std::string& version, const Record& record, const Component& component) {
  return standing_of(version, record, component, keys_of(component));
}

// "in_range since 1.1 fixed 1.1.3"
std::string told(const Standing& standing) {
  std::string text(name_of(standing.position));
  if (!standing.since.empty()) text += " since " + standing.since;
  if (!standing.fixed.empty()) text += " fixed " + standing.fixed;
  if (!standing.bound.empty() && standing.position == Position::before_introduced)
    text += " bound " + standing.bound;
  return text;
}

TEST(Ranges, one_range_per_maintained_branch) {
  const Record ssl = record(
      "A", {}, "ssl",
      {releases("1.0.2", "1.0.2zg"), releases("1.1.1", "1.1.1t"), releases("3.0.0", "3.0.8")});
  const Component it = component("ssl");
  EXPECT_EQ(told(standing("1.0.1", ssl, it)), "before_introduced bound 1.0.2");
  EXPECT_EQ(told(standing("1.0.2z", ssl, it)), "in_range since 1.0.2 fixed 1.0.2zg");
  EXPECT_EQ(told(standing("1.0.2zg", ssl, it)), "after_fix fixed 1.0.2zg");
  EXPECT_EQ(told(standing("1.1.1s", ssl, it)), "in_range since 1.1.1 fixed 1.1.1t");
  EXPECT_EQ(told(standing("1.1.1t", ssl, it)), "after_fix fixed 1.1.1t");
  EXPECT_EQ(told(standing("3.0.7", ssl, it)), "in_range since 3.0.0 fixed 3.0.8");
  EXPECT_EQ(told(standing("3.1.0", ssl, it)), "after_fix fixed 3.0.8");
}

TEST(Ranges, the_same_branches_in_one_list_of_events) {
  const Record it = record("A", {}, "x",
                           {range(RangeKind::ecosystem, {{EventKind::introduced, "2.0"},
                                                         {EventKind::fixed, "2.0.5"},
                                                         {EventKind::introduced, "0"},
                                                         {EventKind::last_affected, "1.9"}})});
  EXPECT_EQ(told(standing("1.9", it, component("x"))), "in_range fixed 2.0.5");
  EXPECT_EQ(told(standing("1.9.1", it, component("x"))), "before_introduced bound 2.0");
  EXPECT_EQ(told(standing("2.0.4", it, component("x"))), "in_range since 2.0 fixed 2.0.5");
  EXPECT_EQ(told(standing("2.1", it, component("x"))), "after_fix fixed 2.0.5");
}

TEST(Ranges, an_unknown_lower_bound_is_not_in_range) {
  Record it = record("A", {}, "x", {releases("0", "0.26.7"), releases("0.27.0", "0.27.5")});
  it.affected[0].introduced_known = false;
  EXPECT_EQ(told(standing("0.20", it, component("x"))), "not_after_fix fixed 0.26.7");
  EXPECT_EQ(told(standing("0.27.1", it, component("x"))), "in_range since 0.27.0 fixed 0.27.5");
  EXPECT_EQ(told(standing("0.28", it, component("x"))), "after_fix fixed 0.27.5");
}

TEST(Ranges, orders_that_belong_to_the_component) {
  const Record jpeg = record("A", {}, "libjpeg", {releases("0", "6b")});
  EXPECT_EQ(standing("6a", jpeg, component("libjpeg")).position, Position::in_range);
  EXPECT_EQ(standing("6b", jpeg, component("libjpeg")).position, Position::after_fix);
  Record query = record("B", {}, "jquery", {releases("0", "1.9.0b1")});
  query.affected[0].ecosystem = "npm";
  Component jquery = component("jquery");
  jquery.language = "JavaScript";
  EXPECT_EQ(standing("1.8.3", query, jquery).position, Position::in_range);
  EXPECT_EQ(standing("1.9.0", query, jquery).position, Position::after_fix);
  Record next = record("C", {}, "core", {releases("11.1.0-next.0", "11.1.0-next.3")});
  next.affected[0].ecosystem = "npm";
  Component core = component("core");
  core.language = "JavaScript";
  EXPECT_EQ(standing("11.1.0-next.2", next, core).position, Position::in_range);
  EXPECT_EQ(standing("11.1.0", next, core).position, Position::after_fix);
}

TEST(Ranges, last_affected_is_affected) {
  const Record it = record("A", {}, "x",
                           {range(RangeKind::ecosystem, {{EventKind::introduced, "5.1"},
                                                         {EventKind::last_affected, "5.1.5"}})});
  EXPECT_EQ(told(standing("5.1.5", it, component("x"))), "in_range since 5.1");
  EXPECT_EQ(told(standing("5.1.6", it, component("x"))), "outside");
}

TEST(Ranges, commits_are_resolved_through_known_releases) {
  Component it = component("x");
  it.releases = {{"1.0", "1111111111111111111111111111111111111111"},
                 {"1.1", "2222222222222222222222222222222222222222"},
                 {"1.2", "3333333333333333333333333333333333333333"}};
  Record known = record(
      "A", {}, "x",
      {range(RangeKind::git, {{EventKind::introduced, "1111111111111111111111111111111111111111"},
                              {EventKind::fixed, "3333333333333333333333333333333333333333"}})});
  EXPECT_EQ(told(standing("1.1", known, it)), "in_range since 1.0 fixed 1.2");
  EXPECT_EQ(told(standing("1.2", known, it)), "after_fix fixed 1.2");
  Record unknown = record("B", {}, "x",
                          {range(RangeKind::git, {{EventKind::introduced, "0"},
                                                  {EventKind::fixed, "4444444444444444"}})});
  EXPECT_EQ(told(standing("1.1", unknown, it)), "commit_unknown");
  unknown.affected[0].ranges[0].stated = {{EventKind::introduced, "0"}, {EventKind::fixed, "1.2"}};
  EXPECT_EQ(told(standing("1.1", unknown, it)), "in_range fixed 1.2");
  unknown.affected[0].ranges[0].stated.clear();
  unknown.affected[0].versions = {"x-1_0", "x-1_1"};
  EXPECT_EQ(told(standing("1.1", unknown, it)), "in_range");
  EXPECT_EQ(told(standing("1.2", unknown, it)), "outside");
}

TEST(Ranges, debian_speaks_of_its_packages) {
  Record it = record("A", {}, "zlib", {releases("0", "1:1.2.13.dfsg-1")});
  it.affected[0].ecosystem = "Debian:12";
  EXPECT_EQ(standing("1.2.12", it, component("zlib")).position, Position::not_after_fix);
  EXPECT_EQ(standing("1.2.13", it, component("zlib")).position, Position::distribution_fix);
  EXPECT_EQ(standing("1.3", it, component("zlib")).position, Position::after_fix);
}

TEST(Keys, worlds_are_kept_apart) {
  Record npm = record("A", {}, "zlib", {releases("0", "9")});
  npm.affected[0].ecosystem = "npm";
  Component c = component("zlib");
  c.purl = "pkg:github/madler/zlib";
  c.language = "C";
  EXPECT_FALSE(concerns(npm.affected[0], keys_of(c)));
  c.language = "JavaScript";
  EXPECT_TRUE(concerns(npm.affected[0], keys_of(c)));
}

TEST(Keys, names_purls_repositories_and_branches_of_debian) {
  Component png = component("libpng");
  png.purl = "pkg:github/pnggroup/libpng";
  png.aliases = {"png"};
  const auto keys = keys_of(png);
  const auto met = [&](const std::string& ecosystem, const std::string& name,
                       const std::string& purl, const std::string& repo) {
    Affected affected{ecosystem, name, purl, {}, {}, true};
    if (!repo.empty()) affected.ranges.push_back({RangeKind::git, repo, {}, {}});
    return concerns(affected, keys);
  };
  EXPECT_TRUE(met("Upstream", "LibPNG", "", ""));
  EXPECT_TRUE(met("OSS-Fuzz", "png", "", ""));
  EXPECT_TRUE(met("Debian:11", "libpng1.6", "", ""));
  EXPECT_TRUE(met("", "", "pkg:github/PngGroup/libpng?x=y", ""));
  EXPECT_TRUE(met("GIT", "", "", "https://github.com/pnggroup/libpng.git"));
  EXPECT_FALSE(met("npm", "libpng", "pkg:npm/libpng", ""));
  EXPECT_FALSE(met("Alpine:v3.18", "libpng", "", ""));
  EXPECT_FALSE(met("", "", "pkg:github/pnggroup/other", ""));
}

TEST(Keys, a_part_of_a_repository_is_not_the_repository) {
  Component stb = component("stb_image");
  stb.purl = "pkg:github/nothings/stb#stb_image.h";
  const Affected whole{
      "GIT", "", "", {{RangeKind::git, "https://github.com/nothings/stb", {}, {}}}, {}, true};
  EXPECT_FALSE(concerns(whole, keys_of(stb)));
  const Affected part{"", "", "pkg:github/nothings/stb#stb_image.h", {}, {}, true};
  EXPECT_TRUE(concerns(part, keys_of(stb)));
}

// Against the definition: affected exactly between an introduction and the next fix.
RC_GTEST_PROP(Ranges, a_chain_of_branches_is_read_as_defined, ()) {
  const auto cuts = *rc::gen::suchThat(rc::gen::unique<std::vector<int>>(rc::gen::inRange(1, 60)),
                                       [](const auto& list) { return list.size() >= 2; });
  std::vector<int> sorted = cuts;
  std::sort(sorted.begin(), sorted.end());
  testing::Events events;
  for (std::size_t i = 0; i < sorted.size(); ++i)
    events.emplace_back(i % 2 == 0 ? EventKind::introduced : EventKind::fixed,
                        "1." + std::to_string(sorted[i]));
  const Record it = record("A", {}, "x", {range(RangeKind::ecosystem, events)});
  for (int version = 0; version < 60; ++version) {
    bool expected = false;
    for (std::size_t i = 0; i < sorted.size(); ++i)
      if (sorted[i] <= version) expected = i % 2 == 0;
    const auto position = standing("1." + std::to_string(version), it, component("x")).position;
    RC_ASSERT((position == Position::in_range) == expected);
  }
}

}  // namespace
}  // namespace stowaway::advisory
