// Trees with modes and links: of a directory, a git revision, an archive.
#include <fcntl.h>
#include <fmt/format.h>
#include <git2.h>

#include <filesystem>

#include "base/atomic_file.h"
#include "source/archive/archive_reader.h"
#include "source/git/git_source.h"
#include "source/git/handles.h"
#include "source/member_path.h"
#include "source/open_file.h"
#include "source/tree/tree_builder.h"

namespace stowaway::source {
namespace {

namespace fs = std::filesystem;

Result<> add_entry(const fs::directory_entry& entry, const std::string& path,
                   TreeBuilder& builder) {
  std::error_code failed;
  if (entry.is_symlink(failed)) {
    const fs::path target = fs::read_symlink(entry.path(), failed);
    if (!failed) return builder.add(path, target.native(), TreeFile::Kind::link);
  } else if (entry.is_regular_file(failed)) {
    const auto bytes = read_whole_file(entry.path().native(), builder.limits().max_file_bytes);
    const bool executable =
        (entry.symlink_status(failed).permissions() & fs::perms::owner_exec) != fs::perms::none;
    if (bytes)
      return builder.add(path, {reinterpret_cast<const char*>(bytes->data()), bytes->size()},
                         executable ? TreeFile::Kind::executable : TreeFile::Kind::file);
    builder.gap({path, GapReason::unreadable, bytes.error().message});
    return {};
  }
  builder.gap({path, failed ? GapReason::unreadable : GapReason::special_file, failed.message()});
  return {};
}

struct GitWalk {
  TreeBuilder* builder;
  git_repository* repository;
  Result<> outcome;
};

Result<> add_blob(GitWalk& walk, const std::string& path, const git_tree_entry* entry) {
  GitHandle<git_blob, git_blob_free> blob;
  if (git_blob_lookup(blob.out(), walk.repository, git_tree_entry_id(entry)) != 0) {
    walk.builder->gap({path, GapReason::vanished, git_error_text()});
    return {};
  }
  const auto size = static_cast<std::uint64_t>(git_blob_rawsize(blob.get()));
  if (size > walk.builder->limits().max_file_bytes) {
    walk.builder->gap({path, GapReason::too_large, fmt::format("{} bytes", size)});
    return {};
  }
  const git_filemode_t mode = git_tree_entry_filemode(entry);
  return walk.builder->add(path, {static_cast<const char*>(git_blob_rawcontent(blob.get())), size},
                           mode == GIT_FILEMODE_LINK              ? TreeFile::Kind::link
                           : mode == GIT_FILEMODE_BLOB_EXECUTABLE ? TreeFile::Kind::executable
                                                                  : TreeFile::Kind::file);
}

int on_git_entry(const char* folder, const git_tree_entry* entry, void* payload) {
  auto& walk = *static_cast<GitWalk*>(payload);
  const std::string path = std::string(folder) + git_tree_entry_name(entry);
  if (git_tree_entry_type(entry) != GIT_OBJECT_BLOB || !walk.builder->wants(path)) return 0;
  walk.outcome = add_blob(walk, path, entry);
  return walk.outcome ? 0 : -1;
}

// A member's bytes; a gap where they cannot be had.
Result<> add_member(ArchiveReader& reader, const std::string& path, TreeBuilder& builder) {
  const ArchiveMember::Kind kind = reader.member().kind;
  if (kind == ArchiveMember::Kind::symbolic_link)
    return builder.add(path, std::string(reader.member().link_target), TreeFile::Kind::link);
  if (kind != ArchiveMember::Kind::file) {
    builder.gap({path, GapReason::special_file, ""});
    return {};
  }
  const auto mode = reader.member().executable ? TreeFile::Kind::executable : TreeFile::Kind::file;
  std::string bytes;
  ArchiveBlock block;
  ArchiveReader::Data data;
  while ((data = reader.next_block(block)) == ArchiveReader::Data::block) {
    if (block.offset + block.bytes.size() > builder.limits().max_file_bytes)
      return fail(ErrorCode::limit_exceeded, "{} is too large", path);
    bytes.resize(block.offset, '\0');
    bytes.append(reinterpret_cast<const char*>(block.bytes.data()), block.bytes.size());
  }
  if (data == ArchiveReader::Data::archive_failed)
    return fail(ErrorCode::corrupt, "{}", reader.error());
  if (data == ArchiveReader::Data::member_failed) {
    builder.gap({path, GapReason::corrupt, reader.error()});
    return {};
  }
  return builder.add(path, std::move(bytes), mode);
}

}  // namespace

Result<> read_directory_tree(const std::string& subject, const std::string& root,
                             TreeBuilder& builder, const std::stop_token& stop) {
  const fs::path start = root.empty() ? fs::path(subject) : fs::path(subject) / root;
  std::error_code failed;
  if (!fs::is_directory(start, failed)) {
    if (!fs::exists(fs::symlink_status(start, failed))) return {};
    return add_entry(fs::directory_entry(start, failed), root, builder);
  }
  fs::recursive_directory_iterator item(start, failed), end;
  while (!failed && item != end) {
    if (stop.stop_requested()) return fail(ErrorCode::cancelled, "stopped");
    const std::string path = item->path().lexically_relative(subject).generic_string();
    std::error_code unknown;
    const bool is_folder = item->is_directory(unknown) && !item->is_symlink(unknown);
    if (!builder.wants(path)) {
      if (is_folder) item.disable_recursion_pending();
    } else if (!is_folder) {
      STOWAWAY_TRY_VOID(add_entry(*item, path, builder));
    }
    item.increment(failed);
  }
  if (failed) return fail(ErrorCode::io, "cannot list {}: {}", start.string(), failed.message());
  return {};
}

Result<> read_git_tree(const std::string& subject, TreeBuilder& builder) {
  STOWAWAY_TRY(const GitRevision revision, find_git_revision(subject));
  GitHandle<git_repository, git_repository_free> repository;
  GitHandle<git_tree, git_tree_free> tree;
  if (git_repository_open_ext(repository.out(), revision.repository.c_str(),
                              GIT_REPOSITORY_OPEN_NO_SEARCH, nullptr) != 0 ||
      git_tree_lookup(tree.out(), repository.get(), &revision.tree) != 0)
    return fail(ErrorCode::corrupt, "{}: {}", subject, git_error_text());
  GitWalk walk{&builder, repository.get(), {}};
  const int code = git_tree_walk(tree.get(), GIT_TREEWALK_PRE, on_git_entry, &walk);
  if (walk.outcome && code != 0)
    return fail(ErrorCode::corrupt, "{}: {}", subject, git_error_text());
  return walk.outcome;
}

Result<> read_archive_tree(const std::string& subject, TreeBuilder& builder,
                           const std::stop_token& stop) {
  const Descriptor file(::open(subject.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return fail(ErrorCode::io, "cannot open {}: {}", subject, text_of_errno(errno));
  ArchiveReader reader(false);
  reader.open_descriptor(file.get());
  for (;;) {
    if (stop.stop_requested()) return fail(ErrorCode::cancelled, "stopped");
    switch (reader.next()) {
      case ArchiveReader::Step::end: return {};
      case ArchiveReader::Step::unrecognised: return {};  // a single compressed file
      case ArchiveReader::Step::failed:
        return fail(ErrorCode::corrupt, "{}: {}", subject, reader.error());
      case ArchiveReader::Step::member: break;
    }
    if (reader.member().kind == ArchiveMember::Kind::directory) continue;
    std::string path;
    if (append_normal_path(reader.member().raw_path, Limits{}.max_path_bytes, path) !=
        PathFault::none)
      continue;  // the scan has told of it
    if (builder.wants(path)) STOWAWAY_TRY_VOID(add_member(reader, path, builder));
  }
}

}  // namespace stowaway::source
