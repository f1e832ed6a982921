#include "source/directory/walk.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "source/archive/kinds.h"
#include "source/archive/unpack.h"
#include "source/open_file.h"

namespace stowaway::source {
namespace {

// One getdents call: about 700 names. Large enough that system calls do not show, small enough to
// share out soon.
constexpr std::size_t kListingBytes = std::size_t{32} << 10;

enum class EntryKind { directory, file, link, special, gone };

EntryKind kind_of_mode(mode_t mode) {
  if (S_ISDIR(mode)) return EntryKind::directory;
  if (S_ISREG(mode)) return EntryKind::file;
  if (S_ISLNK(mode)) return EntryKind::link;
  return EntryKind::special;
}

EntryKind kind_of(int directory, const dirent64& entry) {
  switch (entry.d_type) {
    case DT_DIR: return EntryKind::directory;
    case DT_REG: return EntryKind::file;
    case DT_LNK: return EntryKind::link;
    case DT_UNKNOWN: {  // some file systems do not say
      struct stat status {};
      if (::fstatat(directory, entry.d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
        return EntryKind::gone;
      }
      return kind_of_mode(status.st_mode);
    }
    default: return EntryKind::special;
  }
}

bool is_self_or_parent(std::string_view name) { return name == "." || name == ".."; }

// What a version control system keeps beside the tree is not part of the tree.
bool is_version_control(std::string_view name) {
  static constexpr std::array<std::string_view, 4> kNames = {".git", ".hg", ".svn", ".bzr"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

std::string join(const std::string& path, std::string_view name) {
  std::string joined;
  joined.reserve(path.size() + 1 + name.size());
  joined = path;
  if (!joined.empty()) joined += '/';
  joined += name;
  return joined;
}

}  // namespace

void DirectoryWalk::walk(Worker& worker, const std::string& path, unsigned depth) {
  const Descriptor directory = open_directory_below(root_, path);
  if (!directory) {
    delivery_.gap(worker, path, reason_of_errno(errno), text_of_errno(errno));
    return;
  }
  const auto listing = std::make_unique_for_overwrite<std::byte[]>(kListingBytes);
  std::string names;  // files of one listing, each with a final NUL
  while (!delivery_.stopped()) {
    const ssize_t size = ::getdents64(directory.get(), listing.get(), kListingBytes);
    if (size < 0) delivery_.gap(worker, path, reason_of_errno(errno), text_of_errno(errno));
    if (size <= 0) return;
    names.clear();
    for (ssize_t offset = 0; offset < size;) {
      const auto* entry = reinterpret_cast<const dirent64*>(listing.get() + offset);
      offset += entry->d_reclen;
      const std::string_view name = entry->d_name;
      if (is_self_or_parent(name)) continue;
      switch (kind_of(directory.get(), *entry)) {
        case EntryKind::directory:
          if (!is_version_control(name)) enter(worker, join(path, name), depth + 1);
          break;
        case EntryKind::file: names.append(name).push_back('\0'); break;
        case EntryKind::link: delivery_.link(worker); break;
        case EntryKind::special:
          delivery_.gap(worker, join(path, name), GapReason::special_file,
                        "neither a file nor a directory");
          break;
        case EntryKind::gone:
          delivery_.gap(worker, join(path, name), GapReason::vanished, text_of_errno(errno));
          break;
      }
    }
    read_files(worker, directory.get(), path, names);
  }
}

void DirectoryWalk::enter(Worker& worker, std::string path, unsigned depth) {
  if (depth > delivery_.limits().max_directory_depth) {
    const auto limit = delivery_.limits().max_directory_depth;
    delivery_.gap(worker, std::move(path), GapReason::too_deep,
                  fmt::format("more than {} directories deep", limit));
    return;
  }
  if (path.size() > delivery_.limits().max_path_bytes) {
    const auto limit = delivery_.limits().max_path_bytes;
    delivery_.gap(worker, std::move(path), GapReason::too_deep,
                  fmt::format("path over {} bytes", limit));
    return;
  }
  if (team_.crowded()) {
    walk(worker, path, depth);
    return;
  }
  team_.add(make_task(
      [this, path = std::move(path), depth](Worker& other) { walk(other, path, depth); }));
}

void DirectoryWalk::read_files(Worker& worker, int directory, const std::string& path,
                               std::string_view names) {
  while (!names.empty() && !delivery_.stopped()) {
    if (team_.hungry()) names = give_half_away(path, names);
    const std::string_view name = names.substr(0, names.find('\0'));
    names.remove_prefix(name.size() + 1);
    worker.path = path;
    if (!path.empty()) worker.path += '/';
    worker.path += name;
    read_one(worker, directory, name.data());  // ends with the NUL that is behind it in `names`
  }
}

// Makes a task of the second half of `names` and returns the first. All of them where there is but
// one.
std::string_view DirectoryWalk::give_half_away(const std::string& path, std::string_view names) {
  const std::size_t end = names.find('\0', names.size() / 2);
  if (end == std::string_view::npos || end + 1 == names.size()) return names;
  std::string half(names.substr(end + 1));
  team_.add(make_task([this, path, half = std::move(half)](Worker& other) {
    const Descriptor again = open_directory_below(root_, path);
    if (!again) {
      delivery_.gap(other, path, reason_of_errno(errno), text_of_errno(errno));
      return;
    }
    read_files(other, again.get(), path, half);
  }));
  return names.substr(0, end + 1);
}

namespace {

FileStamp stamp_of(const struct stat& status) {
  const auto nanoseconds = [](const timespec& time) {
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
  };
  return {status.st_dev, status.st_ino, static_cast<std::uint64_t>(status.st_size),
          nanoseconds(status.st_mtim), nanoseconds(status.st_ctim)};
}

}  // namespace

// An archive is opened again: its members are not in the sink's memory.
bool DirectoryWalk::is_recalled(Worker& worker, int directory, const char* name) {
  if (!delivery_.sink_has_memory()) return false;
  if (delivery_.options().open_archives && kind_by_name(name) != ArchiveKind::none) return false;
  struct stat status {};
  return ::fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(status.st_mode) &&
         static_cast<std::uint64_t>(status.st_size) <= delivery_.limits().max_file_bytes &&
         delivery_.recall(worker, worker.path, stamp_of(status));
}

void DirectoryWalk::read_one(Worker& worker, int directory, const char* name) {
  const Limits& limits = delivery_.limits();
  if (worker.path.size() > limits.max_path_bytes) {
    delivery_.gap(worker, worker.path, GapReason::too_deep,
                  fmt::format("path over {} bytes", limits.max_path_bytes));
    return;
  }
  if (!delivery_.worth_reading(worker.path)) return delivery_.pass_over(worker);
  if (is_recalled(worker, directory, name)) return;
  const Descriptor file = open_member(directory, name);
  if (!file) {
    delivery_.gap(worker, worker.path, reason_of_errno(errno), text_of_errno(errno));
    return;
  }
  worker.buffer.clear();
  struct stat status {};
  switch (read_whole(file.get(), limits.max_file_bytes, worker.buffer, &status)) {
    case ReadOutcome::complete: {
      const FileStamp stamp = stamp_of(status);
      delivery_.file(worker, worker.path, worker.buffer.view(), status.st_mtim.tv_sec, &stamp);
      if (delivery_.options().open_archives && kind_by_name(name) != ArchiveKind::none) {
        unpack_memory(delivery_, team_, worker, worker.buffer.view(), nested_place(worker.path, 1));
      }
      return;
    }
    case ReadOutcome::not_regular:
      delivery_.gap(worker, worker.path, GapReason::special_file, "neither a file nor a directory");
      return;
    case ReadOutcome::too_large:
      delivery_.gap(worker, worker.path, GapReason::too_large,
                    fmt::format("{} bytes, {}", static_cast<std::uint64_t>(status.st_size),
                                over_bytes(limits.max_file_bytes)));
      // The archive as one file goes unread, but its members can still be streamed.
      if (delivery_.options().open_archives && kind_by_name(name) != ArchiveKind::none) {
        unpack_descriptor(delivery_, team_, worker, file.get(), nested_place(worker.path, 1));
      }
      return;
    case ReadOutcome::changing:
      delivery_.gap(worker, worker.path, GapReason::vanished, "it changed while it was read");
      return;
    case ReadOutcome::failed:
      delivery_.gap(worker, worker.path, reason_of_errno(errno), text_of_errno(errno));
      return;
  }
}

}  // namespace stowaway::source
