#include "kb/miner/git_miner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "kb/testing/repository.h"
#include "kb/testing/support.h"

namespace stowaway::kb {
namespace {

using testing::code;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::TempDir;
using testing::TestRepository;
using testing::Tree;

constexpr git_time_t kDay = 86'400;
constexpr git_time_t kStart = 1'000'000'000;  // 2001-09-09

CatalogSource source_of(std::string rule, std::string regex = "^v(.*)$", std::string subpath = "") {
  CatalogSource source;
  source.version = std::move(rule);
  source.tag_regex = std::move(regex);
  source.subpath = std::move(subpath);
  return source;
}

struct Mined {
  Pack pack;
  MineCount count;
};

Mined mine(const TestRepository& repository, const CatalogSource& source,
           Pack start = testing::empty_pack("a"), const MineOptions& options = {}) {
  PackBuilder builder(std::move(start));
  const auto count = mine_git(repository.path(), source, builder, options);
  if (!count) {
    ADD_FAILURE() << count.error().message;
    return {};
  }
  return {builder.finish(), *count};
}

std::vector<std::string> versions_of(const Pack& pack) {
  std::vector<std::string> out;
  for (const PackRelease& release : pack.releases) out.push_back(release.version);
  return out;
}

std::vector<std::string> files_of(const Pack& pack, const std::string& version) {
  std::vector<std::string> out;
  for (const PackPath& path : pack.paths)
    for (const PackFileVersion& v : path.versions)
      for (const Span32 span : v.releases)
        for (std::uint32_t r = span.first; r <= span.last; ++r)
          if (pack.releases[r].version == version) out.push_back(path.path);
  return out;
}

// Three tagged versions; the second moves a file, the third adds one.
void tell_a_story(TestRepository& repository) {
  repository.commit({{"a.c", code(1)}, {"b.c", code(2)}, {"README", "text"}}, "first", kStart);
  repository.tag("v1.0");
  repository.commit({{"src/a.c", code(1)}, {"b.c", code(2)}, {"README", "text"}}, "move",
                    kStart + kDay);
  repository.annotated_tag("v1.1");
  repository.commit({{"src/a.c", code(1) + code(5)}, {"b.c", code(2)}, {"src/n/c.h", code(3)}},
                    "add", kStart + 2 * kDay);
  repository.tag("v1.10");
  repository.tag("nightly");
}

TEST(GitMiner, tags_become_releases_with_their_files) {
  TestRepository repository;
  tell_a_story(repository);
  const auto [pack, count] = mine(repository, source_of("id"));
  EXPECT_THAT(versions_of(pack), ElementsAre("1.0", "1.1", "1.10"));
  EXPECT_THAT(files_of(pack, "1.0"), ElementsAre("a.c", "b.c"));
  EXPECT_THAT(files_of(pack, "1.1"), ElementsAre("b.c", "src/a.c"));
  EXPECT_THAT(files_of(pack, "1.10"), ElementsAre("b.c", "src/a.c", "src/n/c.h"));
  EXPECT_EQ(pack.releases[0].date, "2001-09-09");
  EXPECT_EQ(pack.releases[1].date, "2001-09-10") << "of the commit, not of the tag";
  EXPECT_EQ(pack.releases[0].revision.size(), 40U);
  EXPECT_EQ(pack.contents.size(), 4U) << "a moved file is the same content";
  EXPECT_EQ(count.releases, 3U);
  EXPECT_EQ(count.contents, 4U);
  EXPECT_EQ(count.unread, 0U);
  EXPECT_EQ(pack.contents[0], fingerprint_content(fingerprint::as_bytes(code(1)), "a.c").content);
}

TEST(GitMiner, the_number_of_workers_does_not_matter) {
  TestRepository repository;
  Tree tree;
  for (unsigned i = 0; i < 400; ++i) tree["f" + std::to_string(i) + ".c"] = code(i, 2);
  repository.commit(tree, "x", kStart);
  repository.tag("v1");
  MineOptions one, four;
  one.jobs = 1;
  four.jobs = 4;
  const auto a = mine(repository, source_of("id"), testing::empty_pack("a"), one);
  const auto b = mine(repository, source_of("id"), testing::empty_pack("a"), four);
  EXPECT_EQ(testing::encoded(a.pack), testing::encoded(b.pack));
  EXPECT_EQ(a.count.contents, 400U);
  EXPECT_EQ(a.count.bytes, b.count.bytes);
}

TEST(GitMiner, a_subpath_is_the_components_root) {
  TestRepository repository;
  repository.commit({{"top.c", code(1)}}, "before the folder was", kStart);
  repository.tag("v1");
  repository.commit({{"top.c", code(1)}, {"lib/z/a.c", code(2)}, {"lib/zz/b.c", code(3)}}, "x",
                    kStart);
  repository.tag("v2");
  const auto [pack, count] = mine(repository, source_of("id", "^v(.*)$", "lib/z"));
  EXPECT_THAT(versions_of(pack), ElementsAre("2"));
  EXPECT_THAT(files_of(pack, "2"), ElementsAre("a.c"));
}

TEST(GitMiner, a_subpath_may_be_one_file) {
  TestRepository repository;
  repository.commit({{"deep/er/stb.h", code(1)}, {"deep/er/other.h", code(2)}}, "x", kStart);
  repository.tag("v1");
  const auto [pack, count] = mine(repository, source_of("id", "^v(.*)$", "deep/er/stb.h"));
  EXPECT_THAT(files_of(pack, "1"), ElementsAre("stb.h"));
}

TEST(GitMiner, only_code_is_taken) {
  TestRepository repository;
  repository.commit({{"a.c", code(1)},
                     {"empty.c", ""},
                     {"link.c", "-> a.c"},
                     {"COPYING", "x"},
                     {"logo.png", "x"}},
                    "x", kStart);
  repository.tag("v1");
  repository.commit({{"README", "no code at all"}}, "x", kStart);
  repository.tag("v2");
  const auto [pack, count] = mine(repository, source_of("id"));
  EXPECT_THAT(files_of(pack, "1"), ElementsAre("a.c"));
  EXPECT_THAT(versions_of(pack), ElementsAre("1")) << "a release without code is none";
}

TEST(GitMiner, large_files_are_left_out_and_counted) {
  TestRepository repository;
  repository.commit({{"a.c", code(1)}, {"big.c", std::string(5000, 'x')}}, "x", kStart);
  repository.tag("v1");
  MineOptions options;
  options.max_file_bytes = 4999;
  const auto [pack, count] = mine(repository, source_of("id"), testing::empty_pack("a"), options);
  EXPECT_THAT(files_of(pack, "1"), ElementsAre("a.c"));
  EXPECT_EQ(count.unread, 1U);
}

TEST(GitMiner, several_tags_of_one_version_are_one_release) {
  TestRepository repository;
  repository.commit({{"a.c", code(1)}}, "x", kStart);
  repository.tag("v1.0");
  repository.commit({{"a.c", code(1)}, {"b.c", code(2)}}, "x", kStart + kDay);
  repository.tag("v1_0");
  const auto [pack, count] = mine(repository, source_of("us"));
  EXPECT_THAT(versions_of(pack), ElementsAre("1.0"));
  EXPECT_THAT(files_of(pack, "1.0"), ElementsAre("a.c", "b.c"));
}

TEST(GitMiner, tags_that_lead_to_no_commit_are_skipped) {
  TestRepository repository;
  repository.commit({{"a.c", code(1)}}, "x", kStart);
  repository.tag("v1");
  repository.tag_a_blob("v2");
  EXPECT_THAT(versions_of(mine(repository, source_of("id")).pack), ElementsAre("1"));
}

TEST(GitMiner, appending_reads_only_what_is_new_and_equals_mining_at_once) {
  TestRepository repository;
  tell_a_story(repository);
  const Pack before = mine(repository, source_of("id")).pack;
  repository.commit({{"src/a.c", code(1) + code(5)}, {"moved/b.c", code(2)}, {"d.c", code(8)}}, "x",
                    kStart + 9 * kDay);
  repository.tag("v2.0");
  const auto appended = mine(repository, source_of("id"), before);
  EXPECT_EQ(appended.count.releases, 1U);
  EXPECT_EQ(appended.count.contents, 3U);
  EXPECT_EQ(testing::encoded(appended.pack),
            testing::encoded(mine(repository, source_of("id")).pack));
  const auto again = mine(repository, source_of("id"), appended.pack);
  EXPECT_EQ(again.count.releases, 0U);
  EXPECT_EQ(again.count.contents, 0U);
  EXPECT_EQ(testing::encoded(again.pack), testing::encoded(appended.pack));
}

TEST(GitMiner, subjects_name_versions_and_the_newest_commit_counts) {
  TestRepository repository;
  repository.commit({{"a.c", code(1)}}, "Release 1.0\n\nbody", kStart);
  repository.commit({{"a.c", code(2)}}, "work", kStart + kDay);
  repository.commit({{"a.c", code(3)}}, "Release 1.1", kStart + 2 * kDay);
  repository.commit({{"a.c", code(4)}}, "Release 1.1", kStart + 3 * kDay);
  const auto [pack, count] = mine(repository, source_of("subject:id", "^Release (.*)$"));
  EXPECT_THAT(versions_of(pack), ElementsAre("1.0", "1.1"));
  EXPECT_EQ(pack.releases[1].date, "2001-09-12");
}

TEST(GitMiner, a_files_history_names_versions) {
  TestRepository repository;
  const auto header = [](const char* version) {
    return "#define V \"" + std::string(version) + "\"\n" + code(1);
  };
  repository.commit({{"a.c", code(1)}}, "x", kStart);
  repository.commit({{"a.h", header("1.0")}}, "x", kStart + kDay);
  repository.commit({{"a.h", header("1.0")}, {"b.c", code(2)}}, "x", kStart + 2 * kDay);
  repository.commit({{"a.h", header("1.1")}, {"b.c", code(2)}}, "x", kStart + 3 * kDay);
  const auto [pack, count] = mine(repository, source_of("filehist:a.h:id", "^#define V \"(.*)\"$"));
  EXPECT_THAT(versions_of(pack), ElementsAre("1.0", "1.1"));
  EXPECT_THAT(files_of(pack, "1.0"), ElementsAre("a.h"))
      << "as it was when the version was first stated";
  EXPECT_THAT(files_of(pack, "1.1"), ElementsAre("a.h", "b.c"));
}

TEST(GitMiner, a_rolling_project_has_a_release_for_each_state_of_its_folder) {
  TestRepository repository;
  repository.commit({{"lib/a.c", code(1)}}, "x", kStart);
  repository.commit({{"lib/a.c", code(1)}, {"other.c", code(2)}}, "elsewhere", kStart + kDay);
  repository.commit({{"lib/a.c", code(3)}, {"other.c", code(2)}}, "x", kStart + 2 * kDay);
  const auto [pack, count] = mine(repository, source_of("rolling", "", "lib"));
  ASSERT_EQ(pack.releases.size(), 2U);
  EXPECT_TRUE(pack.releases[1].version.starts_with("0~git20010911.")) << pack.releases[1].version;
  EXPECT_EQ(pack.releases[1].version.size(), std::string("0~git20010911.").size() + 8);
}

TEST(GitMiner, a_fixed_version_is_that_of_the_head) {
  TestRepository repository;
  repository.commit({{"a.c", code(1)}}, "x", kStart);
  repository.commit({{"a.c", code(2)}, {"b.c", code(3)}}, "x", kStart + kDay);
  const auto [pack, count] = mine(repository, source_of("fixed:2.5"));
  EXPECT_THAT(versions_of(pack), ElementsAre("2.5"));
  EXPECT_THAT(files_of(pack, "2.5"), ElementsAre("a.c", "b.c"));
}

// libgit2 reads 32 bits of them; a release has some date all the same.
TEST(GitMiner, impossible_commit_times_do_no_harm) {
  for (const git_time_t time :
       {git_time_t{0}, git_time_t{-1}, git_time_t{1} << 31, git_time_t{10'000'000'000'000},
        git_time_t{1} << 56, git_time_t{1} << 62}) {
    TestRepository repository;
    repository.commit({{"a.c", code(1)}}, "x", time);
    repository.tag("v1");
    const auto [pack, count] = mine(repository, source_of("id"));
    ASSERT_EQ(pack.releases.size(), 1U);
    EXPECT_EQ(pack.releases[0].date.size(), 10U) << time;
  }
}

TEST(GitMiner, says_what_is_wrong) {
  TestRepository repository;
  repository.commit({{"a.c", code(1)}}, "x", kStart);
  repository.tag("v1");
  const auto error_of = [&](const std::string& path, const CatalogSource& source,
                            const MineOptions& options) {
    PackBuilder builder(testing::empty_pack("a"));
    const auto count = mine_git(path, source, builder, options);
    return count ? ErrorCode{-1} : count.error().code;
  };
  const TempDir empty;
  EXPECT_EQ(error_of(empty.file("none"), source_of("id"), {}), ErrorCode::not_found);
  EXPECT_EQ(error_of(empty.path(), source_of("id"), {}), ErrorCode::not_found);
  EXPECT_EQ(error_of(repository.path(), source_of("upper"), {}), ErrorCode::invalid_argument);
  EXPECT_EQ(error_of(repository.path(), source_of("id", "("), {}), ErrorCode::invalid_argument);
  std::stop_source stop;
  stop.request_stop();
  MineOptions stopped;
  stopped.stop = stop.get_token();
  EXPECT_EQ(error_of(repository.path(), source_of("id"), stopped), ErrorCode::cancelled);
}

TEST(GitMiner, a_repository_without_releases_gives_none) {
  TestRepository repository;
  EXPECT_THAT(versions_of(mine(repository, source_of("id")).pack), IsEmpty());
  repository.commit({{"a.c", code(1)}}, "x", kStart);
  repository.tag("x");
  EXPECT_THAT(versions_of(mine(repository, source_of("id")).pack), IsEmpty());
}

}  // namespace
}  // namespace stowaway::kb
