#include "testcase/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "testcase/testing/support.h"

namespace stowaway::testcase {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::TempDirectory;

constexpr const char* kGood = R"(format: 1
advisory: CVE-2020-1
aliases: [GHSA-x]
component: demo
title: something
language: c
upstreams: https://example.org/a/demo
affected: [{introduced: "0", fixed: 1.1}]
control: {vulnerable: "1.0", fixed: "1.1"}
build:
  sources: [demo.c, "d*.c"]
  entries: [demo_join]
  flags: [-DX=1, -std=gnu99, -fno-strict-aliasing]
  generated: [{path: config.h, text: "#define A 1\n"}]
needs: [{component: zlib, build: {sources: [inflate.c]}, system_links: z}]
expect: {reports: [memory-error], hang: true}
limits: {cpu_seconds: 3}
variants:
  - {name: new, program: new.c, versions: [{introduced: 1.0}]}
  - {name: old, program: old.c, build: {sources: [old.c]}}
)";

TEST(Manifest, says_all_that_it_says) {
  const auto test = parse_manifest(kGood);
  ASSERT_TRUE(test) << test.error().message;
  EXPECT_EQ(test->advisory, "CVE-2020-1");
  EXPECT_EQ(test->language, Language::c);
  EXPECT_THAT(test->upstreams, ElementsAre("https://example.org/a/demo"));
  EXPECT_EQ(describe(test->affected), "< 1.1");
  EXPECT_TRUE(test->expect.hang && !test->expect.wrong_result);
  EXPECT_EQ(test->limits.cpu_seconds, 3U);
  ASSERT_EQ(test->variants.size(), 2U);
  EXPECT_THAT(test->variants[0].build.sources, ElementsAre("demo.c", "d*.c"));
  EXPECT_EQ(test->variants[0].build.generated[0].text, "#define A 1\n");
  EXPECT_THAT(test->variants[1].build.sources, ElementsAre("old.c"));
  EXPECT_THAT(test->variants[1].build.entries, ElementsAre("demo_join"));  // the case's own stay
  EXPECT_THAT(test->needs[0].system_links, ElementsAre("z"));
  EXPECT_TRUE(names_advisory(*test, "cve-2020-1") && names_advisory(*test, "ghsa-X"));
  EXPECT_FALSE(names_advisory(*test, "CVE-2020-2"));
}

TEST(Manifest, refuses_what_is_wrong_and_says_where) {
  struct Wrong {
    const char *find, *put, *message;
  };
  for (const Wrong& wrong : {
           Wrong{"format: 1", "format: 2", "format 1"},
           Wrong{"title: something", "titel: something", "no key \"titel\""},
           Wrong{"title: something", "title: [a]", "a text is expected"},
           Wrong{"component: demo\n", "", "\"component\" is missing"},
           Wrong{"language: c", "language: d", "c, c++ or javascript"},
           Wrong{"[demo.c, \"d*.c\"]", "[../demo.c]", "cannot hold ../demo.c"},
           Wrong{"[demo.c, \"d*.c\"]", "[/etc/passwd]", "cannot hold"},
           Wrong{"[demo.c, \"d*.c\"]", "[-o]", "cannot hold -o"},
           Wrong{"-DX=1", "-fplugin=evil.so", "cannot hold -fplugin"},
           Wrong{"-DX=1", "-Wl,-rpath,x", "cannot hold -Wl"},
           Wrong{"-DX=1", "-fno-sanitize=address", "cannot hold -fno-sanitize"},
           Wrong{"-DX=1", "-I/etc", "cannot hold -I"},
           Wrong{"-DX=1", "'@file'", "cannot hold @file"},
           Wrong{"path: config.h", "path: ../../config.h", "\"path\" cannot be"},
           Wrong{"system_links: z", "system_links: 'z -o /x'", "cannot hold z -o"},
           Wrong{"{reports: [memory-error], hang: true}", "{hang: false}", "nothing is expected"},
           Wrong{"cpu_seconds: 3", "cpu_seconds: 9999", "from 1 to 120"},
           Wrong{"cpu_seconds: 3", "cpu_seconds: -1", "from 1 to 120"},
           Wrong{"fixed: 1.1}]", "fixed: 1.1, last_affected: 1.0}]", "not both"},
           Wrong{"program: new.c", "program: ../new.c", "\"program\" cannot be"},
           Wrong{"title: something", "title: something\ntitle: again", "twice"},
           Wrong{"format: 1", "format: 1\n  x: [", "line"},
       }) {
    std::string text = kGood;
    text.replace(text.find(wrong.find), std::string(wrong.find).size(), wrong.put);
    const auto test = parse_manifest(text);
    ASSERT_FALSE(test) << wrong.put;
    EXPECT_EQ(test.error().code, ErrorCode::corrupt) << wrong.put;
    EXPECT_THAT(test.error().message, HasSubstr(wrong.message)) << wrong.put;
  }
  EXPECT_EQ(parse_manifest(std::string(300 << 10, '#')).error().code, ErrorCode::limit_exceeded);
  EXPECT_EQ(parse_manifest("").error().code, ErrorCode::corrupt);
  EXPECT_EQ(parse_manifest("- a\n- b\n").error().code, ErrorCode::corrupt);
  EXPECT_FALSE(parse_manifest(std::string(100'000, '[')));
}

TEST(Manifest, a_case_is_plain_files_and_its_records_are_none_of_it) {
  const TempDirectory directory;
  testing::write_files(
      directory, "demo-case",
      {{"case.yaml", kGood}, {"new.c", "int a;"}, {"old.c", "int b;"}, {"verified.json", "[]"}});
  const auto test = read_case(directory / "demo-case");
  ASSERT_TRUE(test) << test.error().message;
  EXPECT_EQ(test->name, "demo-case");
  EXPECT_EQ(test->files.size(), 3U);
  EXPECT_EQ(test->files.at("new.c"), "int a;");
  const auto list = read_cases(directory.path());
  ASSERT_TRUE(list);
  EXPECT_EQ(list->cases.size(), 1U);

  std::filesystem::remove(directory / "demo-case/old.c");
  EXPECT_THAT(read_case(directory / "demo-case").error().message,
              HasSubstr("there is no program old.c"));
  std::filesystem::create_symlink("/etc/passwd", directory / "demo-case/old.c");
  EXPECT_THAT(read_case(directory / "demo-case").error().message, HasSubstr("no plain file"));
  EXPECT_EQ(read_cases(directory.path())->errors.size(), 1U);
  EXPECT_EQ(read_case(directory / "none").error().code, ErrorCode::not_found);
  EXPECT_EQ(read_cases(directory / "none").error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace stowaway::testcase
