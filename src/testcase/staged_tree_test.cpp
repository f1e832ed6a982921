#include "testcase/staged_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "testcase/layout.h"
#include "testcase/testing/support.h"

namespace stowaway::testcase {
namespace {

using ::testing::ElementsAre;
using testing::TempDirectory;

TEST(StagedTree, takes_the_copys_code_under_its_own_paths) {
  const TempDirectory subject, stage;
  testing::write_files(subject, "vendor/demo",
                       {{"src/demo.c", "1"}, {"src/demo.h", "2"}, {"README", "3"}});
  testing::write_files(subject, "vendor/demo-other", {{"x.c", "4"}});
  testing::write_files(subject, "build", {{"config.h", "5"}, {"config2.h", "6"}});
  auto tree = StagedTree::make({subject.path(), "vendor/demo"}, stage.path(), {});
  ASSERT_TRUE(tree) << tree.error().message;
  EXPECT_THAT(tree->files(), ElementsAre("vendor/demo/src/demo.c", "vendor/demo/src/demo.h"));
  EXPECT_EQ(*tree->read("vendor/demo/src/demo.h"), "2");
  EXPECT_EQ(tree->find("demo.c", "vendor"), "vendor/demo/src/demo.c");
  EXPECT_EQ(tree->find("config.h", "vendor"), "");
  EXPECT_EQ(*tree->fetch_header("config.h", "vendor"), "build/config.h");  // and what lies beside
  EXPECT_THAT(tree->files(), ElementsAre("build/config.h", "build/config2.h",
                                         "vendor/demo/src/demo.c", "vendor/demo/src/demo.h"));
  EXPECT_EQ(*tree->fetch_header("none.h", "vendor"), "");
}

TEST(StagedTree, never_follows_a_link) {
  const TempDirectory subject, stage;
  subject.write("demo/demo.c", "1");
  std::filesystem::create_symlink("/etc/passwd", subject / "demo/secret.c");
  std::filesystem::create_symlink("/etc", subject / "demo/etc");
  const auto tree = StagedTree::make({subject.path(), "demo"}, stage.path(), {});
  ASSERT_TRUE(tree) << tree.error().message;
  EXPECT_THAT(tree->files(), ElementsAre("demo/demo.c"));
}

TEST(StagedTree, a_copy_may_be_one_file_or_lie_in_an_archive) {
  const TempDirectory subject, stage, other;
  subject.write("js/jquery-1.7.min.js", "code");
  subject.write("a.tar.gz", source::testing::pack({{"demo/demo.c", "packed"}}));
  const auto one = StagedTree::make({subject.path(), "js/jquery-1.7.min.js"}, stage.path(), {});
  ASSERT_TRUE(one) << one.error().message;
  EXPECT_TRUE(one->is_single_file());
  const auto packed = StagedTree::make({subject.path(), "a.tar.gz/demo"}, other.path(), {});
  ASSERT_TRUE(packed) << packed.error().message;
  EXPECT_EQ(*packed->read("a.tar.gz/demo/demo.c"), "packed");
  EXPECT_THAT(StagedTree::make({subject.path(), "none"}, other.path(), {})->files(), ElementsAre());
  EXPECT_EQ(StagedTree::make({subject / "none", ""}, other.path(), {}).error().code,
            ErrorCode::not_found);
}

TEST(StagedTree, patterns_match_whole_names_at_the_end) {
  EXPECT_TRUE(ends_with_name("a/lib/x.c", "x.c"));
  EXPECT_TRUE(ends_with_name("a/lib/x.c", "lib/x.c"));
  EXPECT_TRUE(ends_with_name("lapi.c", "l*.c"));
  EXPECT_FALSE(ends_with_name("a/xx.c", "x.c"));
  EXPECT_FALSE(ends_with_name("x.c", "lib/x.c"));
  EXPECT_FALSE(ends_with_name("a/b.c", "a*.c"));
  EXPECT_TRUE(ends_with_name("jquery-1.2.min.js", "jquery*.js"));
  EXPECT_FALSE(ends_with_name("jquery.json", "jquery*.js"));
}

TEST(Layout, finds_the_sources_where_most_of_them_lie) {
  const TempDirectory subject, stage;
  testing::write_files(subject, "",
                       {{"contrib/inflate.c", ""},
                        {"src/core/inflate.c", ""},
                        {"src/core/inftrees.c", ""},
                        {"src/core/zlib.h", ""},
                        {"src/util/crc32.cpp", ""},
                        {"src/test/inflate.c", ""},
                        {"src/core/lua.c", ""},
                        {"src/core/lapi.c", ""}});
  const auto tree = StagedTree::make({subject.path(), ""}, stage.path(), {});
  ASSERT_TRUE(tree) << tree.error().message;
  Build build;
  build.sources = {"inflate.c", "inftrees.c", "crc32.c", "l*.c", "none.c"};
  build.without = {"lua.c"};
  build.headers = {"zlib.h"};
  build.required = {"inflate.c", "deflate.c"};
  const Layout layout = lay_out(build, *tree);
  EXPECT_EQ(layout.home, "src/core");
  EXPECT_THAT(layout.sources, ElementsAre("src/core/inflate.c", "src/core/inftrees.c",
                                          "src/util/crc32.cpp", "src/core/lapi.c"));
  EXPECT_THAT(layout.headers, ElementsAre("src/core/zlib.h"));
  EXPECT_THAT(layout.includes, ElementsAre("src/core", "src/util", "src", ""));
  EXPECT_THAT(layout.missing, ElementsAre("deflate.c"));
  EXPECT_TRUE(is_cpp_source("a.cc") && !is_cpp_source("a.c"));
}

}  // namespace
}  // namespace stowaway::testcase
