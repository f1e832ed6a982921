#include "testcase/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testcase/sanitizer.h"

namespace stowaway::testcase {
namespace {

using ::testing::HasSubstr;

constexpr const char* kAddress =
    R"(=================================================================
==2==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602000000020 at pc 0x7f bp 0x7f sp 0x7f
WRITE of size 20 at 0x602000000020 thread T0
    #0 0x7f5a3 in __interceptor_memcpy ../../../../src/libsanitizer/sanitizer_common/interceptors.inc:827
    #1 0x55d1 in inflate /in/tree/zlib/inflate.c:763
    #2 0x55d2 in main /in/case/program.c:30
    #3 0x7f01 in __libc_start_main ../csu/libc-start.c:128

0x602000000020 is located 0 bytes to the right of 16-byte region
allocated by thread T0 here:
    #0 0x7f5a4 in malloc ../../../../src/libsanitizer/asan_malloc_linux.cpp:69
    #1 0x55d3 in other /in/tree/zlib/other.c:1

SUMMARY: AddressSanitizer: heap-buffer-overflow /in/tree/zlib/inflate.c:763 in inflate
)";

BoxResult seen(int status, std::string output, std::string errors = "") {
  BoxResult result;
  result.status = status;
  result.output = std::move(output);
  result.errors = std::move(errors);
  return result;
}

TEST(SanitizerReports, the_first_frame_of_ours_counts) {
  const auto reports = read_reports(kAddress);
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].kind, "heap-buffer-overflow");
  EXPECT_EQ(reports[0].path, "/in/tree/zlib/inflate.c");
  EXPECT_EQ(reports[0].function, "inflate");
  EXPECT_EQ(reports[0].line, 763U);
}

TEST(SanitizerReports, kinds_are_short_words) {
  const auto kind = [](const std::string& line) {
    const auto reports = read_reports(line);
    return reports.size() == 1 ? reports[0].kind : "";
  };
  EXPECT_EQ(kind("==2==ERROR: AddressSanitizer: negative-size-param: (size=-5)"),
            "negative-size-param");
  EXPECT_EQ(kind("==2==ERROR: AddressSanitizer: attempting double-free on 0x60 in thread T0:"),
            "double-free");
  EXPECT_EQ(kind("==2==ERROR: AddressSanitizer: SEGV on unknown address 0x000000000000 (pc 0x1)"),
            "SEGV");
  EXPECT_EQ(kind("/in/tree/a.c:1:2: runtime error: index 9 out of bounds for type 'int [9]'"),
            "index-out-of-bounds");
  EXPECT_EQ(kind("/in/tree/a.c:1:2: runtime error: negation of -9223372036854775808 cannot be "
                 "represented"),
            "signed-overflow");
  EXPECT_EQ(
      kind("/in/tree/a.c:1:2: runtime error: member access within null pointer of type 'struct a'"),
      "null-pointer");
  EXPECT_EQ(kind("/in/tree/a.c:1:2: runtime error: division by zero"), "division-by-zero");
  EXPECT_EQ(kind("/in/tree/a.c:1:2: runtime error: something new"), "other-undefined");
  EXPECT_EQ(kind("program: /in/tree/a.cpp:12: void a::f(): Assertion `x > 0' failed."),
            "assertion");
  EXPECT_EQ(kind("they wrote: ERROR: AddressSanitizer: SEGV"), "");
  EXPECT_EQ(kind(""), "");
}

TEST(SanitizerReports, a_flood_is_cut) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "/in/tree/a.c:1:2: runtime error: division by zero\n";
  EXPECT_EQ(read_reports(text).size(), 64U);
}

TEST(Judge, only_an_expected_report_in_the_copy_makes_it_vulnerable) {
  Expectation expect;
  expect.reports = {"memory-error"};
  const BoxResult crash = seen(86, "", kAddress);
  const Judgement judged = judge(expect, crash, "/in/tree/zlib/");
  EXPECT_EQ(judged.verdict, Verdict::vulnerable);
  EXPECT_EQ(judged.evidence, "heap-buffer-overflow in inflate (inflate.c:763)");
  EXPECT_EQ(judge(expect, crash, "/in/tree/zlib/inflate.c").verdict, Verdict::vulnerable);
  EXPECT_EQ(judge(expect, crash, "/in/tree/other/").verdict, Verdict::error);
  EXPECT_THAT(judge(expect, crash, "/in/tree/other/").evidence, HasSubstr("outside the copy"));
  expect.reports = {"stack-buffer-overflow"};
  EXPECT_EQ(judge(expect, crash, "/in/tree/zlib/").verdict, Verdict::error);
  // A program may say that it is clean as often as it likes.
  EXPECT_EQ(
      judge(expect, seen(0, "\nstowaway-case: clean x\n", kAddress), "/in/tree/zlib/").verdict,
      Verdict::error);
}

