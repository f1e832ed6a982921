// The differences of two trees as one patch in git's format. Pure but for memory: nothing is read
// or written, and no configuration of the user counts. Safe from any thread.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "source/tree_files.h"

namespace stowaway::source {

struct TreePatch {
  // For `git apply`, with binary files, modes, links and renames; empty where the trees are equal.
  std::string text;
  std::vector<std::string> changed;                          // paths in both trees
  std::vector<std::pair<std::string, std::string>> renamed;  // before, after; changed or not
  std::vector<std::string> added, left_out;                  // only after, only before
};

// Applied to `before`, the patch gives `after`. Where one of the trees does not know modes and
// links, the other's count for both. Fails with invalid_argument for a path that git does not allow
// ("..", ".git"), or io.
Result<TreePatch> patch_between(TreeFiles before, TreeFiles after);

}  // namespace stowaway::source
