#include "kb/index/build.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>

#include "kb/kb.h"
#include "kb/testing/support.h"

namespace stowaway::kb {
namespace {

using testing::code;
using testing::read_file;
using testing::TempDir;

std::vector<Pack> some_packs() {
  return {testing::pack_of("zlib",
                           {{"1.0", "2001-01-01", {{"inflate.c", code(1)}, {"zlib.h", code(2)}}},
                            {"1.1", "2002-01-01", {{"inflate.c", code(3)}, {"zlib.h", code(2)}}}}),
          testing::pack_of(
              "game", {{"9", "2005-01-01", {{"main.c", code(10)}, {"zlib/inflate.c", code(1)}}}}),
          testing::pack_of("lone", {{"3", "", {{"lone.h", code(20)}}}})};
}

std::string built(std::vector<Pack> packs, const TempDir& dir) {
  const std::string file = dir.file("kb");
  const auto count = build_index(std::move(packs), file, nullptr);
  EXPECT_TRUE(count) << count.error().message;
  return read_file(file);
}

std::string id_of(std::vector<Pack> packs) {
  const TempDir dir;
  built(std::move(packs), dir);
  const auto kb = Kb::open(dir.file("kb"));
  return kb ? kb->id() : kb.error().message;
}

TEST(BuildIndex, the_order_of_packs_does_not_matter) {
  const TempDir dir;
  auto packs = some_packs();
  const std::string first = built(packs, dir);
  EXPECT_FALSE(first.empty());
  EXPECT_TRUE(built(packs, dir) == first);
  std::ranges::reverse(packs);
  EXPECT_TRUE(built(packs, dir) == first);
  std::swap(packs[0], packs[1]);
  EXPECT_TRUE(built(packs, dir) == first);
}

TEST(BuildIndex, counts_what_it_wrote) {
  const TempDir dir;
  const auto count = build_index(some_packs(), dir.file("kb"), nullptr);
  ASSERT_TRUE(count);
  EXPECT_EQ(count->components, 3U);
  EXPECT_EQ(count->releases, 4U);
  EXPECT_EQ(count->contents, 5U);
  EXPECT_EQ(count->file_versions, 6U);
  EXPECT_EQ(count->carried, 1U);
  EXPECT_EQ(count->bytes, std::filesystem::file_size(dir.file("kb")));
  const auto kb = Kb::open(dir.file("kb"));
  ASSERT_TRUE(kb);
  EXPECT_EQ(kb->shingle_count(), count->shingles);
}

TEST(BuildIndex, the_id_changes_with_anything_that_a_pack_says) {
  const std::string id = id_of(some_packs());
  EXPECT_EQ(id.size(), 32U);
  EXPECT_EQ(id_of(some_packs()), id);
  const auto changed = [&](const char* what, auto change) {
    auto packs = some_packs();
    change(packs[0]);
    EXPECT_NE(id_of(std::move(packs)), id) << what;
  };
  changed("version", [](Pack& p) { p.releases[0].version = "0.9"; });
  changed("date", [](Pack& p) { p.releases[0].date = "2001-01-02"; });
  changed("rank", [](Pack& p) { p.rank = 5; });
  changed("licence", [](Pack& p) { p.licence = "MIT"; });
  changed("path", [](Pack& p) { p.paths[1].path = "zlob.h"; });
  changed("content", [](Pack& p) { p.contents[2].normalised ^= 1; });
  changed("SHA-256", [](Pack& p) { p.contents[2].sha256[3] ^= 1; });
  changed("MD5", [](Pack& p) { p.contents[2].md5[3] ^= 1; });
  changed("release of a file", [](Pack& p) { p.paths[1].versions[0].releases = {{0, 0}}; });
  changed("shingle", [](Pack& p) { p.paths[0].shingles.pop_back(); });
  changed("density", [](Pack& p) { ++p.paths[0].density_exponent; });
}

TEST(BuildIndex, packs_of_one_component_are_merged) {
  const TempDir dir;
  const std::vector<testing::TestRelease> releases{
      {"1", "2001-01-01", {{"a.c", testing::code(1)}}},
      {"2", "2002-01-01", {{"a.c", testing::code(2)}}}};
  const Pack one = testing::pack_of("a", {releases[0]}), two = testing::pack_of("a", {releases[1]});
  const std::string whole = built({testing::pack_of("a", releases)}, dir);
  EXPECT_TRUE(built({one, two}, dir) == whole);
  EXPECT_TRUE(built({two, one}, dir) == whole);
}

// Packs of before 2026-12 counted a path once for each of its contents.
TEST(BuildIndex, code_files_are_counted_again) {
  const TempDir dir;
  auto packs = some_packs();
  const std::string expected = built(packs, dir);
  packs[0].releases[0].code_files = 77;
  EXPECT_TRUE(built(packs, dir) == expected);
}

TEST(BuildIndex, without_packs_nothing_is_written) {
  const TempDir dir;
  dir.write("kb", "old");
  const auto count = build_index({}, dir.file("kb"), nullptr);
  ASSERT_FALSE(count);
  EXPECT_EQ(count.error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(read_file(dir.file("kb")), "old");
}

TEST(BuildIndex, a_file_that_cannot_be_written_is_an_error) {
  const TempDir dir;
  const auto count = build_index(some_packs(), dir.file("no/such/folder/kb"), nullptr);
  ASSERT_FALSE(count);
  EXPECT_TRUE(count.error().code == ErrorCode::io || count.error().code == ErrorCode::not_found);
}

TEST(BuildIndex, from_files_is_the_same_as_from_packs) {
  const TempDir dir;
  std::vector<std::string> files;
  for (const Pack& pack : some_packs()) {
    files.push_back(dir.file(pack.component + ".pack"));
    ASSERT_TRUE(write_pack(pack, files.back()));
  }
  const std::string expected = built(some_packs(), dir);
  ASSERT_TRUE(build_index_from_files(files, dir.file("other"), {}));
  EXPECT_TRUE(read_file(dir.file("other")) == expected);
  files.push_back(dir.file("none.pack"));
  const auto missing = build_index_from_files(files, dir.file("other"), {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::not_found);
  dir.write("bad.pack", "no pack");
  files.back() = dir.file("bad.pack");
  const auto bad = build_index_from_files(files, dir.file("other"), {});
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code, ErrorCode::corrupt);
  EXPECT_TRUE(read_file(dir.file("other")) == expected) << "stays as it was";
}

TEST(BuildIndex, packs_without_files_are_components_without_contents) {
  const TempDir dir;
  built({testing::empty_pack("a"), testing::pack_of("b", {{"1", "", {}}})}, dir);
  const auto kb = Kb::open(dir.file("kb"));
  ASSERT_TRUE(kb) << kb.error().message;
  EXPECT_EQ(kb->component_count(), 2U);
  EXPECT_EQ(kb->release_count(), 1U);
  EXPECT_EQ(kb->content_count(), 0U);
  EXPECT_TRUE(kb->verify());
  EXPECT_TRUE(kb->contents_with(42).empty());
  EXPECT_FALSE(kb->content_with_md5({}));
  EXPECT_TRUE(kb->occurrences(42).empty());
}

class Supply final : public PackReader {
 public:
  explicit Supply(std::vector<Pack> packs) : packs_(std::move(packs)) {}
  std::size_t size() const override { return packs_.size(); }
  Result<Pack> read(std::size_t i) override { return packs_[i]; }

 private:
  std::vector<Pack> packs_;
};

TEST(BuildIndex, little_memory_gives_the_same_file) {
  const TempDir dir;
  std::vector<Pack> packs;
  for (unsigned p = 0; p < 12; ++p) {
    std::vector<testing::TestRelease> releases;
    for (unsigned r = 0; r < 10; ++r) {
      testing::Tree tree;
      for (unsigned f = 0; f < 20; ++f)
        tree["f" + std::to_string(f) + ".c"] = code(p / 2 * 1000 + r / (1 + f % 4) * 50 + f, 3);
      releases.push_back({std::to_string(r), "", tree});
    }
    packs.push_back(testing::pack_of("c" + std::to_string(p), releases));
  }
  const std::string expected = built(packs, dir);
  Supply supply(packs);
  const auto count = build_index(supply, dir.file("kb"), BuildOptions{.memory_bytes = 0});
  ASSERT_TRUE(count) << count.error().message;
  EXPECT_GT(count->file_versions, 1024U) << "else nothing went through runs";
  EXPECT_TRUE(read_file(dir.file("kb")) == expected);
}

TEST(BuildIndex, nothing_is_left_behind_when_a_pack_cannot_be_read) {
  class Failing final : public PackReader {
   public:
    std::size_t size() const override { return 2; }
    Result<Pack> read(std::size_t i) override {
      // Well at the first reading, and gone at the second.
      if (++asked_ > 2) return fail(ErrorCode::io, "gone");
      return testing::pack_of(i == 0 ? "a" : "b", {{"1", "", {{"a.c", code(1)}}}});
    }

   private:
    std::atomic<int> asked_ = 0;
  };
  const TempDir dir;
  dir.write("kb", "old");
  Failing packs;
  const auto count = build_index(packs, dir.file("kb"), {});
  ASSERT_FALSE(count);
  EXPECT_EQ(count.error().message, "gone");
  EXPECT_EQ(read_file(dir.file("kb")), "old");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(dir.path()), {}), 1);
}

}  // namespace
}  // namespace stowaway::kb
