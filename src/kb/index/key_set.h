// A set of keys that are spread evenly (hashes), and the rank of each: its number in ascending
// order. A key that is not in the set costs one cache line, but for one in some hundreds.
//
// Keys are cut into blocks by their leading bits: block = key * blocks / 2^key_bits. A block is one
// cache line (layout.h, KeyBlock) with some dozens of keys. The rest of the product gives 6 bits
// that choose a bucket of the block, and then the key's tag. `occupied` says which buckets hold
// keys; `rest` begins with one bit a key that is set where a bucket's last key stands; then come
// the tags, each as wide as fits (tag_bits). What a block and a tag do not say of a key are its low
// bits: the tail, in a packed section of their own, by rank. They are asked only when the tag fits.
//
// A block of more than kMaxBlockKeys keys (which evenly spread keys do not give) is marked as
// crowded, and its keys stand whole in a sorted list of their own.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/result.h"
#include "kb/index/layout.h"
#include "kb/index/packed.h"
#include "kb/index/spool.h"

namespace stowaway::kb::index {

inline constexpr unsigned kMaxBlockKeys = 128;
inline constexpr std::uint16_t kCrowdedBlock = 0xFFFF;
inline constexpr unsigned kBucketBits = 6, kMaxTagBits = 16, kRestBits = 384;

// Width of the tags of a block with `keys` of them.
constexpr unsigned tag_bits(unsigned keys) {
  if (keys == 0) return kMaxTagBits;
  const unsigned fits = (kRestBits - keys) / keys;
  return fits < kMaxTagBits ? fits : kMaxTagBits;
}

// A view of foreign bytes: damage gives wrong answers, never a read outside. Plain value; safe
// from any thread.
class KeySetView {
 public:
  KeySetView() = default;
  KeySetView(std::span<const KeyBlock> blocks, PackedView tails, std::span<const CrowdedKey> crowd,
             unsigned key_bits)
      : blocks_(blocks), tails_(tails), crowd_(crowd), key_bits_(key_bits) {}

  std::uint64_t size() const { return tails_.size(); }

  // Brings what find() will touch first into the cache; it suffices for most keys that are not
  // there.
  void prefetch(std::uint64_t key) const {
    if (!blocks_.empty()) __builtin_prefetch(&blocks_[place_of(key).block]);
  }
  // When that has come: what find() touches of a key that seems to be there.
  void prefetch_tail(std::uint64_t key) const;
  // The key's rank, if it is in the set.
  std::optional<std::uint32_t> find(std::uint64_t key) const;
  // The key of a rank; 0 when there is none. Slow: searches for the block.
  std::uint64_t key_at(std::uint64_t rank) const;

 private:
  struct Place {
    std::uint64_t block, fraction;  // the fraction as 64 bits behind the point
  };
  Place place_of(std::uint64_t key) const {
    const auto product = static_cast<unsigned __int128>(key << (64 - key_bits_)) * blocks_.size();
    return {static_cast<std::uint64_t>(product >> 64), static_cast<std::uint64_t>(product)};
  }
  template <class IsIt>
  std::optional<std::uint32_t> search(const KeyBlock& block, const Place& place, IsIt is_it) const;
  std::optional<std::uint32_t> find_in_crowd(std::uint64_t key) const;

  std::span<const KeyBlock> blocks_;
  PackedView tails_;
  std::span<const CrowdedKey> crowd_;
  unsigned key_bits_ = 64;
};

struct KeySetSpools {
  Spool blocks, tails, crowd;
  std::uint64_t keys = 0, block_count = 0, crowded = 0;
  unsigned tail_bits = 0;
};

// Writes the three sections of a set. `keys`: flushed; u64 keys of `key_bits` bits, ascending, none
// twice. Fails with io.
Result<KeySetSpools> write_key_set(const Spool& keys, unsigned key_bits, unsigned keys_per_block,
                                   const std::string& directory);

}  // namespace stowaway::kb::index
