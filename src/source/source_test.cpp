#include "source/source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "source/member_path.h"
#include "source/testing/support.h"

namespace stowaway::source {
namespace {

using testing::CollectingSink;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::TempDirectory;

TEST(MemberPath, IsNormalisedOrRefused) {
  struct Row {
    const char* raw;
    PathFault fault;
    const char* normal;
  };
  for (const Row& row :
       std::vector<Row>{{"a/b", PathFault::none, "a/b"},
                        {"./a/./b/", PathFault::none, "a/b"},
                        {"a//b", PathFault::none, "a/b"},
                        {"..a/b..", PathFault::none, "..a/b.."},
                        {"C:\\x", PathFault::none, "C:\\x"},
                        {"/a", PathFault::escapes, ""},
                        {"..", PathFault::escapes, ""},
                        {"a/..", PathFault::escapes, ""},
                        {"", PathFault::empty, ""},
                        {"./.", PathFault::empty, ""},
                        {"0123456789/123456789", PathFault::none, "0123456789/123456789"},
                        {"0123456789/1234567890", PathFault::too_long, ""}}) {
    std::string out;
    EXPECT_EQ(append_normal_path(row.raw, 20, out), row.fault) << row.raw;
    EXPECT_EQ(out, row.normal) << row.raw;
  }
}

TEST(OpenSubject, ASingleFileIsItsOwnName) {
  const TempDirectory directory;
  directory.write("dir/zlib.c", "int z;");
  CollectingSink sink;
  const Summary summary = testing::deliver(directory / "dir/zlib.c", sink);
  EXPECT_THAT(sink.paths(), ElementsAre("zlib.c"));
  EXPECT_EQ(summary.bytes, 6U);
  Options options;
  options.limits.max_file_bytes = 5;
  CollectingSink small;
  testing::deliver(directory / "dir/zlib.c", small, options);
  EXPECT_EQ(small.gap_at("zlib.c"), "too_large");
}

TEST(OpenSubject, SaysWhatIsWrong) {
  const TempDirectory directory;
  ASSERT_EQ(::mkfifo((directory / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(open_subject("").error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(open_subject(directory / "none").error().code, ErrorCode::not_found);
  EXPECT_EQ(open_subject(directory / "pipe").error().code, ErrorCode::unsupported);
  EXPECT_THAT(open_subject(directory / "none").error().message, HasSubstr("none"));
}

TEST(Options, JobsAreAtLeastOne) {
  Options options;
  EXPECT_GE(effective_jobs(options), 1U);
  options.jobs = 3;
  EXPECT_EQ(effective_jobs(options), 3U);
}

TEST(GapReason, EveryReasonHasAName) {
  EXPECT_EQ(name_of(GapReason::special_file), "special_file");
  EXPECT_EQ(name_of(GapReason::limit), "limit");
}

}  // namespace
}  // namespace stowaway::source
