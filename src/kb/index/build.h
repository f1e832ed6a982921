// Builds the index that scans query from packs. Deterministic: the same packs, in any order, give
// the same file.
//
// In bounded memory and linear time: packs are read twice, one at a time (first for their names and
// counts, then for all), what must be sorted goes through runs on disk (sorter.h), and the sections
// are made one by one. Temporary files of about twice the index's size lie beside it meanwhile.
#pragma once

#include <cstddef>
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

// Where packs come from.
class PackReader {
 public:
  virtual ~PackReader() = default;
  virtual std::size_t size() const = 0;
  // Pack number `i`; asked twice for each, from any thread. Fails as the implementation says.
  virtual Result<Pack> read(std::size_t i) = 0;
};

struct BuildOptions {
  // Of all buffers together. Beyond them memory holds the largest pack, and for all packs a few
  // bits a file version, some 60 bytes a name of a component, and the first million texts.
  std::uint64_t memory_bytes = std::uint64_t{1} << 30;
  ProgressSink* progress = nullptr;  // may be null
};

// Several packs of one component are merged first (merge_packs). Contents that no file has are left
// out. Fails with invalid_argument (no packs), limit_exceeded (2^31 or more of anything; said
// before the work), io, or as `packs` does; `out_file` then stays as it was.
Result<BuildCount> build_index(PackReader& packs, const std::string& out_file,
                               const BuildOptions& options);
Result<BuildCount> build_index(std::vector<Pack> packs, const std::string& out_file,
                               ProgressSink* progress);
// Fails as read_pack does, too.
Result<BuildCount> build_index_from_files(const std::vector<std::string>& pack_files,
                                          const std::string& out_file, const BuildOptions& options);

}  // namespace stowaway::kb
