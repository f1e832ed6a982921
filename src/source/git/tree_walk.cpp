#include "source/git/tree_walk.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "source/archive/kinds.h"
#include "source/archive/unpack.h"

namespace stowaway::source {
namespace {

// A tree object is foreign bytes: git refuses such names when it checks out, and so do we.
bool is_unsafe(std::string_view name) {
  return name.empty() || name == "." || name == ".." || name.find('/') != std::string_view::npos;
}

}  // namespace

GitTreeWalk::GitTreeWalk(std::string repository, Delivery& delivery, Team& team)
    : repository_(std::move(repository)),
      delivery_(delivery),
      team_(team),
      handles_(effective_jobs(delivery.options())) {}

GitTreeWalk::Handles* GitTreeWalk::handles_of(Worker& worker) {
  Handles& handles = handles_[worker.number];
  if (handles.objects) return &handles;
  Handles fresh;
  if (git_repository_open_ext(fresh.repository.out(), repository_.c_str(),
                              GIT_REPOSITORY_OPEN_NO_SEARCH, nullptr) != 0 ||
      git_repository_odb(fresh.objects.out(), fresh.repository.get()) != 0) {
    return nullptr;
  }
  handles = std::move(fresh);
  return &handles;
}

void GitTreeWalk::walk(Worker& worker, const git_oid& tree, const std::string& path,
                       unsigned depth) {
  walk_entries(worker, tree, path, depth, 0, kToTheEnd);
}

void GitTreeWalk::walk_entries(Worker& worker, const git_oid& tree, const std::string& path,
                               unsigned depth, std::size_t first, std::size_t end) {
  Handles* const handles = handles_of(worker);
  if (handles == nullptr) {
    delivery_.gap(worker, path, GapReason::unreadable, git_error_text());
    return;
  }
  GitHandle<git_tree, git_tree_free> listing;
  const int code = git_tree_lookup(listing.out(), handles->repository.get(), &tree);
  if (code != 0) return report(worker, path, code);
  end = std::min(end, git_tree_entrycount(listing.get()));
  for (; first < end && !delivery_.stopped(); ++first) {
    if (team_.hungry() && end - first > 1) {
      const std::size_t middle = first + (end - first) / 2;
      team_.add(make_task([this, tree, path, depth, middle, end](Worker& other) {
        walk_entries(other, tree, path, depth, middle, end);
      }));
      end = middle;
    }
    take_entry(worker, *handles, git_tree_entry_byindex(listing.get(), first), path, depth);
  }
}

void GitTreeWalk::take_entry(Worker& worker, Handles& handles, const git_tree_entry* entry,
                             const std::string& path, unsigned depth) {
  const std::string_view name = git_tree_entry_name(entry);
  worker.path = path;
  if (!path.empty()) worker.path += '/';
  worker.path += name;
  if (is_unsafe(name)) {
    delivery_.gap(worker, worker.path, GapReason::escapes, "a name that leads elsewhere");
    return;
  }
  if (worker.path.size() > delivery_.limits().max_path_bytes) {
    delivery_.gap(worker, worker.path, GapReason::too_deep,
                  fmt::format("path over {} bytes", delivery_.limits().max_path_bytes));
    return;
  }
  switch (git_tree_entry_filemode(entry)) {
    case GIT_FILEMODE_TREE:
      enter(worker, *git_tree_entry_id(entry), worker.path, depth + 1);
      return;
    case GIT_FILEMODE_LINK: delivery_.link(worker); return;
    case GIT_FILEMODE_COMMIT:
      delivery_.gap(worker, worker.path, GapReason::unsupported, "submodule");
      return;
    case GIT_FILEMODE_BLOB:
    case GIT_FILEMODE_BLOB_EXECUTABLE:
      read_blob(worker, handles, *git_tree_entry_id(entry));
      return;
    case GIT_FILEMODE_UNREADABLE: break;
  }
  delivery_.gap(worker, worker.path, GapReason::unsupported, "an entry of unknown mode");
}

void GitTreeWalk::enter(Worker& worker, const git_oid& tree, std::string path, unsigned depth) {
  if (depth > delivery_.limits().max_directory_depth) {
    const auto limit = delivery_.limits().max_directory_depth;
    delivery_.gap(worker, std::move(path), GapReason::too_deep,
                  fmt::format("more than {} directories deep", limit));
    return;
  }
  if (team_.crowded()) return walk(worker, tree, path, depth);
  team_.add(make_task([this, tree, path = std::move(path), depth](Worker& other) {
    walk(other, tree, path, depth);
  }));
}

// Reads the blob whose path is worker.path.
void GitTreeWalk::read_blob(Worker& worker, Handles& handles, const git_oid& id) {
  if (!delivery_.worth_reading(worker.path)) return delivery_.pass_over(worker);
  const Limits& limits = delivery_.limits();
  std::size_t size = 0;
  git_object_t type = GIT_OBJECT_INVALID;
  // The size first: a packed gigabyte of zeros is a few kilobytes on disk.
  int code = git_odb_read_header(&size, &type, handles.objects.get(), &id);
  if (code != 0) return report(worker, worker.path, code);
  if (size > limits.max_file_bytes) {
    delivery_.gap(worker, worker.path, GapReason::too_large,
                  fmt::format("{} bytes, {}", size, over_bytes(limits.max_file_bytes)));
    return;
  }
  GitHandle<git_odb_object, git_odb_object_free> object;
  code = git_odb_read(object.out(), handles.objects.get(), &id);
  if (code != 0) return report(worker, worker.path, code);
  const fingerprint::Bytes bytes(static_cast<const std::byte*>(git_odb_object_data(object.get())),
                                 git_odb_object_size(object.get()));
  delivery_.file(worker, worker.path, bytes);
  if (delivery_.options().open_archives && kind_by_name(worker.path) != ArchiveKind::none) {
    unpack_memory(delivery_, team_, worker, bytes, nested_place(worker.path, 1));
  }
}

void GitTreeWalk::report(Worker& worker, const std::string& path, int code) {
  if (code == GIT_ENOTFOUND) {
    delivery_.gap(worker, path, GapReason::vanished, "object missing");
  } else {
    delivery_.gap(worker, path, GapReason::corrupt, git_error_text());
  }
}

}  // namespace stowaway::source
