#include "source/git/git_source.h"

#include "source/git/handles.h"
#include "source/git/tree_walk.h"
#include "source/team.h"

namespace stowaway::source {
namespace {

class GitSource final : public Source {
 public:
  GitSource(std::string repository, git_oid tree)
      : repository_(std::move(repository)), tree_(tree) {}
  std::string_view kind() const override { return "git"; }

  Result<Summary> deliver(Sink& sink, const Options& options) override {
    Delivery delivery(sink, options);
    Team team(delivery);
    GitTreeWalk walk(repository_, delivery, team);
    return team.run(make_task([&](Worker& worker) { walk.walk(worker, tree_, "", 0); }));
  }

 private:
  std::string repository_;
  git_oid tree_;
};

Result<git_oid> find_tree(git_repository* repository, const std::string& revision,
                          const std::string& where) {
  GitHandle<git_object, git_object_free> object;
  if (git_revparse_single(object.out(), repository, revision.c_str()) != 0) {
    return fail(ErrorCode::not_found, "{} has no revision {}: {}", where, revision,
                git_error_text());
  }
  GitHandle<git_object, git_object_free> tree;
  if (git_object_peel(tree.out(), object.get(), GIT_OBJECT_TREE) != 0) {
    return fail(ErrorCode::unsupported, "{} of {} is neither a commit, a tag nor a tree: {}",
                revision, where, git_error_text());
  }
  return *git_object_id(tree.get());
}

}  // namespace

Result<GitRevision> find_git_revision(const std::string& subject) {
  start_libgit2();
  for (std::size_t at = subject.find('@'); at != std::string::npos;
       at = subject.find('@', at + 1)) {
    const std::string path = subject.substr(0, at);
    const std::string revision = subject.substr(at + 1);
    if (path.empty() || revision.empty()) continue;
    GitHandle<git_repository, git_repository_free> repository;
    if (git_repository_open_ext(repository.out(), path.c_str(), GIT_REPOSITORY_OPEN_NO_SEARCH,
                                nullptr) != 0) {
      continue;
    }
    STOWAWAY_TRY(const git_oid tree, find_tree(repository.get(), revision, path));
    return GitRevision{path, tree};
  }
  return fail(ErrorCode::not_found,
              "{}: no such file or directory, and no git repository stands before an '@'", subject);
}

Result<std::unique_ptr<Source>> open_git_revision(const std::string& subject) {
  STOWAWAY_TRY(GitRevision revision, find_git_revision(subject));
  return std::make_unique<GitSource>(std::move(revision.repository), revision.tree);
}

}  // namespace stowaway::source
