// What a node of a cluster may send: rows, a manifest, a directory. The first byte chooses: 0, as
// it is; otherwise compressed, so that what lies behind that is reached.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

#include "kb/index/directory.h"
#include "kb/pack/compress.h"
#include "kb/stores/clickhouse/manifest.h"
#include "kb/stores/clickhouse/origins.h"
#include "kb/stores/clickhouse/rows.h"

using namespace stowaway::kb;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] != 0) bytes = compressed(std::as_bytes(std::span(bytes)));
  if (const auto directory = decode_directory(bytes)) {
    // What was read can be used, and comes back as it is.
    for (std::uint32_t v = 0; v < directory->file_versions(); ++v) {
      if (directory->path_of(v) >= directory->paths.size()) std::abort();
      const auto first = directory->first_span[v];
      if (directory->spans[first].last >= directory->releases.size()) std::abort();
    }
    const auto again = decode_directory(encode_directory(*directory));
    if (!again || again->paths != directory->paths) std::abort();
  }
  static_cast<void>(clickhouse::decode_manifest(bytes, KbId{}));
  std::vector<bool> bits(bytes.size() * 8);
  if (!clickhouse::decode_bits(bytes, bits) || clickhouse::encode_bits(bits) != bytes) std::abort();
  clickhouse::RowReader rows(bytes);
  while (!rows.at_end()) {
    rows.text();
    rows.take<std::uint16_t>();
  }
  return 0;
}
