#include <gtest/gtest.h>

#include <algorithm>

#include "source/tree_files.h"
#include "source/tree_patch.h"

namespace stowaway::source {
namespace {

using Kind = TreeFile::Kind;

TreeFiles tree(std::vector<TreeFile> files, bool knows_modes = true) {
  return {std::move(files), knows_modes, {}};
}

TEST(TreePatch, equal_trees_give_nothing) {
  const auto patch =
      patch_between(tree({{"a", "x\n", Kind::file}}), tree({{"a", "x\n", Kind::file}}));
  ASSERT_TRUE(patch) << patch.error().message;
  EXPECT_EQ(patch->text, "");
  EXPECT_TRUE(patch->changed.empty() && patch->added.empty() && patch->left_out.empty());
}

TEST(TreePatch, lists_say_what_became_of_each_file) {
  const std::string text = "one\ntwo\nthree\nfour\n";
  const auto patch = patch_between(tree({{"changed", "x\n", Kind::file},
                                         {"gone", "y\n", Kind::file},
                                         {"moved", text, Kind::file},
                                         {"was", "z\n", Kind::file}}),
                                   tree({{"changed", "X\n", Kind::file},
                                         {"new", "n\n", Kind::executable},
                                         {"there", text, Kind::file},
                                         {"was", "changed", Kind::link}}));
  ASSERT_TRUE(patch) << patch.error().message;
  EXPECT_EQ(patch->changed, (std::vector<std::string>{"changed", "was"}));
  EXPECT_EQ(patch->added, std::vector<std::string>{"new"});
  EXPECT_EQ(patch->left_out, std::vector<std::string>{"gone"});
  ASSERT_EQ(patch->renamed.size(), 1U);
  EXPECT_EQ(patch->renamed[0], (std::pair<std::string, std::string>{"moved", "there"}));
  // git can make a link of a file only once the file is gone.
  EXPECT_LT(patch->text.find("deleted file mode 100644"), patch->text.find("120000"));
}

TEST(TreePatch, who_does_not_know_modes_takes_the_others) {
  const auto patch =
      patch_between(tree({{"run", "x\n", Kind::file}}, false),
                    tree({{"link", "run", Kind::link}, {"run", "x\n", Kind::executable}}));
  ASSERT_TRUE(patch) << patch.error().message;
  EXPECT_EQ(patch->text, "");
}

TEST(TreePatch, paths_that_git_refuses_are_an_error) {
  for (const char* path : {"../up", "a/.git/config"}) {
    const auto patch = patch_between(tree({}), tree({{path, "x", Kind::file}}));
    ASSERT_FALSE(patch) << path;
    EXPECT_EQ(patch.error().code, ErrorCode::invalid_argument);
  }
}

TEST(TreeFiles, a_top_that_all_share_is_taken_off) {
  TreeFiles all = tree({{"a-1/b", "", Kind::file}, {"a-1/c/d", "", Kind::file}});
  strip_common_top(all);
  EXPECT_EQ(all.files[1].path, "c/d");
  strip_common_top(all);
  EXPECT_EQ(all.files[0].path, "b");
}

}  // namespace
}  // namespace stowaway::source
