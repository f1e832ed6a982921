// An index file, mapped read-only, and what happens when it is cut short under our feet.
//
// A page that another process has cut off cannot be read: the system sends SIGBUS, which ends a
// program. A handler for it (installed with the first mapping, and passing on whatever is not about
// one of ours) puts zeros in the place of what is gone and remembers that. Look-ups then find
// nothing or nonsense within bounds, and whoever asks intact() before using the answers gets an
// error.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "base/result.h"

namespace stowaway::kb::index {

// Safe from any thread once open. Up to 64 mappings are guarded at a time; more work, unguarded.
class Mapping {
 public:
  // Fails with not_found or io, or with corrupt for what is no regular file of at least
  // `least_bytes`.
  static Result<Mapping> open(const std::string& file, std::size_t least_bytes);
  Mapping(Mapping&& other) noexcept;
  Mapping& operator=(Mapping&&) = delete;
  ~Mapping();

  const std::string& file() const { return file_; }
  std::span<const std::byte> bytes() const { return {base_, size_}; }
  // False once something of the file was gone when it was read.
  bool intact() const;

 private:
  Mapping(std::string file, const std::byte* base, std::size_t size);

  std::string file_;
  const std::byte* base_;
  std::size_t size_;
  int guard_;  // its number, or -1
};

}  // namespace stowaway::kb::index
