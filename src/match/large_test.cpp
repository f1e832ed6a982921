// A library of 8,000 files, as a subject gets it: halved, with other line ends, other indentation,
// other licence headers; and two trees of that size that have nothing in common.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "kb/index/build.h"
#include "match/scan.h"
#include "match/testing/synthetic.h"

namespace stowaway::match {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace testing;

constexpr std::size_t kFiles = 8000, kReleases = 3, kFolders = 80;

Lines short_file(Random& random) { return code_lines(random, 20 + random.below(30)); }

// Each release changes every tenth file in a line or two.
std::vector<TestRelease> large_releases() {
  Random random(2024);
  std::map<std::string, Lines> now;
  while (now.size() < kFiles)
    now["part" + std::to_string(random.below(kFolders)) + "/" + random.word() + random.word() +
        ".c"] = short_file(random);
  std::vector<TestRelease> out;
  for (std::size_t r = 0; r < kReleases; ++r) {
    TestRelease release{"2." + std::to_string(r), "201" + std::to_string(r) + "-01-01", {}};
    for (auto& [name, lines] : now) {
      if (r > 0 && random.below(10) == 0) lines[random.below(lines.size())] = code_line(random);
      release.files[name] = text_of(lines);
    }
    out.push_back(std::move(release));
  }
  return out;
}

Tree unrelated_tree() {
  Random random(77);
  Tree out;
  while (out.size() < kFiles)
    out["part" + std::to_string(random.below(kFolders)) + "/" + random.word() + random.word() +
        ".c"] = text_of(short_file(random));
  return out;
}

class Large : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    world_ = new World;
    world_->releases = large_releases();
    std::vector<kb::Pack> packs{kb::testing::pack_of("brolith", world_->releases)};
    ASSERT_TRUE(kb::build_index(std::move(packs), world_->dir.file("kb"), nullptr));
    auto kb = kb::Kb::open(world_->dir.file("kb"));
    ASSERT_TRUE(kb);
    world_->kb.emplace(*std::move(kb));
  }
  static void TearDownTestSuite() { delete world_; }

  static const Tree& library() { return world_->releases[1].files; }

  static ScanResult scan_tree(const Tree& tree) {
    MemorySource subject(tree);
    ScanOptions options;
    options.source.jobs = 2;
    auto result = scan(subject, *world_->kb, options);
    STOWAWAY_CHECK(result.has_value(), "a scan of a tree in memory");
    return *std::move(result);
  }

  // The one copy, of the right version.
  static void expect_found(const Tree& changed) {
    const ScanResult result = scan_tree(moved(changed, "third/big/"));
    ASSERT_THAT(result.copies, SizeIs(1));
    EXPECT_EQ(result.copies[0].path, "third/big");
    EXPECT_EQ(result.copies[0].component, "brolith");
    EXPECT_THAT(result.copies[0].versions, ElementsAre("2.1"));
  }

  struct World {
    kb::testing::TempDir dir;
    std::vector<TestRelease> releases;
    std::optional<kb::Kb> kb;
  };
  static World* world_;
};
Large::World* Large::world_ = nullptr;

TEST_F(Large, half_of_the_files_are_found) {
  Random random(3);
  Tree half;
  for (const auto& [path, content] : library())
    if (random.below(2) == 0) half[path] = content;
  expect_found(half);
}

TEST_F(Large, other_line_ends_change_nothing) { expect_found(each_file(library(), with_crlf)); }

TEST_F(Large, other_indentation_changes_nothing) { expect_found(each_file(library(), reindented)); }

TEST_F(Large, other_licence_headers_change_nothing) {
  expect_found(each_file(library(), with_other_licence));
}

TEST_F(Large, two_unrelated_trees_have_nothing_in_common) {
  const ScanResult result = scan_tree(unrelated_tree());
  EXPECT_THAT(result.copies, IsEmpty());
  EXPECT_THAT(result.self, IsEmpty());
}

}  // namespace
}  // namespace stowaway::match
