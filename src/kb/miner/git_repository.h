// The one place that talks to libgit2. RAII handles and the few calls that mining needs.
// A Repository is for one thread; open one per worker. Nothing is checked out and nothing is
// written.
#pragma once

#include <git2.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace stowaway::kb {

struct GitCommit {
  git_oid id;
  std::string date;     // "2022-03-27", UTC, of the committer
  std::string subject;  // first line of the message
};

struct GitTag {
  std::string name;  // without refs/tags/
  GitCommit commit;
};

struct GitEntry {
  std::string name;
  git_oid id;
  bool is_tree;
};

class GitRepository {
 public:
  // Sets libgit2 up, once per process; open() does so too. Safe from any thread.
  static void start();
  static Result<GitRepository> open(const std::string& path);

  // Tags that lead to a commit, by name.
  Result<std::vector<GitTag>> tags();
  // Commits that HEAD reaches, newest first; at most `max_commits`.
  Result<std::vector<GitCommit>> history(std::size_t max_commits);
  // The tree or blob at `path` in a commit; the commit's tree for "".
  struct Node {
    git_oid id;
    bool is_tree;
  };
  Result<Node> node_at(const git_oid& commit, const std::string& path);
  // Files and folders of a tree, in git's order; links and submodules left out.
  Result<std::vector<GitEntry>> list(const git_oid& tree);
  // Hands the bytes of a blob to `use`. Fails with not_found where a partial clone lacks it.
  Result<void> read(const git_oid& blob, std::size_t max_bytes,
                    const std::function<void(std::span<const std::byte>)>& use);

 private:
  struct Close {
    void operator()(git_repository* repository) const { git_repository_free(repository); }
    void operator()(git_odb* database) const { git_odb_free(database); }
  };
  GitRepository() = default;
  std::unique_ptr<git_repository, Close> repository_;
  std::unique_ptr<git_odb, Close> objects_;
};

std::string hex_of(const git_oid& id);

}  // namespace stowaway::kb
