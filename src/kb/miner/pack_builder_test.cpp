#include "kb/miner/pack_builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "kb/testing/support.h"

namespace stowaway::kb {
namespace {

using testing::code;
using ::testing::ElementsAre;
using testing::TestRelease;

std::vector<std::string> versions_of(const Pack& pack) {
  std::vector<std::string> out;
  for (const PackRelease& release : pack.releases) out.push_back(release.version);
  return out;
}

// A release's files as (path → content number), read back from the pack.
std::map<std::string, std::uint32_t> files_of(const Pack& pack, std::uint32_t release) {
  std::map<std::string, std::uint32_t> out;
  for (const PackPath& path : pack.paths)
    for (const PackFileVersion& version : path.versions)
      for (const Span32 span : version.releases)
        if (span.first <= release && release <= span.last) out[path.path] = version.content;
  return out;
}

const PackPath& path_of(const Pack& pack, const std::string& name) {
  const auto found = std::ranges::find(pack.paths, name, &PackPath::path);
  STOWAWAY_CHECK(found != pack.paths.end(), "the test asks for a path that is not there");
  return *found;
}

TEST(DensityExponent, is_the_sparsest_that_leaves_about_enough) {
  EXPECT_EQ(density_exponent_for(0, 32), 6);
  EXPECT_EQ(density_exponent_for(64 * 32, 32), 6);
  EXPECT_EQ(density_exponent_for(128 * 32 - 1, 32), 6);
  EXPECT_EQ(density_exponent_for(128 * 32, 32), 7);
  EXPECT_EQ(density_exponent_for(256 * 256, 256), 8);
  EXPECT_EQ(density_exponent_for(std::uint64_t{1} << 40, 32), 16);
  for (std::uint64_t bytes = 5000; bytes < 2'000'000; bytes += 12'345) {
    const std::uint64_t one_in = std::uint64_t{1} << density_exponent_for(bytes, 32);
    EXPECT_GE(bytes / one_in, 32U) << bytes;
    EXPECT_LT(bytes / one_in, 64U) << bytes;
  }
}

TEST(FingerprintContent, holds_the_identities_and_a_sorted_sample) {
  const std::string text = code(1, 100);
  const auto result = fingerprint_content(fingerprint::as_bytes(text), "src/a.c");
  const auto md5 = fingerprint::md5_of(fingerprint::as_bytes(text));
  const auto sha256 = fingerprint::sha256_of(fingerprint::as_bytes(text));
  EXPECT_EQ(result.content.size_bytes, text.size());
  EXPECT_TRUE(std::equal(result.content.md5.begin(), result.content.md5.end(), md5.bytes.begin()));
  EXPECT_TRUE(
      std::equal(result.content.sha256.begin(), result.content.sha256.end(), sha256.bytes.begin()));
  EXPECT_GT(result.shingles.size(), 50U);
  for (std::size_t i = 1; i < result.shingles.size(); ++i)
    EXPECT_LT(result.shingles[i - 1].key, result.shingles[i].key);
  const auto twice = fingerprint_content(fingerprint::as_bytes(text + text), "src/a.c");
  EXPECT_LE(twice.shingles.size(), result.shingles.size() + 32);
}

TEST(FingerprintContent, only_library_texts_carry_shingles) {
  const std::string text = code(1, 100);
  EXPECT_TRUE(fingerprint_content(fingerprint::as_bytes(text), "tests/a.c").shingles.empty());
  EXPECT_TRUE(fingerprint_content(fingerprint::as_bytes(text), "docs/a.js").shingles.empty());
  EXPECT_TRUE(fingerprint_content(fingerprint::as_bytes(std::string(1, '\0') + text), "a.c")
                  .shingles.empty());
}

TEST(FingerprintContent, the_path_chooses_the_comments) {
  const auto id = [](std::string_view text, const char* path) {
    return fingerprint_content(fingerprint::as_bytes(text), path).content.normalised;
  };
  EXPECT_EQ(id("/* x */ a", "a.c"), id("a", "b.h"));
  EXPECT_NE(id("/* x */ a", "a.lua"), id("a", "a.lua"));
}

TEST(PackBuilder, releases_are_ordered_by_version) {
  const Pack pack = testing::pack_of("a", {{"1.10", "", {{"a.c", code(3)}}},
                                           {"1.9", "", {{"a.c", code(2)}}},
                                           {"1.9-rc1", "", {{"a.c", code(1)}}}});
  EXPECT_THAT(versions_of(pack), ElementsAre("1.9-rc1", "1.9", "1.10"));
  ASSERT_EQ(pack.paths.size(), 1U);
  const PackPath& path = pack.paths[0];
  ASSERT_EQ(path.versions.size(), 3U);
  for (std::uint32_t i = 0; i < 3; ++i) {
    EXPECT_EQ(path.versions[i].content, i) << "contents in order of first use";
    EXPECT_THAT(path.versions[i].releases, ElementsAre(Span32{i, i}));
  }
}

TEST(PackBuilder, an_unchanged_file_is_one_version_with_one_span) {
  const Pack pack = testing::pack_of("a", {{"1", "", {{"a.c", code(1)}, {"b.c", code(2)}}},
                                           {"2", "", {{"a.c", code(1)}}},
                                           {"3", "", {{"a.c", code(1)}, {"b.c", code(2)}}},
                                           {"4", "", {{"a.c", code(9)}, {"b.c", code(2)}}},
                                           {"5", "", {{"a.c", code(1)}}}});
  const PackPath &a = path_of(pack, "a.c"), &b = path_of(pack, "b.c");
  ASSERT_EQ(a.versions.size(), 2U);
  EXPECT_THAT(a.versions[0].releases, ElementsAre(Span32{0, 2}, Span32{4, 4}));
  EXPECT_THAT(a.versions[1].releases, ElementsAre(Span32{3, 3}));
  ASSERT_EQ(b.versions.size(), 1U);
  EXPECT_THAT(b.versions[0].releases, ElementsAre(Span32{0, 0}, Span32{2, 3}));
  EXPECT_EQ(pack.contents.size(), 3U);
}

TEST(PackBuilder, equal_contents_are_kept_once) {
  const Pack pack =
      testing::pack_of("a", {{"1", "", {{"a.c", code(1)}, {"copy/of/a.c", code(1)}}}});
  EXPECT_EQ(pack.contents.size(), 1U);
  EXPECT_EQ(pack.paths.size(), 2U);
}

TEST(PackBuilder, counts_the_code_of_each_release) {
  const Pack pack =
      testing::pack_of("a", {{"1", "", {{"a.c", code(1)}, {"README", "text"}, {"empty.c", ""}}},
                             {"2", "", {{"a.c", code(1)}, {"b.c", code(2)}}}});
  EXPECT_EQ(pack.releases[0].code_files, 1U);
  EXPECT_EQ(pack.releases[0].code_bytes, code(1).size());
  EXPECT_EQ(pack.releases[1].code_files, 2U);
  EXPECT_EQ(pack.releases[1].code_bytes, code(1).size() + code(2).size());
}

TEST(PackBuilder, several_tags_of_one_version_are_one_release) {
  PackBuilder builder(testing::empty_pack("a"));
  testing::add_release(builder, {"1.0", "2001-01-01", {{"a.c", code(1)}}});
  testing::add_release(builder, {"1.0", "2009-09-09", {{"a.c", code(1)}, {"b.c", code(2)}}});
  const Pack pack = builder.finish();
  ASSERT_EQ(pack.releases.size(), 1U);
  EXPECT_EQ(pack.releases[0].date, "2001-01-01") << "the first tag's";
  EXPECT_EQ(files_of(pack, 0).size(), 2U);
  EXPECT_EQ(pack.releases[0].code_files, 2U);
}

TEST(PackBuilder, unused_contents_are_dropped) {
  PackBuilder builder(testing::empty_pack("a"));
  builder.add_content(fingerprint_content(fingerprint::as_bytes(code(7)), "x.c"));
  testing::add_release(builder, {"1.0", "", {{"a.c", code(1)}}});
  EXPECT_EQ(builder.finish().contents.size(), 1U);
}

TEST(PackBuilder, knows_the_releases_that_it_has) {
  PackBuilder builder(testing::pack_of("a", {{"1.0", "", {{"a.c", code(1)}}}}));
  EXPECT_TRUE(builder.has_release("1.0", "rev-1.0"));
  EXPECT_FALSE(builder.has_release("1.0", "another"));
  EXPECT_FALSE(builder.has_release("1.1", "rev-1.0"));
  testing::add_release(builder, {"1.1", "", {{"a.c", code(1)}}});
  EXPECT_TRUE(builder.has_release("1.1", "rev-1.1"));
}

// A second tag of a version was read again with each append.
TEST(PackBuilder, knows_every_revision_of_a_release) {
  const auto with = [](PackBuilder builder, const char* date, const char* revision) {
    builder.add_release(PackRelease{"1.0", date, revision, "", 0, 0});
    return builder;
  };
  PackBuilder first(testing::empty_pack("a"));
  testing::add_release(first, {"1.0", "2002-02-02", {{"a.c", code(1)}}});
  const Pack once = with(with(first, "2003-03-03", "later"), "2001-01-01", "earlier").finish();
  EXPECT_EQ(once.releases[0].revision, "earlier");
  EXPECT_EQ(once.releases[0].date, "2001-01-01");
  EXPECT_THAT(once.releases[0].others, ElementsAre(PackOrigin{"2002-02-02", "rev-1.0", ""},
                                                   PackOrigin{"2003-03-03", "later", ""}));
  const auto read_back = decode_pack(testing::encoded(once));
  ASSERT_TRUE(read_back);
  PackBuilder again(*read_back);
  for (const char* revision : {"earlier", "rev-1.0", "later"})
    EXPECT_TRUE(again.has_release("1.0", revision)) << revision;
  EXPECT_FALSE(again.has_release("1.0", "other"));
  const Pack other = with(with(first, "2001-01-01", "earlier"), "2003-03-03", "later").finish();
  EXPECT_EQ(testing::encoded(other), testing::encoded(once));
}

TEST(PackBuilder, labels_that_differ_in_zeros_at_their_end_are_one_version) {
  for (const bool turned : {false, true}) {
    PackBuilder builder(testing::empty_pack("a"));
    for (const char* label : {turned ? "1.7.0" : "1.7", turned ? "1.7" : "1.7.0"})
      testing::add_release(builder, {label, "", {{"a.c", code(1)}}});
    for (const char* label : {"2.01", "2.1", "2.10", "3.0-rc1.0", "3.0"})
      testing::add_release(builder, {label, "", {{"a.c", code(2)}}});
    EXPECT_TRUE(builder.has_release("1.7.0", "rev-1.7"));
    EXPECT_TRUE(builder.has_release("1.7", "rev-1.7.0"));
    const Pack pack = builder.finish();
    EXPECT_THAT(versions_of(pack), ElementsAre("1.7", "2.01", "2.1", "2.10", "3.0-rc1.0", "3.0"));
    EXPECT_EQ(pack.releases[0].others.size(), 1U);
  }
}

TEST(PackBuilder, two_contents_of_a_path_in_one_release_are_one_file) {
  for (const bool turned : {false, true}) {
    PackBuilder builder(testing::empty_pack("a"));
    testing::add_release(builder, {"1.0", "", {{"a.c", turned ? code(2, 30) : code(1)}}});
    testing::add_release(builder, {"1.0", "", {{"a.c", turned ? code(1) : code(2, 30)}}});
    const Pack pack = builder.finish();
    ASSERT_EQ(pack.paths[0].versions.size(), 2U);
    EXPECT_EQ(pack.releases[0].code_files, 1U);
    EXPECT_EQ(pack.releases[0].code_bytes, code(2, 30).size());
    EXPECT_LT(pack.contents[pack.paths[0].versions[0].content],
              pack.contents[pack.paths[0].versions[1].content])
        << "the order does not depend on which was added first";
  }
}

// What lies at tests/a.c first was not sampled, and then had no shingles at src/a.c either.
TEST(PackBuilder, a_content_seen_first_among_tests_is_sampled_where_it_is_library) {
  PackBuilder builder(testing::empty_pack("a"));
  testing::add_release(builder,
                       {"1.0", "", {{"a/tests/a.c", code(1, 40)}, {"src/a.c", code(1, 40)}}});
  const Pack pack = builder.finish();
  EXPECT_TRUE(path_of(pack, "a/tests/a.c").shingles.empty());
  EXPECT_FALSE(path_of(pack, "src/a.c").shingles.empty());
}

TEST(PackBuilder, a_component_of_few_files_has_denser_shingles) {
  testing::Tree few, many;
  for (unsigned i = 0; i < kFewPaths; ++i) few["f" + std::to_string(i) + ".c"] = code(i, 200);
  many = few;
  many["one-more.c"] = code(99, 5);
  const Pack a = testing::pack_of("a", {{"1", "", few}}),
             b = testing::pack_of("b", {{"1", "", many}});
  many.erase("one-more.c");
  many["tests/one-more.c"] = code(99, 5);  // not a library file: does not count
  const Pack c = testing::pack_of("c", {{"1", "", many}});
  for (const auto& [name, text] : few) {
    EXPECT_LT(path_of(a, name).density_exponent, path_of(b, name).density_exponent) << name;
    EXPECT_EQ(path_of(a, name).density_exponent, path_of(c, name).density_exponent) << name;
    EXPECT_GT(path_of(a, name).shingles.size(), path_of(b, name).shingles.size()) << name;
    EXPECT_GT(path_of(b, name).shingles.size(), 10U) << name;
  }
}

// Twelve releases of a project that changes, moves, adds and removes files.
std::vector<TestRelease> history(unsigned files) {
  std::vector<TestRelease> out;
  testing::Tree tree;
  for (unsigned f = 0; f < files; ++f) tree["src/f" + std::to_string(f) + ".c"] = code(f, 40);
  for (unsigned r = 0; r < 12; ++r) {
    tree["src/f" + std::to_string(r % files) + ".c"] += code(1000 + r, 2);
    if (r == 4) tree.erase("src/f0.c");
    if (r == 6) tree["src/f0.c"] = code(0, 40);
    if (r == 8) {
      tree["lib/f1.c"] = tree["src/f1.c"];
      tree.erase("src/f1.c");
    }
    if (r == 9) tree["src/new.c"] = code(77, 40);
    out.push_back({"1." + std::to_string(r), "2001-01-" + std::to_string(10 + r), tree});
  }
  return out;
}

TEST(PackBuilder, the_order_of_adding_does_not_matter) {
  auto releases = history(15);
  const auto expected = testing::encoded(testing::pack_of("a", releases));
  std::mt19937_64 random(1);
  for (int round = 0; round < 4; ++round) {
    for (std::size_t i = releases.size(); i > 1; --i)
      std::swap(releases[i - 1], releases[random() % i]);
    EXPECT_EQ(testing::encoded(testing::pack_of("a", releases)), expected);
  }
}

TEST(PackBuilder, the_pack_says_of_every_release_what_went_in) {
  const auto releases = history(15);
  const Pack pack = testing::pack_of("a", releases);
  ASSERT_EQ(pack.releases.size(), releases.size());
  for (std::uint32_t r = 0; r < releases.size(); ++r) {
    const auto files = files_of(pack, r);
    ASSERT_EQ(files.size(), releases[r].files.size()) << r;
    for (const auto& [path, content] : releases[r].files)
      EXPECT_EQ(pack.contents[files.at(path)],
                fingerprint_content(fingerprint::as_bytes(content), path).content)
          << path;
  }
  const auto decoded = decode_pack(testing::encoded(pack));
  EXPECT_TRUE(decoded);
}

TEST(PackBuilder, extending_a_pack_equals_building_it_at_once) {
  for (const unsigned files : {3U, 15U}) {
    const auto releases = history(files);
    const auto at_once = testing::encoded(testing::pack_of("a", releases));
    for (std::size_t cut = 9; cut < releases.size(); ++cut) {
      Pack first = testing::pack_of(
          "a", {releases.begin(), releases.begin() + static_cast<std::ptrdiff_t>(cut)});
      auto read_back = decode_pack(testing::encoded(first));
      ASSERT_TRUE(read_back);
      PackBuilder builder(*std::move(read_back));
      for (std::size_t r = cut; r < releases.size(); ++r)
        testing::add_release(builder, releases[r]);
      EXPECT_EQ(testing::encoded(builder.finish()), at_once) << files << " files, cut at " << cut;
    }
  }
}

TEST(PackBuilder, taking_over_and_adding_nothing_changes_nothing) {
  const Pack pack = testing::pack_of("a", history(15));
  PackBuilder builder(pack);
  EXPECT_EQ(testing::encoded(builder.finish()), testing::encoded(pack));
}

TEST(PackBuilder, an_older_release_may_come_later) {
  const auto releases = history(15);
  PackBuilder builder(testing::pack_of("a", {releases.begin() + 1, releases.end()}));
  testing::add_release(builder, releases[0]);
  const Pack pack = builder.finish();
  ASSERT_EQ(pack.releases.size(), releases.size());
  for (std::uint32_t r = 0; r < releases.size(); ++r) {
    EXPECT_EQ(pack.releases[r].version, releases[r].version);
    EXPECT_EQ(files_of(pack, r).size(), releases[r].files.size());
  }
}

}  // namespace
}  // namespace stowaway::kb
