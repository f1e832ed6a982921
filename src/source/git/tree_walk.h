// Walks a git tree and reads its blobs with all workers of a Team. Private to `source/git`.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "source/git/handles.h"
#include "source/team.h"

namespace stowaway::source {

// Lives as long as the tasks that it makes. Methods may run in several workers at a time; each
// worker opens the repository for itself, because libgit2's objects are not to be shared between
// threads.
class GitTreeWalk {
 public:
  GitTreeWalk(std::string repository, Delivery& delivery, Team& team);

  // Delivers the blobs below `tree`, whose path is `path` ("" is the root) and has `depth` parts.
  void walk(Worker& worker, const git_oid& tree, const std::string& path, unsigned depth);

 private:
  struct Handles {
    GitHandle<git_repository, git_repository_free> repository;
    GitHandle<git_odb, git_odb_free> objects;
  };

  Handles* handles_of(Worker& worker);
  void walk_entries(Worker& worker, const git_oid& tree, const std::string& path, unsigned depth,
                    std::size_t first, std::size_t end);
  void take_entry(Worker& worker, Handles& handles, const git_tree_entry* entry,
                  const std::string& path, unsigned depth);
  void enter(Worker& worker, const git_oid& tree, std::string path, unsigned depth);
  void read_blob(Worker& worker, Handles& handles, const git_oid& id);
  void report(Worker& worker, const std::string& path, int code);

  static constexpr std::size_t kToTheEnd = static_cast<std::size_t>(-1);

  const std::string repository_;
  Delivery& delivery_;
  Team& team_;
  std::vector<Handles> handles_;  // by worker
};

}  // namespace stowaway::source
