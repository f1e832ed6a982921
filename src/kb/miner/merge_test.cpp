#include "kb/miner/merge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <random>

#include "kb/testing/support.h"

namespace stowaway::kb {
namespace {

using testing::code;
using ::testing::ElementsAre;
using testing::encoded;
using testing::pack_of;
using testing::TestRelease;

Result<std::vector<std::byte>> merged(std::vector<Pack> packs) {
  STOWAWAY_TRY(const Pack pack, merge_packs(std::move(packs)));
  return encode_pack(pack);
}

// Eight releases of a project that changes, moves and drops files; all sampled at one density.
std::vector<TestRelease> history() {
  std::vector<TestRelease> out;
  testing::Tree tree;
  for (unsigned f = 0; f < 12; ++f) tree["src/f" + std::to_string(f) + ".c"] = code(f, 8);
  for (unsigned r = 0; r < 8; ++r) {
    tree["src/f" + std::to_string(r) + ".c"] = code(100 + r, 8);
    if (r == 3) tree.erase("src/f9.c");
    if (r == 5) tree["lib/f9.c"] = code(9, 8);
    out.push_back({"1." + std::to_string(r), "2001-01-0" + std::to_string(1 + r), tree});
  }
  return out;
}

// Some of the releases, each with some of its files.
Pack part_of(const std::vector<TestRelease>& releases, std::mt19937_64& random) {
  std::vector<TestRelease> part;
  for (const TestRelease& release : releases) {
    if (random() % 2 == 0) continue;
    part.push_back({release.version, release.date, {}});
    for (const auto& file : release.files)
      if (random() % 3 != 0) part.back().files.insert(file);
  }
  std::shuffle(part.begin(), part.end(), random);
  return pack_of("a", part);
}

RC_GTEST_PROP(MergePacks, parts_in_any_order_make_the_whole, ()) {
  std::mt19937_64 random(*rc::gen::arbitrary<std::uint64_t>());
  const auto releases = history();
  // Whatever the parts leave out, the last two together have everything.
  std::vector<Pack> packs{part_of(releases, random), part_of(releases, random)};
  const auto middle = releases.begin() + static_cast<std::ptrdiff_t>(random() % releases.size());
  packs.push_back(pack_of("a", {releases.begin(), middle}));
  packs.push_back(pack_of("a", {middle, releases.end()}));
  std::shuffle(packs.begin(), packs.end(), random);
  const auto bytes = merged(packs);
  RC_ASSERT(bytes.has_value());
  RC_ASSERT(*bytes == encoded(pack_of("a", releases)));
}

RC_GTEST_PROP(MergePacks, merging_again_changes_nothing, ()) {
  std::mt19937_64 random(*rc::gen::arbitrary<std::uint64_t>());
  const std::vector<Pack> packs{part_of(history(), random), part_of(history(), random)};
  const auto once = merge_packs(packs);
  RC_ASSERT(once.has_value());
  RC_ASSERT(encoded(*once) == *merged({*once, packs[1], *once, packs[0]}));
}

TEST(MergePacks, a_release_of_both_holds_the_files_of_both_and_counts_a_path_once) {
  PackBuilder git(testing::empty_pack("a")), npm(testing::empty_pack("a"));
  testing::add_release(git, {"1.0", "2002-02-02", {{"a.c", code(1)}, {"b.c", code(2)}}});
  const std::uint32_t number = npm.add_release({"1.0", "2001-01-01", "sha", "good", 0, 0});
  for (const auto& [path, text] : testing::Tree{{"b.c", code(3, 20)}, {"dist/a.c", code(4)}})
    npm.add_file(number, path,
                 npm.add_content(fingerprint_content(fingerprint::as_bytes(text), path)));
  const auto pack = merge_packs({git.finish(), npm.finish()});
  ASSERT_TRUE(pack) << pack.error().message;
  ASSERT_EQ(pack->releases.size(), 1U);
  const PackRelease& release = pack->releases[0];
  EXPECT_EQ(pack->paths.size(), 3U);
  EXPECT_EQ(release.code_files, 3U) << "b.c has two contents and is one path";
  EXPECT_EQ(release.code_bytes, code(1).size() + code(3, 20).size() + code(4).size());
  EXPECT_EQ(release.date, "2001-01-01");
  EXPECT_EQ(release.revision, "sha");
  EXPECT_EQ(release.signature, "good");
  EXPECT_THAT(release.others, ElementsAre(PackOrigin{"2002-02-02", "rev-1.0", ""}));
}

TEST(MergePacks, the_catalogues_words_count_and_names_are_united) {
  Pack listed = testing::empty_pack("a"), other = testing::empty_pack("a");
  listed.rank = 7;
  listed.licence = "MIT";
  listed.aliases = {"x"};
  listed.sources = {{"git", "url", "id", ""}};
  other.purl = "pkg:npm/a";
  other.aliases = {"y", "x"};
  other.sources = {{"npm", "a", "", ""}, {"git", "url", "id", ""}};
  for (const auto& packs : {std::vector{listed, other}, std::vector{other, listed}}) {
    const auto pack = merge_packs(packs);
    ASSERT_TRUE(pack);
    EXPECT_EQ(pack->purl, "pkg:generic/a");
    EXPECT_EQ(pack->licence, "MIT");
    EXPECT_EQ(pack->rank, 7U);
    EXPECT_THAT(pack->aliases, ElementsAre("x", "y"));
    EXPECT_EQ(pack->sources.size(), 2U);
  }
}

TEST(MergePacks, of_two_densities_the_sparser_counts) {
  testing::Tree few, many;
  few["a.c"] = code(1, 400);  // a component of few files is sampled densely
  many["a.c"] = code(1, 400);
  for (unsigned i = 0; i < 9; ++i) many["b" + std::to_string(i) + ".c"] = code(10 + i, 3);
  testing::Tree only_dense{{"a.c", code(1, 400) + code(2, 300)}};
  const Pack dense = pack_of("a", {{"1", "", few}, {"3", "", only_dense}}),
             sparse = pack_of("a", {{"2", "", many}});
  ASSERT_LT(dense.paths[0].density_exponent, sparse.paths[0].density_exponent);
  const auto pack = merge_packs({dense, sparse});
  ASSERT_TRUE(pack);
  const PackPath& path = pack->paths[0];
  EXPECT_EQ(path.density_exponent, sparse.paths[0].density_exponent);
  ASSERT_EQ(path.versions.size(), 2U);
  EXPECT_EQ(path.shingles.size(), sparse.paths[0].shingles.size());
  for (const PackShingle& shingle : path.shingles)
    EXPECT_THAT(shingle.versions, ElementsAre(Span32{0, 1})) << "the longer file has them too";
  EXPECT_EQ(encoded(*pack), *merged({sparse, dense}));
}

TEST(MergePacks, packs_of_different_components_are_refused) {
  EXPECT_EQ(merge_packs({}).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(merge_packs({testing::empty_pack("a"), testing::empty_pack("b")}).error().code,
            ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace stowaway::kb
