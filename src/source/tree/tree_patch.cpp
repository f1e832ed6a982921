#include "source/tree_patch.h"

#include <git2.h>
#include <git2/sys/mempack.h>
#include <git2/sys/repository.h>

#include <algorithm>
#include <map>
#include <set>

#include "source/git/handles.h"

namespace stowaway::source {
namespace {

constexpr std::size_t kRenameLimit = 2000;  // files of one side that are compared with the other's
// Percent, where git takes 50: half of a short file may be its licence.
constexpr std::uint16_t kRenameThreshold = 70;
constexpr std::uint16_t kHexDigits = 40;  // whole ids: git wants them for binary files

using RepositoryHandle = GitHandle<git_repository, git_repository_free>;
using DiffHandle = GitHandle<git_diff, git_diff_free>;

tl::unexpected<Error> git_failure(const char* what) {
  return fail(ErrorCode::io, "cannot {}: {}", what, git_error_text());
}

// A repository that is nowhere: objects in memory, no configuration.
class MemoryRepository {
 public:
  static Result<MemoryRepository> make() {
    start_libgit2();
    MemoryRepository made;
    GitHandle<git_odb, git_odb_free> objects;
    GitHandle<git_config, git_config_free> empty;
    git_odb_backend* memory = nullptr;
    if (git_odb_new(objects.out()) != 0 || git_mempack_new(&memory) != 0 ||
        git_odb_add_backend(objects.get(), memory, 1) != 0 || git_config_new(empty.out()) != 0 ||
        git_repository_new(made.repository_.out()) != 0 ||
        git_repository_set_config(made.repository_.get(), empty.get()) != 0 ||
        git_repository_set_odb(made.repository_.get(), objects.get()) != 0)
      return git_failure("make a repository in memory");
    return made;
  }

  // The id of the tree with these files.
  Result<git_oid> write(const std::vector<TreeFile>& files) {
    GitHandle<git_index, git_index_free> index;
    GitHandle<git_odb, git_odb_free> objects;
    if (git_index_new(index.out()) != 0 ||
        git_repository_odb(objects.out(), repository_.get()) != 0)
      return git_failure("make an index");
    for (const TreeFile& file : files) {
      git_index_entry entry{};
      entry.path = file.path.c_str();
      entry.mode = file.kind == TreeFile::Kind::link         ? GIT_FILEMODE_LINK
                   : file.kind == TreeFile::Kind::executable ? GIT_FILEMODE_BLOB_EXECUTABLE
                                                             : GIT_FILEMODE_BLOB;
      if (git_odb_write(&entry.id, objects.get(), file.bytes.data(), file.bytes.size(),
                        GIT_OBJECT_BLOB) != 0)
        return git_failure("keep a file");
      if (git_index_add(index.get(), &entry) != 0)
        return fail(ErrorCode::invalid_argument, "no patch can hold the path \"{}\": {}", file.path,
                    git_error_text());
    }
    git_oid id;
    if (git_index_write_tree_to(&id, index.get(), repository_.get()) != 0)
      return git_failure("write a tree");
    return id;
  }

  git_repository* get() const { return repository_.get(); }

