#include "kb/catalog/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "kb/miner/version_rule.h"

namespace stowaway::kb {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::filesystem::path kCatalog = STOWAWAY_SOURCE_DIR "/catalog/components";

TEST(Catalog, reads_a_component_and_its_sources) {
  const auto entry = parse_catalog_entry(
      "# zlib\nComponent: zlib\nPurl: pkg:github/madler/zlib\r\nAliases: libz,  z\nRank: 3\n"
      "\n\nGit: https://host/a\nTags: ^v(.*)$\nVersion: id\nSubpath: src\n\nGit: b\nVersion: "
      "rolling\nStatus: refused (big)");
  ASSERT_TRUE(entry) << entry.error().message;
  EXPECT_EQ(entry->component, "zlib");
  EXPECT_EQ(entry->purl, "pkg:github/madler/zlib");
  EXPECT_THAT(entry->aliases, ElementsAre("libz", "z"));
  EXPECT_EQ(entry->rank, 3U);
  ASSERT_EQ(entry->sources.size(), 2U);
  EXPECT_EQ(entry->sources[0].location, "https://host/a");
  EXPECT_EQ(entry->sources[0].tag_regex, "^v(.*)$");
  EXPECT_EQ(entry->sources[0].subpath, "src");
  EXPECT_EQ(entry->sources[0].status, "");
  EXPECT_EQ(entry->sources[1].status, "refused (big)");
}

TEST(Catalog, reads_sources_of_every_kind) {
  const auto entry = parse_catalog_entry(
      "Component: a\nPurl: b\nNpm: its-name\n\nNpm: @x/a\nVersions: >=2\nPaths: ^dist/\n\n"
      "Debian: a\nSubpath: src\n");
  ASSERT_TRUE(entry) << entry.error().message;
  EXPECT_EQ(entry->npm, "its-name");
  ASSERT_EQ(entry->sources.size(), 2U);
  EXPECT_EQ(entry->sources[0].kind, "npm");
  EXPECT_EQ(entry->sources[0].location, "@x/a");
  EXPECT_EQ(entry->sources[0].version, ">=2");
  EXPECT_EQ(entry->sources[0].paths, "^dist/");
  EXPECT_EQ(entry->sources[1].kind, "debian");
  EXPECT_EQ(entry->sources[1].location, "a");
}

TEST(Catalog, says_which_line_is_wrong) {
  const struct {
    const char* text;
    const char* message;
  } kCases[] = {
      {"", "no paragraph"},
      {"# only a comment\n", "no paragraph"},
      {"Component: a\n", "needs Component and Purl"},
      {"Component: a\nPurl: b\nGit: c\n", "line 3: \"Git\""},
      {"Component: a\nPurl: b\nPurl: c\n", "line 3: \"Purl\" is given twice"},
      {"Component: a\nPurl: b\nRank: many\n", "line 3: Rank"},
      {"Component: a\nPurl: b\nRank: 0\n", "line 3: Rank"},
      {"Component: a\nPurl: b\nRank: 99999999999999999999\n", "line 3: Rank"},
      {"Component: a\nnonsense\n", "line 2: no \"Key: value\""},
      {"Component: a\nPurl: b\n\nGit: c\n", "line 4: a source needs"},
      {"Component: a\nPurl: b\n\nAliases: c\n", "line 4: \"Aliases\""},
      {"Component: a\nPurl: b\n\nTags: c\n", "line 4: a source needs Git, Npm or Debian"},
      {"Component: a\nPurl: b\n\nNpm: c\nGit: d\n", "line 5: a source is one of"},
      {"Component: a\nPurl: b\n\nNpm: c\nTags: d\n", "line 5: Version and Tags are for Git"},
      {"Component: a\nPurl: b\n\nDebian: c\nVersions: d\n", "line 5: Versions is for Npm"},
  };
  for (const auto& test : kCases) {
    const auto entry = parse_catalog_entry(test.text);
    ASSERT_FALSE(entry) << test.text;
    EXPECT_EQ(entry.error().code, ErrorCode::corrupt) << test.text;
    EXPECT_THAT(entry.error().message, HasSubstr(test.message));
  }
}

TEST(Catalog, a_directory_without_components_is_an_error) {
  EXPECT_EQ(read_catalog("/nowhere").error().code, ErrorCode::not_found);
  const std::filesystem::path sources = STOWAWAY_SOURCE_DIR "/src";
  EXPECT_EQ(read_catalog(sources).error().code, ErrorCode::not_found);
}

class OurCatalog : public testing::Test {
 protected:
  void SetUp() override {
    auto read = read_catalog(kCatalog);
    ASSERT_TRUE(read) << read.error().message;
    entries_ = *std::move(read);
  }
  std::vector<CatalogEntry> entries_;
};

TEST_F(OurCatalog, is_sorted_by_rank_and_named_like_its_files) {
  EXPECT_GE(entries_.size(), 397U);
  unsigned last = 0;
  for (const CatalogEntry& entry : entries_) {
    EXPECT_GT(entry.rank, last) << entry.component;
    last = entry.rank;
    EXPECT_TRUE(std::filesystem::exists(kCatalog / (entry.component + ".catalog")))
        << entry.component;
    EXPECT_FALSE(entry.sources.empty()) << entry.component;
    EXPECT_FALSE(entry.licence.empty()) << entry.component;
  }
}

TEST_F(OurCatalog, names_and_aliases_and_purls_are_unique) {
  std::map<std::string, std::string> owners;
  std::set<std::string> purls;
  for (const CatalogEntry& entry : entries_) {
    std::vector<std::string> names = entry.aliases;
    names.push_back(entry.component);
    for (std::string name : names) {
      std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
      const auto [owner, is_new] = owners.emplace(name, entry.component);
      EXPECT_TRUE(is_new) << name << " names " << owner->second << " and " << entry.component;
    }
    EXPECT_TRUE(purls.insert(entry.purl).second) << entry.purl;
  }
}

TEST_F(OurCatalog, every_expression_and_rule_is_understood_by_the_miner) {
  for (const CatalogEntry& entry : entries_)
    for (const CatalogSource& source : entry.sources) {
      if (source.kind == "git") {
        const auto rule = VersionRule::parse(source.version, source.tag_regex);
        EXPECT_TRUE(rule) << entry.component << ": " << rule.error().message;
      }
      const auto paths = Expression::compile(source.paths);
      EXPECT_TRUE(paths) << entry.component << ": " << paths.error().message;
    }
}

}  // namespace
}  // namespace stowaway::kb
