// How a knowledge base lies in a cluster; docs/distributed-store.md describes it.
//
// Rows are cut into kShards by the leading bits of their key, and shard s lies on nodes s mod n and
// (s + 1) mod n, written there by the client. Rows are decided by the pack alone, and name it by
// its number, so that loading a pack twice, or from two machines at once, gives the same rows,
// which merge away. Nothing is ever changed in place.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kb/pack/digest.h"

namespace stowaway::kb::clickhouse {

inline constexpr unsigned kShards = 64, kShardBits = 6;
inline constexpr unsigned kShingleKeyBits = 48;

// The first eight bytes of a pack's digest.
using PackNumber = std::uint64_t;
PackNumber number_of(const PackDigest& digest);

inline unsigned shard_of(std::uint64_t key) {
  return static_cast<unsigned>(key >> (64 - kShardBits));
}
inline unsigned shard_of_shingle(std::uint64_t key) {
  return static_cast<unsigned>(key >> (kShingleKeyBits - kShardBits)) % kShards;
}

// The nodes that keep a shard, the one to ask first in front. Two, but for a cluster of one.
std::vector<unsigned> holders_of(unsigned shard, unsigned nodes);

// "CREATE TABLE IF NOT EXISTS …", for every table.
std::span<const std::string_view> schema();

// The keys of these shards: "(column >= 0 AND column <= 288230376151711743) OR …".
std::string in_shards(std::string_view column, const std::vector<unsigned>& shards);

}  // namespace stowaway::kb::clickhouse