TEST(Judge, undefined_behaviour_of_another_kind_is_passed_over) {
  Expectation expect;
  expect.reports = {"index-out-of-bounds"};
  const std::string other = "/in/tree/a.c:9:2: runtime error: division by zero\n";
  const std::string wanted =
      "/in/tree/a.c:1:2: runtime error: index 9 out of bounds for type 'int [9]'\n";
  EXPECT_EQ(judge(expect, seen(0, "stowaway-case: clean\n", other), "/in/tree/").verdict,
            Verdict::not_vulnerable);
  EXPECT_EQ(judge(expect, seen(0, "stowaway-case: clean\n", other + wanted), "/in/tree/").verdict,
            Verdict::vulnerable);
}

TEST(Judge, a_report_may_have_to_lie_in_a_certain_file) {
  Expectation expect;
  expect.reports = {"index-out-of-bounds"};
  expect.files = {"trees.c"};
  const std::string stack =
      "    #0 0x1 in compress_block /in/tree/z/trees.c:1\n    #1 0x2 in main /in/case/a.c:1\n\n";
  const std::string report = ":1:2: runtime error: index 9 out of bounds for type 'int [9]'\n";
  const Judgement judged =
      judge(expect, seen(0, "stowaway-case: clean\n", "/in/tree/z/trees.c" + report + stack),
            "/in/tree/z/");
  EXPECT_EQ(judged.verdict, Verdict::vulnerable);
  EXPECT_THAT(judged.evidence, HasSubstr("index-out-of-bounds in compress_block (trees.c:1)"));
  EXPECT_EQ(
      judge(expect, seen(0, "stowaway-case: clean\n", "/in/tree/z/other.c" + report), "/in/tree/z/")
          .verdict,
      Verdict::not_vulnerable);
}

TEST(Judge, words_count_with_their_status_only) {
  Expectation expect;
  expect.wrong_result = true;
  const auto verdict = [&](int status, const char* output) {
    return judge(expect, seen(status, output), "/in/tree/").verdict;
  };
  EXPECT_EQ(verdict(99, "\nstowaway-case: bad it was seen\n"), Verdict::vulnerable);
  EXPECT_EQ(verdict(0, "\nstowaway-case: clean\n"), Verdict::not_vulnerable);
  EXPECT_EQ(verdict(98, "\nstowaway-case: not-applicable no such call\n"), Verdict::not_applicable);
  EXPECT_EQ(verdict(97, "\nstowaway-case: broken\n"), Verdict::error);
  EXPECT_EQ(verdict(96, "\nstowaway-case: cannot-load\n"), Verdict::needs_variant);
  EXPECT_EQ(verdict(0, ""), Verdict::error);  // the copy may have ended the program
  EXPECT_EQ(verdict(0, "\nstowaway-case: bad\n"), Verdict::error);
  EXPECT_EQ(verdict(99, "\nstowaway-case: clean\n"), Verdict::error);
  EXPECT_EQ(verdict(1, ""), Verdict::error);
  expect.wrong_result = false;
  expect.hang = true;
  EXPECT_EQ(verdict(99, "\nstowaway-case: bad it was seen\n"), Verdict::error);
}

TEST(Judge, a_hang_counts_where_it_is_expected_and_announced) {
  Expectation expect;
  expect.hang = true;
  EXPECT_EQ(judge(expect, seen(152, "\nstowaway-case: armed\n"), "/in/tree/").verdict,
            Verdict::vulnerable);
  EXPECT_EQ(judge(expect, seen(152, ""), "/in/tree/").verdict, Verdict::error);
  expect = {};
  expect.wrong_result = true;
  EXPECT_EQ(judge(expect, seen(152, "\nstowaway-case: armed\n"), "/in/tree/").verdict,
            Verdict::error);
  BoxResult limit;
  limit.end = BoxEnd::over_limit;
  limit.detail = "too much memory";
  EXPECT_EQ(judge(expect, limit, "/in/tree/").evidence, "too much memory");
}

TEST(Judge, an_assertion_counts_where_it_is_the_copys_own) {
  Expectation expect;
  expect.assertion = true;
  const std::string line = "program: /in/tree/a.cpp:12: void f(): Assertion `x' failed.\n";
  EXPECT_EQ(judge(expect, seen(134, "", line), "/in/tree/").verdict, Verdict::vulnerable);
  EXPECT_EQ(judge(expect, seen(134, "", line), "/in/tree/b/").verdict, Verdict::error);
}

}  // namespace
}  // namespace stowaway::testcase
