#include "advisory/patch/unified_diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "advisory/patch/apply.h"

namespace stowaway::advisory::patch {
namespace {

using ::testing::HasSubstr;

Diff read(std::string_view text) {
  const auto diff = read_diff(text);
  if (!diff) {
    ADD_FAILURE() << diff.error().message;
    return {};
  }
  return *diff;
}

constexpr std::string_view kPlain =
    "Description: more room\n"
    "--- a/src/one.c\t2024-01-01 00:00:00\n"
    "+++ b/src/one.c\n"
    "@@ -1,3 +1,4 @@ int f(void)\n"
    " a\n"
    "-b\n"
    "+B\n"
    "+C\n"
    " d\n";

TEST(UnifiedDiff, ReadsPathsHunksAndHeadings) {
  const Diff diff = read(kPlain);
  ASSERT_EQ(diff.files.size(), 1U);
  EXPECT_EQ(diff.preamble, "Description: more room\n");
  EXPECT_EQ(diff.files[0].old_path, "a/src/one.c");
  EXPECT_EQ(diff.files[0].new_path, "b/src/one.c");
  ASSERT_EQ(diff.files[0].hunks.size(), 1U);
  EXPECT_EQ(diff.files[0].hunks[0].heading, "int f(void)");
  EXPECT_EQ(text_before(diff.files[0].hunks[0]), "a\nb\nd\n");
  EXPECT_EQ(text_after(diff.files[0].hunks[0]), "a\nB\nC\nd\n");
}

TEST(UnifiedDiff, ReadsWhatToolsWrite) {
  const Diff git = read(
      "diff --git a/x.c b/y.c\nsimilarity index 90%\nrename from x.c\nrename to y.c\n"
      "--- a/x.c\n+++ b/y.c\n@@ -2 +2 @@\n-a\n+b\n\\ No newline at end of file\n"
      "diff --git a/new.c b/new.c\nnew file mode 100644\n--- /dev/null\n+++ b/new.c\n"
      "@@ -0,0 +1 @@\n+n\n-- \n2.39.2\n");
  ASSERT_EQ(git.files.size(), 2U);
  EXPECT_EQ(git.files[0].new_path, "b/y.c");
  EXPECT_EQ(git.files[0].hunks.size(), 1U);
  EXPECT_EQ(git.files[1].old_path, "");
  EXPECT_EQ(git.files[1].hunks[0].lines.size(), 1U);
  // An editor took the blanks of empty lines, and the line ends are those of DOS.
  const Diff edited = read("--- a.c\r\n+++ a.c\r\n@@ -1,3 +1,3 @@\r\n a\r\n\r\n-b\r\n+c\r\n");
  EXPECT_EQ(text_after(edited.files[0].hunks[0]), "a\n\nc\n");
  // A removed line that looks like the head of a file.
  const Diff dashes = read("--- a\n+++ b\n@@ -1,2 +1,2 @@\n--- x\n+++ y\n z\n");
  EXPECT_EQ(text_before(dashes.files[0].hunks[0]), "-- x\nz\n");
}

TEST(UnifiedDiff, SaysWhatIsWrong) {
  EXPECT_EQ(read_diff("").error().code, ErrorCode::corrupt);
  EXPECT_EQ(read_diff("--- a/x\n+++ b/x\n").error().code, ErrorCode::corrupt);
  EXPECT_THAT(read_diff("*** a.c\n--- b.c\n***************\n").error().message,
              HasSubstr("diff -u"));
}

std::string applied(std::string_view diff, std::string_view text,
                    Direction direction = Direction::forward) {
  const auto out = apply(read(diff).files[0], text, direction);
  return out ? *out : "failed: " + out.error().message;
}

TEST(Apply, GoesBothWays) {
  EXPECT_EQ(applied(kPlain, "a\nb\nd\n"), "a\nB\nC\nd\n");
  EXPECT_EQ(applied(kPlain, "a\nB\nC\nd\n", Direction::reverse), "a\nb\nd\n");
}

TEST(Apply, FindsHunksThatMoved) {
  EXPECT_EQ(applied(kPlain, "x\ny\na\nb\nd\nz\n"), "x\ny\na\nB\nC\nd\nz\n");
  EXPECT_EQ(applied(kPlain, "x\nb\nd\n"), "x\nB\nC\nd\n");  // one line of context differs
  EXPECT_THAT(applied(kPlain, "a\nc\nd\n"), HasSubstr("hunk 1 of 1"));
}

TEST(Apply, MakesAndEmptiesFiles) {
  constexpr std::string_view kNew = "--- /dev/null\n+++ b/n.c\n@@ -0,0 +1,2 @@\n+a\n+b\n";
  EXPECT_EQ(applied(kNew, ""), "a\nb\n");
  EXPECT_EQ(applied(kNew, "a\nb\n", Direction::reverse), "");
}

TEST(Apply, KeepsTheOrderOfHunks) {
  constexpr std::string_view kTwo =
      "--- a\n+++ b\n@@ -1,2 +1,2 @@\n x\n-1\n+one\n@@ -3,2 +3,2 @@\n x\n-1\n+two\n";
  EXPECT_EQ(applied(kTwo, "x\n1\nx\n1\n"), "x\none\nx\ntwo\n");
}

}  // namespace
}  // namespace stowaway::advisory::patch
