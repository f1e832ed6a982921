// Whole files, read with a limit and written so that a reader never sees half of one.
// Safe from any thread; two writers of one file: the last rename wins, whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace stowaway {

// Writes beside `file`, syncs, renames. On any failure (no space, no permission) the old file is as
// it was, the temporary is removed, and the error names the file and the reason. A symbolic link
// stays and its target is replaced; what is no regular file (a device, a FIFO) cannot be replaced
// and is written to as it is.
Result<void> write_file_atomically(const std::string& file, std::span<const std::byte> bytes);

// Whether a file is on the disk when it is in place. `none` is for what can be made again and finds
// its own damage: a crash of the machine may leave part of it.
enum class Durability { synced, none };

// The same piece by piece, for what does not fit into memory. One thread.
class AtomicWriter {
 public:
  // Fails with io.
  static Result<AtomicWriter> create(const std::string& file);
  AtomicWriter(AtomicWriter&& other) noexcept;
  AtomicWriter& operator=(AtomicWriter&&) = delete;
  ~AtomicWriter();  // without commit(): as if nothing had been written

  // Fail with io, and name the file.
  Result<void> append(std::span<const std::byte> bytes);
  // Replaces the first bytes of what was appended.
  Result<void> overwrite_start(std::span<const std::byte> bytes);
  // Puts the file in its place.
  Result<void> commit(Durability durability = Durability::synced);

 private:
  AtomicWriter(std::string file, std::string temporary, int descriptor);
  Result<void> failed() const;
  Result<void> flush();

  std::string file_, temporary_;  // temporary_ empty: `file_` is no regular file, written in place
  int descriptor_;
  std::vector<std::byte> buffer_;  // not written yet
};

// Fails with not_found, io, or limit_exceeded when the file is longer than `max_bytes`.
Result<std::vector<std::byte>> read_whole_file(const std::string& file, std::uint64_t max_bytes);

}  // namespace stowaway
