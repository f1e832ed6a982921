// A directory for downloads below the cache, removed when it goes out of scope. Private to
// `kb/miner`.
#pragma once

#include <string>
#include <utility>

#include "base/result.h"

namespace stowaway::kb {

class Scratch {
 public:
  // Makes `parent` too. Fails with io, or invalid_argument where there is no cache.
  static Result<Scratch> make(const std::string& parent);
  Scratch(Scratch&& other) noexcept : path_(std::exchange(other.path_, "")) {}
  Scratch& operator=(Scratch&&) = delete;
  ~Scratch();

  const std::string& path() const { return path_; }
  // The directory stays, under this name. Fails with io.
  Result<void> keep_as(const std::string& name);

 private:
  explicit Scratch(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

// Makes a directory and what is missing above it.
Result<void> make_directory(const std::string& path);

}  // namespace stowaway::kb
