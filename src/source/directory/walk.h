// Walks a directory tree and reads its files with all workers of a Team. Private to `source`.
//
// A directory is a task; its files are read where it was listed, a block of names at a time, and
// the second half of a block is given away whenever another worker has nothing to do. So one huge
// flat directory is shared as well as a deep tree, and nothing but the pending directories' names
// is kept. Directories are opened by their path below the root with no link allowed on the way, so
// that no descriptor is held for what waits and a directory that is swapped for a link meanwhile
// leads nowhere.
#pragma once

#include <string>
#include <string_view>

#include "source/team.h"

namespace stowaway::source {

// Lives as long as the tasks that it makes. Methods may run in several workers at a time.
class DirectoryWalk {
 public:
  // `root` is an open directory, borrowed.
  DirectoryWalk(int root, Delivery& delivery, Team& team)
      : root_(root), delivery_(delivery), team_(team) {}

  // Delivers what lies below `path` ("" is the root), which has `depth` parts.
  void walk(Worker& worker, const std::string& path, unsigned depth);

 private:
  void enter(Worker& worker, std::string path, unsigned depth);
  void read_files(Worker& worker, int directory, const std::string& path, std::string_view names);
  std::string_view give_half_away(const std::string& path, std::string_view names);
  bool is_recalled(Worker& worker, int directory, const char* name);
  void read_one(Worker& worker, int directory, const char* name);

  const int root_;
  Delivery& delivery_;
  Team& team_;
};

}  // namespace stowaway::source
