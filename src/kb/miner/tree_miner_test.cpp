#include "kb/miner/tree_miner.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "kb/miner/file_miner.h"
#include "kb/testing/support.h"
#include "source/testing/support.h"

namespace stowaway::kb {
namespace {

using testing::code;
using ::testing::ElementsAre;
using testing::TempDir;

std::vector<std::string> paths_of(const Pack& pack) {
  std::vector<std::string> out;
  for (const PackPath& path : pack.paths) out.push_back(path.path);
  return out;
}

CatalogSource archive(const TempDir& dir, const std::string& name,
                      const std::vector<source::testing::PackMember>& members,
                      const std::string& version = "1.0") {
  CatalogSource source;
  source.kind = "archive";
  source.location = dir.write(name, source::testing::pack(members));
  source.version = version;
  return source;
}

struct Mined {
  Pack pack;
  MineCount count;
};

Mined mine(const CatalogSource& source, Pack start = testing::empty_pack("a"),
           const MineOptions& options = {}) {
  PackBuilder builder(std::move(start));
  const auto count = mine_file(source, builder, options);
  if (!count) ADD_FAILURE() << count.error().message;
  return {builder.finish(), count ? *count : MineCount{}};
}

void set_time(const std::string& file, std::time_t seconds) {
  const timespec times[2] = {{seconds, 0}, {seconds, 0}};
  ASSERT_EQ(::utimensat(AT_FDCWD, file.c_str(), times, 0), 0);
}

TEST(MineFile, an_archive_is_a_release_below_its_top_folder) {
  const TempDir dir;
  const auto source = archive(dir, "a-1.0.tar.gz",
                              {{"a-1.0/README", "text"},
                               {"a-1.0/src/a.c", code(1)},
                               {"a-1.0/src/empty.c", ""},
                               {"a-1.0/test.zip", "no code"}});
  const Mined mined = mine(source);
  EXPECT_THAT(paths_of(mined.pack), ElementsAre("src/a.c"));
  EXPECT_EQ(mined.count.releases, 1U);
  EXPECT_EQ(mined.count.contents, 1U);
  ASSERT_EQ(mined.pack.releases.size(), 1U);
  EXPECT_EQ(mined.pack.releases[0].version, "1.0");
  EXPECT_EQ(mined.pack.releases[0].revision,
            fingerprint::to_hex(fingerprint::sha256_of(
                fingerprint::as_bytes(testing::read_file(source.location)))));
  const Mined again = mine(source, mined.pack);
  EXPECT_EQ(again.count.releases, 0U);
  EXPECT_EQ(again.count.contents, 0U) << "a known archive is not read again";
}

TEST(MineFile, folders_of_an_archive_without_a_top_are_kept) {
  const TempDir dir;
  const Mined mined =
      mine(archive(dir, "a-1.0.tar.gz", {{"README", "text"}, {"src/a.c", code(1)}}));
  EXPECT_THAT(paths_of(mined.pack), ElementsAre("src/a.c"));
}

TEST(MineFile, rules_choose_files) {
  const TempDir dir;
  auto source = archive(dir, "a-1.0.tar.gz",
                        {{"a/src/a.c", code(1)}, {"a/src/b.h", code(2)}, {"a/dist/a.js", code(3)}});
  source.paths = "[.]h$|^dist/";
  EXPECT_THAT(paths_of(mine(source).pack), ElementsAre("dist/a.js", "src/b.h"));
  source.paths.clear();
  source.subpath = "src";
  EXPECT_THAT(paths_of(mine(source).pack), ElementsAre("a.c", "b.h"));
  source.paths = "(";
  PackBuilder builder(testing::empty_pack("a"));
  EXPECT_EQ(mine_file(source, builder, {}).error().code, ErrorCode::invalid_argument);
}

TEST(MineFile, a_directory_is_a_release_dated_by_its_newest_file) {
  const TempDir dir;
  set_time(dir.write("a-2/src/a.c", code(1)), 1'000'000'000);  // 2001-09-09
  set_time(dir.write("a-2/b.c", code(2)), 1'100'000'000);      // 2004-11-09
  CatalogSource source;
  source.kind = "directory";
  source.location = dir.file("a-2");
  source.version = "2";
  const Mined mined = mine(source);
  EXPECT_THAT(paths_of(mined.pack), ElementsAre("b.c", "src/a.c"));
  EXPECT_EQ(mined.pack.releases[0].date, "2004-11-09");
  EXPECT_EQ(mined.pack.releases[0].revision.size(), 64U);
  EXPECT_EQ(mine(source, mined.pack).count.releases, 0U) << "the same files again";
  dir.write("a-2/b.c", code(3));
  source.date = "2005-05-05";
  const Mined changed = mine(source, mined.pack);
  EXPECT_EQ(changed.count.releases, 1U);
  ASSERT_EQ(changed.pack.releases.size(), 1U);
  EXPECT_EQ(changed.pack.releases[0].others.size(), 1U);
}

TEST(MineFile, the_number_of_workers_makes_no_difference) {
  const TempDir dir;
  for (unsigned i = 0; i < 60; ++i)
    dir.write("a-1/d" + std::to_string(i % 7) + "/f" + std::to_string(i) + ".c", code(i % 50));
  CatalogSource source;
  source.kind = "directory";
  source.location = dir.file("a-1");
  source.version = "1";
  MineOptions one, four;
  one.jobs = 1;
  four.jobs = 4;
  EXPECT_EQ(testing::encoded(mine(source, testing::empty_pack("a"), one).pack),
            testing::encoded(mine(source, testing::empty_pack("a"), four).pack));
}

// Half a release must not stand for the whole.
TEST(MineFile, an_archive_cut_short_is_no_release) {
  const TempDir dir;
  std::string noise;
  for (unsigned i = 0; i < 400; ++i) noise += code(i);
  auto source = archive(dir, "a-1.0.tar.gz", {{"a/a.c", code(1)}, {"a/b.c", noise}});
  const std::string whole = testing::read_file(source.location);
  dir.write("a-1.0.tar.gz", whole.substr(0, whole.size() / 2));
  PackBuilder builder(testing::empty_pack("a"));
  const auto count = mine_file(source, builder, {});
  ASSERT_FALSE(count);
  EXPECT_EQ(count.error().code, ErrorCode::corrupt);
  EXPECT_TRUE(builder.finish().releases.empty());
}

TEST(MineFile, what_is_too_large_or_leads_out_is_left_out_and_counted) {
  const TempDir dir;
  MineOptions options;
  options.max_file_bytes = 1000;
  const Mined mined =
      mine(archive(dir, "a-1.0.tar.gz",
                   {{"a/a.c", code(1, 2)}, {"a/large.c", code(1, 100)}, {"../out.c", code(2, 2)}}),
           testing::empty_pack("a"), options);
  EXPECT_EQ(mined.pack.paths.size(), 1U);
  EXPECT_EQ(mined.count.unread, 2U);
}

TEST(MineFile, a_release_without_code_is_none) {
  const TempDir dir;
  const Mined mined = mine(archive(dir, "a-1.0.tar.gz", {{"a/README", "x"}}));
  EXPECT_EQ(mined.count.releases, 0U);
  EXPECT_TRUE(mined.pack.releases.empty());
}

TEST(MineFile, a_stop_is_obeyed) {
  const TempDir dir;
  std::stop_source stop;
  stop.request_stop();
  MineOptions options;
  options.stop = stop.get_token();
  PackBuilder builder(testing::empty_pack("a"));
  const auto count = mine_file(archive(dir, "a-1.tar.gz", {{"a.c", code(1)}}), builder, options);
  ASSERT_FALSE(count);
  EXPECT_EQ(count.error().code, ErrorCode::cancelled);
}

TEST(MineTree, the_first_part_of_every_path_goes_as_npm_does_it) {
  const TempDir dir;
  const auto source =
      archive(dir, "a.tgz", {{"package/dist/a.js", code(1)}, {"other/b.js", code(2)}});
  const auto opened = source::open_subject(source.location);
  ASSERT_TRUE(opened);
  TreeRelease release;
  release.release.version = "1";
  release.release.date = "1990-01-01";
  release.earlier_of_dates = true;
  release.strip = TreeRelease::Strip::first_part;
  PackBuilder builder(testing::empty_pack("a"));
  ASSERT_TRUE(mine_tree(**opened, release, {}, builder, {}));
  const Pack pack = builder.finish();
  EXPECT_THAT(paths_of(pack), ElementsAre("b.js", "dist/a.js"));
  EXPECT_EQ(pack.releases[0].date, "1990-01-01");
}

TEST(NamedRelease, reads_names_of_archives_and_directories) {
  const struct {
    const char *path, *name, *version;
  } kCases[] = {{"dir/zlib-1.2.13.tar.gz", "zlib", "1.2.13"},
                {"zlib_1.2.13.orig.tar.xz", "zlib", "1.2.13"},
                {"./Zlib-1.2.13/", "zlib", "1.2.13"},
                {"foo-v2.0.zip", "foo", "2.0"},
                {"gtk+-3.24.1.tar.bz2", "gtk+", "3.24.1"},
                {"lib-foo-2.0-rc1.tgz", "lib-foo", "2.0-rc1"},
                {"foo-1.2.3-src.tar.gz", "foo", "1.2.3"},
                {"7zip-21.07.tar.xz", "7zip", "21.07"},
                {"jquery-3.6.0.tgz", "jquery", "3.6.0"},
                {"foo-2-bar-1.0.zip", "foo-2-bar", "1.0"},
                {"foo.tar.gz", "foo", ""},
                {"foo-bar", "foo-bar", ""},
                {"1.2.tar.gz", "1.2", ""},
                {"-1.2", "-1.2", ""}};
  for (const auto& test : kCases) {
    const NamedRelease named = named_release(test.path);
    EXPECT_EQ(named.name, test.name) << test.path;
    EXPECT_EQ(named.version, test.version) << test.path;
  }
}

}  // namespace
}  // namespace stowaway::kb
