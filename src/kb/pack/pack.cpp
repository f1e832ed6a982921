#include "kb/pack/pack.h"

#include <algorithm>

#include "base/atomic_file.h"
#include "kb/pack/layout.h"

namespace stowaway::kb {

Result<void> write_pack(const Pack& pack, const std::string& file) {
  STOWAWAY_TRY(const auto bytes, encode_pack(pack));
  return write_file_atomically(file, bytes);
}

Result<Pack> read_pack(const std::string& file) {
  STOWAWAY_TRY(const auto bytes, read_whole_file(file, kMaxRawBytes));
  auto pack = decode_pack(bytes);
  if (!pack) return tl::unexpected<Error>(pack.error().within(file));
  return pack;
}

void count_code(Pack& pack) {
  std::vector<std::uint64_t> largest(pack.releases.size());  // of one path's contents, by release
  std::vector<std::uint32_t> touched;
  for (PackRelease& release : pack.releases) release.code_files = 0, release.code_bytes = 0;
  for (const PackPath& path : pack.paths) {
    for (const PackFileVersion& version : path.versions)
      for (const Span32 span : version.releases)
        for (std::uint32_t r = span.first; r <= span.last; ++r) {
          const std::uint64_t before = largest[r];
          if (before == 0) touched.push_back(r);
          // One more than the size, so that an empty content counts as seen.
          const std::uint64_t size = pack.contents[version.content].size_bytes;
          largest[r] = std::max(before, std::min(size, UINT64_MAX - 1) + 1);
        }
    for (const std::uint32_t r : touched) {
      ++pack.releases[r].code_files;
      pack.releases[r].code_bytes += largest[r] - 1;
      largest[r] = 0;
    }
    touched.clear();
  }
}

}  // namespace stowaway::kb
