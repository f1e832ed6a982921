#include "kb/miner/npm/npm_registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kb/testing/support.h"

namespace stowaway::kb {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(NpmName, is_what_the_registry_allows) {
  for (const char* name : {"jquery", "lodash.merge", "@vue/shared", "JSONStream", "a~b_c"})
    EXPECT_TRUE(is_npm_name(name)) << name;
  for (const char* name : {"", "-g", "--json", ".bin", "a b", "a/b", "@a", "@/b", "@a/", "@a/-b",
                           "a@1", "a;b", "../a"})
    EXPECT_FALSE(is_npm_name(name)) << name;
}

TEST(NpmVersions, are_read_with_their_dates) {
  const auto several = parse_npm_versions(
      R"({"versions":["1.0.0","2.0.0-rc.1"],"time":{"created":"2001-01-01T00:00:00Z",
          "1.0.0":"2015-10-13T14:23:05.006Z","2.0.0-rc.1":"yesterday","3":7}})");
  ASSERT_TRUE(several) << several.error().message;
  EXPECT_THAT(several->versions, ElementsAre("1.0.0", "2.0.0-rc.1"));
  EXPECT_THAT(several->dates,
              ElementsAre(Pair("1.0.0", "2015-10-13"), Pair("created", "2001-01-01")));
  const auto one = parse_npm_versions(R"({"versions":"1.0.0"})");
  ASSERT_TRUE(one);
  EXPECT_THAT(one->versions, ElementsAre("1.0.0"));
}

TEST(NpmVersions, what_could_be_taken_for_an_option_is_no_version) {
  const auto found = parse_npm_versions(R"({"versions":["1.0","--x","1 || 2","x/y","",4,null]})");
  ASSERT_TRUE(found);
  EXPECT_THAT(found->versions, ElementsAre("1.0"));
  for (const char* text : {"", "[]", "{", "null", "{\"time\":{}}"})
    EXPECT_EQ(parse_npm_versions(text).error().code, ErrorCode::corrupt) << text;
}

TEST(NpmReleases, are_read_one_or_several) {
  const auto one = parse_npm_releases(R"({"version":"1.0","dist.shasum":"ab"})");
  ASSERT_TRUE(one);
  ASSERT_EQ(one->size(), 1U);
  EXPECT_EQ((*one)[0].shasum, "ab");
  EXPECT_EQ((*one)[0].integrity, "");
  const auto two =
      parse_npm_releases(R"([{"version":"1.0"},{"version":"1.1","dist.integrity":"sha512-x"}])");
  ASSERT_TRUE(two);
  EXPECT_EQ(two->size(), 2U);
  EXPECT_EQ((*two)[1].integrity, "sha512-x");
  EXPECT_TRUE(parse_npm_releases(" \n")->empty()) << "no version in the range";
  for (const char* text : {"[7]", "{}", R"([{"version":"--x"}])", "{"})
    EXPECT_EQ(parse_npm_releases(text).error().code, ErrorCode::corrupt) << text;
}

TEST(NpmVerify, believes_neither_the_file_nor_the_weaker_sum_alone) {
  const testing::TempDir dir;
  const std::string file = dir.write("a.tgz", "abc");
  // Digests of "abc": FIPS 180's own examples.
  const std::string sha1 = "a9993e364706816aba3e25717850c26c9cd0d89d",
                    sha512 =
                        "sha512-3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/"
                        "uu9RU1EI2Q86A4qmslPpUyknw==";
  const auto check = [&](const std::string& shasum, const std::string& integrity) {
    return npm_verify(file, {"1.0", "", shasum, integrity}, {}).has_value();
  };
  EXPECT_TRUE(check(sha1, ""));
  EXPECT_TRUE(check("", sha512));
  EXPECT_TRUE(check(sha1, "sha1-qZk+NkcGgWq6PiVxeFDCbJzQ2J0= " + sha512));
  EXPECT_TRUE(check("A9993E364706816ABA3E25717850C26C9CD0D89D", sha512 + "?x"));
  EXPECT_FALSE(check("", "")) << "nothing was promised";
  EXPECT_FALSE(check("", "md5-x"));
  EXPECT_FALSE(check(sha1, "sha512-AAAA"));
  EXPECT_FALSE(check("00" + sha1.substr(2), sha512));
  dir.write("a.tgz", "abd");
  EXPECT_FALSE(check(sha1, ""));
  EXPECT_FALSE(check("", sha512));
}

}  // namespace
}  // namespace stowaway::kb
