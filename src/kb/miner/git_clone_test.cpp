#include "kb/miner/git_clone.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kb/miner/git_miner.h"
#include "kb/testing/repository.h"

namespace stowaway::kb {
namespace {

using testing::code;
using testing::TempDir;
using testing::TestRepository;

constexpr git_time_t kStart = 1'000'000'000;

std::vector<std::string> references_of(const std::string& clone) {
  git_repository* repository = nullptr;
  EXPECT_EQ(git_repository_open(&repository, clone.c_str()), 0);
  git_strarray names{};
  EXPECT_EQ(git_reference_list(&names, repository), 0);
  std::vector<std::string> out(names.strings, names.strings + names.count);
  git_strarray_dispose(&names);
  git_repository_free(repository);
  std::ranges::sort(out);
  return out;
}

TEST(FindRepository, a_url_becomes_a_bare_clone_with_branches_and_tags_only) {
  TestRepository upstream;
  const TempDir cache;
  upstream.commit({{"a.c", code(1)}}, "one", kStart);
  upstream.tag("v1");
  upstream.reference("refs/pull/1/head");
  upstream.reference("refs/heads/other");
  MineOptions options;
  options.cache_directory = cache.path();
  const auto clone = find_repository("file://" + upstream.path(), options);
  ASSERT_TRUE(clone) << clone.error().message;
  EXPECT_TRUE(clone->starts_with(cache.path())) << *clone;
  EXPECT_THAT(references_of(*clone),
              ::testing::ElementsAre("refs/heads/master", "refs/heads/other", "refs/tags/v1"));
  PackBuilder builder(testing::empty_pack("a"));
  CatalogSource source;
  source.tag_regex = "^v(.*)$";
  source.version = "id";
  const auto count = mine_git(*clone, source, builder, options);
  ASSERT_TRUE(count) << count.error().message;
  EXPECT_EQ(count->releases, 1U);
  EXPECT_EQ(find_repository("file://" + upstream.path(), options).value(), *clone);
  options.offline = true;
  EXPECT_EQ(find_repository("file://" + upstream.path(), options).value(), *clone);
}

TEST(FindRepository, a_failed_fetch_leaves_nothing) {
  const TempDir cache;
  MineOptions options;
  options.cache_directory = cache.path() + "/deep/cache";
  const auto clone = find_repository("file:///no/such/repository", options);
  ASSERT_FALSE(clone);
  EXPECT_EQ(clone.error().code, ErrorCode::unavailable);
  EXPECT_TRUE(std::filesystem::is_empty(options.cache_directory + "/git"));
  options.offline = true;
  EXPECT_EQ(find_repository("file:///no/such/repository", options).error().code,
            ErrorCode::not_found);
}

TEST(FindRepository, paths_and_mirrors_come_first) {
  TestRepository repository;
  const TempDir mirror;
  MineOptions options;
  options.mirrors = {mirror.path()};
  EXPECT_EQ(find_repository(repository.path(), options).value(), repository.path());
  for (const char* place : {"/name", "/name.git", "/owner+name/repo"}) {
    std::filesystem::create_directories(mirror.path() + place + "/objects");
    EXPECT_EQ(find_repository("https://host/owner/name", options).value(), mirror.path() + place);
    EXPECT_EQ(find_repository("git@host:owner/name.git", options).value(), mirror.path() + place);
  }
  for (const char* bad : {"nowhere", "ext::sh -c true", "-x@host:a", "https://"}) {
    const auto found = find_repository(bad, options);
    ASSERT_FALSE(found) << bad;
    EXPECT_EQ(found.error().code, ErrorCode::not_found) << bad;
  }
}

}  // namespace
}  // namespace stowaway::kb
