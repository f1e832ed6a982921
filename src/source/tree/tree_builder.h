// Collects the files of a tree under its limits. Private to `source`. One thread.
#pragma once

#include <string>
#include <utility>

#include "source/tree_files.h"

namespace stowaway::source {

class TreeBuilder {
 public:
  TreeBuilder(std::string root, const TreeLimits& limits)
      : root_(std::move(root)), limits_(limits) {}

  // Whether a path of the subject belongs to the tree.
  bool wants(std::string_view path) const;
  // A wanted path of the subject. Fails with limit_exceeded.
  Result<> add(std::string_view path, std::string bytes, TreeFile::Kind kind);
  void gap(Gap gap) { tree_.gaps.push_back(std::move(gap)); }
  const TreeLimits& limits() const { return limits_; }
  TreeFiles take(bool knows_modes);

 private:
  std::string root_;
  TreeLimits limits_;
  std::uint64_t bytes_ = 0;
  TreeFiles tree_;
};

// One for each kind of subject; each fills the builder.
Result<> read_directory_tree(const std::string& subject, const std::string& root,
                             TreeBuilder& builder, const std::stop_token& stop);
Result<> read_git_tree(const std::string& subject, TreeBuilder& builder);
Result<> read_archive_tree(const std::string& subject, TreeBuilder& builder,
                           const std::stop_token& stop);
Result<> read_any_tree(Source& source, TreeBuilder& builder, const std::stop_token& stop);

}  // namespace stowaway::source
