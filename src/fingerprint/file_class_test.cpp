#include "fingerprint/file_class.h"

#include <gtest/gtest.h>

#include <string>

namespace stowaway::fingerprint {
namespace {

struct SuffixRow {
  std::string path;
  bool is_code;
  CommentStyle comments;
};

TEST(FileClass, TheSuffixSaysWhetherItIsCodeAndHowItsCommentsLook) {
  const SuffixRow rows[] = {
      {"inflate.c", true, CommentStyle::c},
      {"src/deep/er/inflate.c", true, CommentStyle::c},
      {"SRC/INFLATE.CPP", true, CommentStyle::c},
      {"jquery.min.js", true, CommentStyle::c},
      {"types.d.ts", true, CommentStyle::c},
      {"config.h.in", true, CommentStyle::c},
      {"version.template.h", true, CommentStyle::c},
      {"site.css", true, CommentStyle::css},
      {"site.scss", true, CommentStyle::css},
      {"tool.py", true, CommentStyle::hash},
      {"tool.PL", true, CommentStyle::hash},
      {"init.lua", true, CommentStyle::none},
      {"solver.f90", true, CommentStyle::none},
      {std::string(200, 'x') + ".c", true, CommentStyle::c},
      {"", false, CommentStyle::none},
      {"README", false, CommentStyle::none},
      {"c", false, CommentStyle::none},
      {"Makefile.am", false, CommentStyle::none},
      {"inflate.c.orig", false, CommentStyle::none},
      {"inflate.cx", false, CommentStyle::none},
      {"package.json", false, CommentStyle::none},
      {"image.png", false, CommentStyle::none},
      {"folder.c/file", false, CommentStyle::none},
      {"folder.c/", false, CommentStyle::none},
  };
  for (const SuffixRow& row : rows) {
    const FileClass type = classify(row.path);
    EXPECT_EQ(type.is_code, row.is_code) << row.path;
    EXPECT_EQ(type.comments, row.comments) << row.path;
  }
}

struct RoleRow {
  std::string path;
  FileRole role;
};

TEST(FileClass, NamesSayWhatPartOfAProjectAFileBelongsTo) {
  const RoleRow rows[] = {
      {"inflate.c", FileRole::library},
      {"src/lib/inflate.c", FileRole::library},
      {"third_party/zlib/inflate.c", FileRole::library},
      {"tests/inflate.c", FileRole::test},
      {"src/TESTS/inflate.c", FileRole::test},
      {"src/test_inflate.c", FileRole::test},
      {"src/latest_inflate.c", FileRole::library},
      {"examples/a.c", FileRole::example},
      {"docs/search.js", FileRole::documentation},
      {"m4/ltmain.c", FileRole::boilerplate},
      {"src/getopt.c", FileRole::boilerplate},
      {"GETOPT.C", FileRole::boilerplate},
      {"setup.py", FileRole::boilerplate},
      {"tests/getopt.c", FileRole::test},         // folders before names
      {"examples/tests/a.c", FileRole::example},  // the first folder counts
      {"src/tests", FileRole::library},           // the last part is no folder
      {"src/testsuite2/a.c", FileRole::library},  // whole parts only
      {"src/mygetopt.c", FileRole::library},
      {std::string(70, 't') + "/a.c", FileRole::library},
      {"/tests/a.c", FileRole::test},
      {"//a.c", FileRole::library},
  };
  for (const RoleRow& row : rows) EXPECT_EQ(classify(row.path).role, row.role) << row.path;
}

}  // namespace
}  // namespace stowaway::fingerprint
