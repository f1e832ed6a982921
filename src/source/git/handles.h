// Owners for what libgit2 hands out. Private to `source/git`.
#pragma once

#include <git2.h>

#include <string>
#include <utility>

namespace stowaway::source {

template <class T, void (*Free)(T*)>
class GitHandle {
 public:
  GitHandle() = default;
  GitHandle(GitHandle&& other) noexcept : value_(std::exchange(other.value_, nullptr)) {}
  GitHandle& operator=(GitHandle&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  ~GitHandle() { Free(value_); }  // libgit2's functions take null

  T* get() const { return value_; }
  explicit operator bool() const { return value_ != nullptr; }
  // For the functions that return through a pointer. Use once.
  T** out() { return &value_; }

 private:
  T* value_ = nullptr;
};

// Once per process; safe from any thread. Never shut down: other rooms use the library too, and it
// counts.
void start_libgit2();

// What libgit2 says about this thread's last error.
std::string git_error_text();

}  // namespace stowaway::source
