// What a series of patches makes of each file that it touches: all its states, from before the
// first patch to after the last. Pure but for the reading of files.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "advisory/patch/unified_diff.h"
#include "source/source.h"

namespace stowaway::advisory::patch {

// Files of a subject by path. Whatever is wanted is held in memory.
using Files = std::map<std::string, std::string>;
inline constexpr std::size_t kMaxHeldBytes = std::size_t{1} << 30;  // of all files together

// Files of the subject that `wanted` names. Fails as the source does, or with limit_exceeded.
Result<Files> read_files(const std::string& subject, const source::Options& options,
                         const std::function<bool(std::string_view path)>& wanted);

struct Patch {
  std::string name, text;               // for people; the diff
  std::vector<std::string> advisories;  // that it fixes; may be empty
  Diff diff;                            // views into `text`: see make_patch()
};
// Fails as read_diff does.
Result<std::unique_ptr<Patch>> make_patch(std::string name, std::string text);
using Patches = std::vector<std::unique_ptr<Patch>>;

struct History {
  std::string path;                 // in the tree
  std::vector<std::string> states;  // a file that is not there is ""
  std::vector<std::size_t> by;      // by[i]: the patch that made states[i + 1] of states[i]
};

struct Unplaced {  // what could not be applied
  std::size_t patch = 0;
  const FileDiff* file = nullptr;
  std::string why;
};

struct Histories {
  std::vector<History> files;  // by path
  std::vector<Unplaced> unplaced;
};

// `applied`: the tree has the patches already. Where they do not fit, the other way is tried.
Histories histories_of(const Patches& patches, const Files& tree, bool applied);

// Whether the tree's file at `path` may be the one that a diff calls `diff_path`.
bool may_be(std::string_view path, std::string_view diff_path);

}  // namespace stowaway::advisory::patch
