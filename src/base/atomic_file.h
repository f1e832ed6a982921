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

// Fails with not_found, io, or limit_exceeded when the file is longer than `max_bytes`.
Result<std::vector<std::byte>> read_whole_file(const std::string& file, std::uint64_t max_bytes);

}  // namespace stowaway
