// A whole tree in memory, with modes and links: what a patch is made of. (A scan needs neither and
// streams: source.h.)
//
// Links are kept as what they say and never followed; what is called .git is left out. Safe from
// any thread.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "source/source.h"

namespace stowaway::source {

struct TreeFile {
  enum class Kind { file, executable, link };
  std::string path;   // bytes, '/'-separated, relative to the tree's root; never empty
  std::string bytes;  // of a link: where it leads
  Kind kind = Kind::file;
};

struct TreeFiles {
  std::vector<TreeFile> files;  // sorted by path, each path once
  bool knows_modes = true;      // false: every file counts as Kind::file, and links were not seen
  std::vector<Gap> gaps;        // what could not be read
};

struct TreeLimits {
  std::uint64_t max_files = 200'000;
  std::uint64_t max_bytes = std::uint64_t{1} << 30;  // together
  std::uint64_t max_file_bytes = std::uint64_t{256} << 20;
};

// What lies below `root` ("" everything) of a subject as open_subject takes it. If `root` is a
// file, it alone, under its name. Directories, git revisions and archives know modes and links;
// other subjects, and archives inside archives, do not. Fails with not_found if there is nothing,
// limit_exceeded, cancelled, or as open_subject does.
Result<TreeFiles> read_tree(const std::string& subject, const std::string& root,
                            const TreeLimits& limits, std::stop_token stop);

// Takes the folder off in which everything lies, if there is one: as archives of sources have it.
void strip_common_top(TreeFiles& tree);

}  // namespace stowaway::source
