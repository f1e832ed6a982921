#include "kb/miner/git_repository.h"

#include <fmt/chrono.h>

#include <algorithm>
#include <mutex>
#include <set>

namespace stowaway::kb {
namespace {

template <class T, void (*Free)(T*)>
struct Freer {
  void operator()(T* object) const { Free(object); }
};
using ObjectPtr = std::unique_ptr<git_object, Freer<git_object, git_object_free>>;
using CommitPtr = std::unique_ptr<git_commit, Freer<git_commit, git_commit_free>>;
using TreePtr = std::unique_ptr<git_tree, Freer<git_tree, git_tree_free>>;
using EntryPtr = std::unique_ptr<git_tree_entry, Freer<git_tree_entry, git_tree_entry_free>>;
using WalkPtr = std::unique_ptr<git_revwalk, Freer<git_revwalk, git_revwalk_free>>;
using BlobPtr = std::unique_ptr<git_odb_object, Freer<git_odb_object, git_odb_object_free>>;

std::string last_error() {
  const git_error* error = git_error_last();
  return error != nullptr && error->message != nullptr ? error->message : "unknown reason";
}

GitCommit describe(git_commit* commit) {
  const std::time_t time = static_cast<std::time_t>(git_commit_time(commit));
  const char* summary = git_commit_summary(commit);
  return GitCommit{*git_commit_id(commit), fmt::format("{:%Y-%m-%d}", fmt::gmtime(time)),
                   summary == nullptr ? "" : summary};
}

}  // namespace

void GitRepository::start() {
  static std::once_flag once;
  std::call_once(once, [] {
    git_libgit2_init();
    // Every object of a snapshot was verified when it was made; hashing each again doubles the cost
    // of reading.
    git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    // Objects are read once: libgit2's own cache of whole objects would only take memory. Deltas
    // have their own.
    git_libgit2_opts(GIT_OPT_ENABLE_CACHING, 0);
  });
}

Result<GitRepository> GitRepository::open(const std::string& path) {
  start();
  GitRepository opened;
  git_repository* repository = nullptr;
  if (git_repository_open_ext(&repository, path.c_str(), GIT_REPOSITORY_OPEN_NO_SEARCH, nullptr) !=
      0)
    return fail(ErrorCode::not_found, "cannot open {} as a git repository: {}", path, last_error());
  opened.repository_.reset(repository);
  git_odb* objects = nullptr;
  if (git_repository_odb(&objects, repository) != 0)
    return fail(ErrorCode::corrupt, "{} has no object database: {}", path, last_error());
  opened.objects_.reset(objects);
  return opened;
}

Result<std::vector<GitTag>> GitRepository::tags() {
  std::vector<std::string> names;
  const auto collect = [](const char* name, git_oid*, void* payload) {
    static_cast<std::vector<std::string>*>(payload)->emplace_back(name);
    return 0;
  };
  if (git_tag_foreach(repository_.get(), collect, &names) != 0)
    return fail(ErrorCode::corrupt, "cannot list tags: {}", last_error());
  std::ranges::sort(names);
  std::vector<GitTag> tags;
  for (const std::string& name : names) {
    git_object* object = nullptr;
    if (git_revparse_single(&object, repository_.get(), name.c_str()) != 0) continue;
    const ObjectPtr owner(object);
    git_object* peeled = nullptr;
    if (git_object_peel(&peeled, object, GIT_OBJECT_COMMIT) != 0) continue;
    const CommitPtr commit(reinterpret_cast<git_commit*>(peeled));
    tags.push_back(
        GitTag{name.substr(std::string_view("refs/tags/").size()), describe(commit.get())});
  }
  return tags;
}

Result<std::vector<GitCommit>> GitRepository::history(std::size_t max_commits) {
  git_revwalk* walk = nullptr;
  if (git_revwalk_new(&walk, repository_.get()) != 0)
    return fail(ErrorCode::corrupt, "no history: {}", last_error());
  const WalkPtr owner(walk);
  git_revwalk_sorting(walk, GIT_SORT_TOPOLOGICAL | GIT_SORT_TIME);
  if (git_revwalk_push_head(walk) != 0)
    return fail(ErrorCode::not_found, "no HEAD: {}", last_error());
  std::vector<GitCommit> commits;
  git_oid id;
  while (commits.size() < max_commits && git_revwalk_next(&id, walk) == 0) {
    git_commit* commit = nullptr;
    if (git_commit_lookup(&commit, repository_.get(), &id) != 0) continue;
    commits.push_back(describe(CommitPtr(commit).get()));
  }
  return commits;
}

Result<GitRepository::Node> GitRepository::node_at(const git_oid& commit_id,
                                                   const std::string& path) {
  git_commit* commit = nullptr;
  if (git_commit_lookup(&commit, repository_.get(), &commit_id) != 0)
    return fail(ErrorCode::not_found, "no commit {}", hex_of(commit_id));
  const CommitPtr commit_owner(commit);
  if (path.empty()) return Node{*git_commit_tree_id(commit), true};
  git_tree* tree = nullptr;
  if (git_commit_tree(&tree, commit) != 0)
    return fail(ErrorCode::not_found, "no tree of {}", hex_of(commit_id));
  const TreePtr tree_owner(tree);
  git_tree_entry* entry = nullptr;
  if (git_tree_entry_bypath(&entry, tree, path.c_str()) != 0)
    return fail(ErrorCode::not_found, "no {} in {}", path, hex_of(commit_id));
  const EntryPtr entry_owner(entry);
  return Node{*git_tree_entry_id(entry), git_tree_entry_type(entry) == GIT_OBJECT_TREE};
}

Result<std::vector<GitEntry>> GitRepository::list(const git_oid& tree_id) {
  git_tree* tree = nullptr;
  if (git_tree_lookup(&tree, repository_.get(), &tree_id) != 0)
    return fail(ErrorCode::not_found, "no tree {}", hex_of(tree_id));
  const TreePtr owner(tree);
  std::vector<GitEntry> entries;
  for (std::size_t i = 0; i < git_tree_entrycount(tree); ++i) {
    const git_tree_entry* entry = git_tree_entry_byindex(tree, i);
    const git_filemode_t mode = git_tree_entry_filemode(entry);
    if (mode == GIT_FILEMODE_LINK || mode == GIT_FILEMODE_COMMIT) continue;
    entries.push_back(
        GitEntry{git_tree_entry_name(entry), *git_tree_entry_id(entry), mode == GIT_FILEMODE_TREE});
  }
  return entries;
}

Result<void> GitRepository::read(const git_oid& blob, std::size_t max_bytes,
                                 const std::function<void(std::span<const std::byte>)>& use) {
  git_odb_object* object = nullptr;
  if (git_odb_read(&object, objects_.get(), &blob) != 0)
    return fail(ErrorCode::not_found, "no blob {}: {}", hex_of(blob), last_error());
  const BlobPtr owner(object);
  if (git_odb_object_size(object) > max_bytes)
    return fail(ErrorCode::limit_exceeded, "blob {} is over {} bytes", hex_of(blob), max_bytes);
  use({static_cast<const std::byte*>(git_odb_object_data(object)), git_odb_object_size(object)});
  return {};
}

std::string hex_of(const git_oid& id) {
  std::string hex(GIT_OID_HEXSZ, '0');
  git_oid_fmt(hex.data(), &id);
  return hex;
}

}  // namespace stowaway::kb
