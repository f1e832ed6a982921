// Builds the index that scans query from packs. Deterministic: the same packs, in any order, give
// the same file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "kb/pack/pack.h"

namespace stowaway::kb {

struct BuildCount {
  std::uint64_t components = 0, releases = 0, contents = 0, file_versions = 0, shingles = 0,
                carried = 0, bytes = 0;
};

// Several packs of one component are merged first (merge_packs). Fails with invalid_argument (no
// packs), limit_exceeded (2^31 or more of anything; said before the work) or io; `out_file` then
// stays as it was.
Result<BuildCount> build_index(std::vector<Pack> packs, const std::string& out_file,
                               ProgressSink* progress);

// Reads the packs first.
Result<BuildCount> build_index_from_files(const std::vector<std::string>& pack_files,
                                          const std::string& out_file, ProgressSink* progress);

}  // namespace stowaway::kb
