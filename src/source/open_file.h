// Opening and reading regular files of a subject that may change, lie or be hostile. Private to
// `source`. Linux; no exceptions; safe from any thread.
#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <utility>

#include "source/byte_buffer.h"
#include "source/source.h"

namespace stowaway::source {

// Owns a file descriptor; -1 is none.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    reset(std::exchange(other.fd_, -1));
    return *this;
  }
  ~Descriptor() { reset(-1); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  void reset(int fd) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = fd;
  }
  int fd_ = -1;
};

// Opens the directory `path` below `root` ("" is root itself). No part of `path` may be a symbolic
// link, not even one that was put there a moment ago. Sets errno on failure.
Descriptor open_directory_below(int root, const std::string& path);

// Opens one name of a directory for reading, without following a link and without waiting for a
// FIFO's other end.
Descriptor open_member(int directory, const char* name);

enum class ReadOutcome { complete, not_regular, too_large, changing, failed };

// Reads the whole file behind `fd` to the end of `buffer`. On any outcome but complete the buffer
// is as before.
//   too_large: *status says how large; nothing was read.   changing: its size would not hold still.
//   failed: errno says why.
ReadOutcome read_whole(int fd, std::uint64_t max_bytes, ByteBuffer& buffer, struct stat* status);

// Which gap an errno of open or read stands for, and its words.
GapReason reason_of_errno(int error);
std::string text_of_errno(int error);

}  // namespace stowaway::source