 private:
  RepositoryHandle repository_;
};

// Gives the tree that does not know modes those of the other, and takes links away that it would
// not have seen.
void adopt_modes(TreeFiles& unaware, TreeFiles& knowing) {
  std::map<std::string_view, TreeFile::Kind> kinds;
  for (const TreeFile& file : knowing.files) kinds.emplace(file.path, file.kind);
  for (TreeFile& file : unaware.files) {
    const auto known = kinds.find(file.path);
    if (known != kinds.end() && known->second != TreeFile::Kind::link) file.kind = known->second;
  }
  std::erase_if(knowing.files,
                [](const TreeFile& file) { return file.kind == TreeFile::Kind::link; });
}

Result<DiffHandle> compare(const MemoryRepository& repository, const git_oid& before,
                           const git_oid& after) {
  GitHandle<git_tree, git_tree_free> old_tree, new_tree;
  DiffHandle diff;
  git_diff_options options;
  git_diff_find_options similar;
  git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
  git_diff_find_options_init(&similar, GIT_DIFF_FIND_OPTIONS_VERSION);
  options.flags = GIT_DIFF_SHOW_BINARY;
  options.id_abbrev = kHexDigits;
  similar.flags = GIT_DIFF_FIND_RENAMES;
  similar.rename_threshold = kRenameThreshold;
  similar.rename_limit = kRenameLimit;
  if (git_tree_lookup(old_tree.out(), repository.get(), &before) != 0 ||
      git_tree_lookup(new_tree.out(), repository.get(), &after) != 0 ||
      git_diff_tree_to_tree(diff.out(), repository.get(), old_tree.get(), new_tree.get(),
                            &options) != 0 ||
      git_diff_find_similar(diff.get(), &similar) != 0)
    return git_failure("compare two trees");
  return diff;
}

// The deltas in the order in which git can apply them: libgit2 adds a path before it is taken away
// where a file became a link, or the reverse.
std::vector<std::size_t> order_of(const git_diff* diff) {
  std::set<std::string_view> given_up;
  for (std::size_t i = 0; i < git_diff_num_deltas(diff); ++i) {
    const git_diff_delta* delta = git_diff_get_delta(diff, i);
    if (delta->status == GIT_DELTA_DELETED || delta->status == GIT_DELTA_RENAMED)
      given_up.insert(delta->old_file.path);
  }
  std::vector<std::size_t> order, last;
  for (std::size_t i = 0; i < git_diff_num_deltas(diff); ++i) {
    const git_diff_delta* delta = git_diff_get_delta(diff, i);
    const bool waits = delta->status == GIT_DELTA_ADDED && given_up.contains(delta->new_file.path);
    (waits ? last : order).push_back(i);
  }
  order.insert(order.end(), last.begin(), last.end());
  return order;
}

Result<std::string> text_of(git_diff* diff) {
  std::string text;
  for (const std::size_t i : order_of(diff)) {
    GitHandle<git_patch, git_patch_free> patch;
    git_buf one = GIT_BUF_INIT;
    if (git_patch_from_diff(patch.out(), diff, i) != 0 || git_patch_to_buf(&one, patch.get()) != 0)
      return git_failure("write a patch");
    text.append(one.ptr, one.size);
    git_buf_dispose(&one);
  }
  return text;
}

void list_files(const git_diff* diff, TreePatch& patch) {
  for (std::size_t i = 0; i < git_diff_num_deltas(diff); ++i) {
    const git_diff_delta* delta = git_diff_get_delta(diff, i);
    const std::string before = delta->old_file.path, after = delta->new_file.path;
    switch (delta->status) {
      case GIT_DELTA_ADDED: patch.added.push_back(after); break;
      case GIT_DELTA_DELETED: patch.left_out.push_back(before); break;
      case GIT_DELTA_RENAMED: patch.renamed.emplace_back(before, after); break;
      default: patch.changed.push_back(after); break;
    }
  }
  // A file that became a link, or the reverse, is taken away and added.
  for (const std::string& path : patch.added)
    if (std::erase(patch.left_out, path) != 0) patch.changed.push_back(path);
  std::erase_if(patch.added, [&](const std::string& path) {
    return std::ranges::find(patch.changed, path) != patch.changed.end();
  });
  std::ranges::sort(patch.changed);
}

}  // namespace

Result<TreePatch> patch_between(TreeFiles before, TreeFiles after) {
  if (!before.knows_modes) adopt_modes(before, after);
  if (!after.knows_modes) adopt_modes(after, before);
  STOWAWAY_TRY(MemoryRepository repository, MemoryRepository::make());
  STOWAWAY_TRY(const git_oid old_id, repository.write(before.files));
  STOWAWAY_TRY(const git_oid new_id, repository.write(after.files));
  STOWAWAY_TRY(const DiffHandle diff, compare(repository, old_id, new_id));
  TreePatch patch;
  list_files(diff.get(), patch);
  STOWAWAY_TRY(patch.text, text_of(diff.get()));
  return patch;
}

}  // namespace stowaway::source
