#include "kb/miner/mine_any.h"

#include <gtest/gtest.h>

#include "kb/testing/support.h"

namespace stowaway::kb {
namespace {

Result<CatalogEntry> entry_of(const std::string& word, MineRequest request = {}) {
  request.words = {word};
  STOWAWAY_TRY(auto entries, entries_of(request));
  return std::move(entries.front());
}

TEST(EntriesOf, packages_are_named_by_their_prefix) {
  const auto npm = entry_of("npm:jquery@>=3 <4");
  ASSERT_TRUE(npm) << npm.error().message;
  EXPECT_EQ(npm->component, "jquery");
  EXPECT_EQ(npm->purl, "pkg:npm/jquery");
  EXPECT_EQ(npm->sources[0].kind, "npm");
  EXPECT_EQ(npm->sources[0].location, "jquery");
  EXPECT_EQ(npm->sources[0].version, ">=3 <4");
  const auto scoped = entry_of("npm:@vue/Shared");
  ASSERT_TRUE(scoped);
  EXPECT_EQ(scoped->component, "shared");
  EXPECT_EQ(scoped->purl, "pkg:npm/%40vue/Shared");
  EXPECT_EQ(scoped->sources[0].version, "");
  EXPECT_EQ(entry_of("npm:@vue/shared@^3")->sources[0].version, "^3");
  const auto debian = entry_of("debian:zlib");
  ASSERT_TRUE(debian);
  EXPECT_EQ(debian->purl, "pkg:deb/debian/zlib");
  EXPECT_EQ(debian->sources[0].kind, "debian");
}

TEST(EntriesOf, repositories_have_rules) {
  const auto usual = entry_of("git:https://host/owner/LibFoo.git");
  ASSERT_TRUE(usual) << usual.error().message;
  EXPECT_EQ(usual->component, "libfoo");
  EXPECT_EQ(usual->sources[0].location, "https://host/owner/LibFoo.git");
  EXPECT_EQ(usual->sources[0].version, "us");
  EXPECT_EQ(entry_of("https://host/owner/foo")->sources[0].kind, "git");
  MineRequest request;
  request.tags = "^r(.*)$";
  EXPECT_EQ(entry_of("git:foo", request)->sources[0].version, "id");
  EXPECT_EQ(entry_of("git:foo", request)->sources[0].tag_regex, "^r(.*)$");
}

TEST(EntriesOf, files_of_one_name_are_one_component) {
  const testing::TempDir dir;
  MineRequest request;
  request.words = {dir.write("foo-1.0.tar.gz", "x"), dir.write("bar-2.tar.gz", "x"),
                   dir.write("foo-1.1/a.c", "x").substr(0, dir.path().size() + 8)};
  const auto entries = entries_of(request);
  ASSERT_TRUE(entries) << entries.error().message;
  ASSERT_EQ(entries->size(), 2U);
  EXPECT_EQ((*entries)[0].component, "foo");
  ASSERT_EQ((*entries)[0].sources.size(), 2U);
  EXPECT_EQ((*entries)[0].sources[1].kind, "directory");
  EXPECT_EQ((*entries)[0].sources[1].version, "1.1");
  request.component = "baz";
  EXPECT_EQ(entries_of(request)->size(), 1U);
}

TEST(EntriesOf, what_cannot_be_is_refused) {
  const testing::TempDir dir;
  for (const std::string& word :
       {std::string("npm:-g"), std::string("npm:"), std::string("debian:A"),
        std::string("debian:-o=x"), dir.write("foo.tar.gz", ""), std::string("git:https://h/..")}) {
    const auto entry = entry_of(word);
    ASSERT_FALSE(entry) << word;
    EXPECT_EQ(entry.error().code, ErrorCode::invalid_argument) << word;
  }
  EXPECT_EQ(entry_of("/no/such-1.0").error().code, ErrorCode::not_found);
  MineRequest request;
  request.component = "../evil";
  EXPECT_EQ(entry_of("npm:a", request).error().code, ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace stowaway::kb
