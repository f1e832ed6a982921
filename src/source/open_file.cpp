#include "source/open_file.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

#include <atomic>
#include <cerrno>
#include <string_view>
#include <system_error>

namespace stowaway::source {
namespace {

constexpr int kDirectoryFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

// One open per part; for kernels before 5.6 and for sandboxes that refuse openat2.
Descriptor open_part_by_part(int root, std::string_view path) {
  Descriptor current;
  std::string part;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    part = path.substr(0, slash);
    path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
    const int parent = current ? current.get() : root;
    current = Descriptor(::openat(parent, part.c_str(), kDirectoryFlags));
    if (!current) return {};
  }
  return current;
}

// Reads until the end of the file, or until more than `max_bytes` have come.
bool read_to_end(int fd, std::uint64_t expected, std::uint64_t max_bytes, ByteBuffer& buffer) {
  const std::size_t start = buffer.size();
  // One byte more than expected, so that the end shows in the same call.
  std::size_t wanted = static_cast<std::size_t>(expected) + 1;
  for (;;) {
    const ssize_t got = ::read(fd, buffer.room(wanted), wanted);
    if (got < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    if (got == 0) return true;
    buffer.grow(static_cast<std::size_t>(got));
    const std::size_t have = buffer.size() - start;
    if (have > max_bytes) return true;
    if (have == expected && static_cast<std::size_t>(got) < wanted) return true;
    wanted =
        have < expected ? static_cast<std::size_t>(expected) - have + 1 : std::size_t{64} << 10;
  }
}

bool same_state(const struct stat& a, const struct stat& b) {
  return a.st_size == b.st_size && a.st_mtim.tv_sec == b.st_mtim.tv_sec &&
         a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

}  // namespace

Descriptor open_directory_below(int root, const std::string& path) {
  if (path.empty()) return Descriptor(::openat(root, ".", kDirectoryFlags));
  static std::atomic<bool> has_openat2{true};
  if (has_openat2.load(std::memory_order_relaxed)) {
    open_how how{};
    how.flags = static_cast<std::uint64_t>(kDirectoryFlags);
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    const long fd = ::syscall(SYS_openat2, root, path.c_str(), &how, sizeof how);
    if (fd >= 0) return Descriptor(static_cast<int>(fd));
    if (errno != ENOSYS && errno != EPERM && errno != EAGAIN) return {};
    if (errno != EAGAIN) has_openat2.store(false, std::memory_order_relaxed);
  }
  return open_part_by_part(root, path);
}

Descriptor open_member(int directory, const char* name) {
  return Descriptor(
      ::openat(directory, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
}

ReadOutcome read_whole(int fd, std::uint64_t max_bytes, ByteBuffer& buffer, struct stat* status) {
  const std::size_t start = buffer.size();
  const auto undo = [&](ReadOutcome outcome) {
    buffer.shrink_to(start);
    return outcome;
  };
  if (::fstat(fd, status) != 0) return ReadOutcome::failed;
  constexpr int kAttempts = 3;  // a log that is written to all the time is not worth more
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (!S_ISREG(status->st_mode)) return ReadOutcome::not_regular;
    const auto size = static_cast<std::uint64_t>(status->st_size);
    if (size > max_bytes) return ReadOutcome::too_large;
    if (!read_to_end(fd, size, max_bytes, buffer)) return undo(ReadOutcome::failed);
    const std::uint64_t got = buffer.size() - start;
    if (got == size) return ReadOutcome::complete;
    struct stat after {};
    if (::fstat(fd, &after) != 0) return undo(ReadOutcome::failed);
    if (got > max_bytes) {
      *status = after;
      return undo(ReadOutcome::too_large);
    }
    // Below /proc and /sys the size is a fiction that never changes: what was read is what there
    // is.
    if (same_state(*status, after)) return ReadOutcome::complete;
    *status = after;
    buffer.shrink_to(start);
    if (::lseek(fd, 0, SEEK_SET) != 0) return undo(ReadOutcome::failed);
  }
  return undo(ReadOutcome::changing);
}

GapReason reason_of_errno(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ESTALE:
    case ELOOP:  // became a symbolic link after it was listed as a file
      return GapReason::vanished;
    case ENXIO:
    case ENODEV: return GapReason::special_file;
    case ENAMETOOLONG: return GapReason::too_deep;
    default: return GapReason::unreadable;
  }
}

std::string text_of_errno(int error) { return std::generic_category().message(error); }

}  // namespace stowaway::source
