#include "kb/stores/clickhouse/layout.h"

#include <fmt/format.h>

#include <array>
#include <cstring>

namespace stowaway::kb::clickhouse {

PackNumber number_of(const PackDigest& digest) {
  PackNumber number = 0;
  std::memcpy(&number, digest.bytes.data(), sizeof number);
  return number;
}

std::vector<unsigned> holders_of(unsigned shard, unsigned nodes) {
  if (nodes == 1) return {0};
  return {shard % nodes, (shard + 1) % nodes};
}

std::span<const std::string_view> schema() {
  // Only what both 18.16 and current releases have. index_granularity 256: a look-up reads one
  // granule, and the default of 8192 would read 32 times as much.
  static constexpr std::array<std::string_view, 8> kTables{
      // Who this node is: one row.
      "CREATE TABLE IF NOT EXISTS layout (shards UInt32, nodes UInt32, node UInt32) "
      "ENGINE = ReplacingMergeTree ORDER BY (shards, nodes, node)",
      // One row for each file version of a pack.
      "CREATE TABLE IF NOT EXISTS identities (normalised UInt64, sha256 FixedString(16), "
      "md5 UInt64, size UInt32, pack UInt64, file_version UInt32) ENGINE = ReplacingMergeTree "
      "ORDER BY (normalised, sha256, pack, file_version) SETTINGS index_granularity = 256",
      "CREATE TABLE IF NOT EXISTS md5s (md5 UInt64, normalised UInt64) "
      "ENGINE = ReplacingMergeTree ORDER BY (md5, normalised) SETTINGS index_granularity = 256",
      // Sampled shingles: in which file versions of a path of a pack.
      "CREATE TABLE IF NOT EXISTS shingles (key UInt64, pack UInt64, path UInt32, first UInt16, "
      "last UInt16) ENGINE = ReplacingMergeTree ORDER BY (key, pack, path, first) "
      "SETTINGS index_granularity = 256",
      "CREATE TABLE IF NOT EXISTS directories (pack UInt64, bytes String) "
      "ENGINE = ReplacingMergeTree ORDER BY pack SETTINGS index_granularity = 1",
      // The node's own manifest: packs of which it has all rows of its shards. Written last.
      "CREATE TABLE IF NOT EXISTS packs (pack UInt64, digest FixedString(32), component String, "
      "releases UInt64, shingles UInt64, identities_here UInt64, shingles_here UInt64, "
      "loaded UInt64) ENGINE = ReplacingMergeTree ORDER BY (pack, loaded)",
      // Knowledge bases as they were published: sets of packs, with who owns what in them.
      "CREATE TABLE IF NOT EXISTS origins (id FixedString(16), pack UInt64, bits String) "
      "ENGINE = ReplacingMergeTree ORDER BY (id, pack) SETTINGS index_granularity = 1",
      "CREATE TABLE IF NOT EXISTS published (number UInt64, packs UInt64, id FixedString(16), "
      "manifest String, is_ready UInt8) ENGINE = ReplacingMergeTree "
      "ORDER BY (number, packs, id, is_ready) SETTINGS index_granularity = 1"};
  return kTables;
}

std::string in_shards(std::string_view column, const std::vector<unsigned>& shards) {
  std::string out;
  for (const unsigned shard : shards) {
    const std::uint64_t first = std::uint64_t{shard} << (64 - kShardBits),
                        last = first + ((std::uint64_t{1} << (64 - kShardBits)) - 1);
    out += fmt::format("{}({} >= {} AND {} <= {})", out.empty() ? "" : " OR ", column, first,
                       column, last);
  }
  return "(" + out + ")";
}

}  // namespace stowaway::kb::clickhouse
