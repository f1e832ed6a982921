#include "kb/index/key_set.h"

#include <algorithm>
#include <bit>
#include <vector>

#include "kb/index/bits.h"
#include "kb/index/packed_writer.h"

namespace stowaway::kb::index {
namespace {

constexpr unsigned kFractionBits = 64 - kBucketBits;
using Wide = unsigned __int128;

// `width` bits of `rest` from bit `at` on; at + width is at most kRestBits.
std::uint64_t bits_of(const std::array<std::uint64_t, 6>& rest, unsigned at, unsigned width) {
  std::uint64_t value = rest[at / 64] >> (at % 64);
  if (at % 64 + width > 64) value |= rest[at / 64 + 1] << (64 - at % 64);
  return value & low_bits(width);
}

void set_bits(std::array<std::uint64_t, 6>& rest, unsigned at, unsigned width,
              std::uint64_t value) {
  rest[at / 64] |= value << (at % 64);
  if (at % 64 + width > 64) rest[at / 64 + 1] |= value >> (64 - at % 64);
}

// Position, among the first `count` bits, of the one with `k` ones before it; `count` if none.
unsigned select_end(const KeyBlock& block, unsigned k) {
  const unsigned in_first = count_ones(block.rest[0]);
  const unsigned at =
      k < in_first ? select_one(block.rest[0], k) : 64 + select_one(block.rest[1], k - in_first);
  return std::min<unsigned>(at, block.count);
}

std::uint64_t tag_of(std::uint64_t fraction, unsigned width) {
  return width == 0 ? 0 : (fraction << kBucketBits) >> (64 - width);
}

}  // namespace

// Hands the ranks that the block does not rule out to `is_it`, until one is.
template <class IsIt>
std::optional<std::uint32_t> KeySetView::search(const KeyBlock& block, const Place& place,
                                                IsIt is_it) const {
  const auto bucket = static_cast<unsigned>(place.fraction >> kFractionBits);
  if ((block.occupied >> bucket & 1) == 0 || block.count > kMaxBlockKeys) return std::nullopt;
  const unsigned run = count_ones(block.occupied & low_bits(bucket));
  const unsigned width = tag_bits(block.count);
  const std::uint64_t tag = tag_of(place.fraction, width);
  for (unsigned i = run == 0 ? 0 : select_end(block, run - 1) + 1; i < block.count; ++i) {
    if (bits_of(block.rest, block.count + i * width, width) == tag) {
      const std::uint32_t rank = block.first_rank + i;
      if (rank < tails_.size() && is_it(rank)) return rank;
    }
    if ((block.rest[i / 64] >> (i % 64) & 1) != 0) break;
  }
  return std::nullopt;
}

std::optional<std::uint32_t> KeySetView::find(std::uint64_t key) const {
  if (blocks_.empty()) return std::nullopt;
  const Place place = place_of(key);
  const KeyBlock& block = blocks_[place.block];
  if (block.count == kCrowdedBlock) return find_in_crowd(key);
  return search(block, place, [&](std::uint32_t rank) {
    return tails_[rank] == (key & low_bits(tails_.width()));
  });
}

void KeySetView::prefetch_tail(std::uint64_t key) const {
  if (blocks_.empty()) return;
  const Place place = place_of(key);
  search(blocks_[place.block], place, [&](std::uint32_t rank) {
    tails_.prefetch(rank);
    return true;
  });
}

std::optional<std::uint32_t> KeySetView::find_in_crowd(std::uint64_t key) const {
  const auto found = std::ranges::lower_bound(crowd_, key, {}, &CrowdedKey::key);
  if (found == crowd_.end() || found->key != key || found->rank >= size()) return std::nullopt;
  return static_cast<std::uint32_t>(found->rank);
}

std::uint64_t KeySetView::key_at(std::uint64_t rank) const {
  if (rank >= size() || blocks_.empty()) return 0;
  // Blocks without keys begin where the next one does, so the last that begins at or before the
  // rank holds it.
  const auto behind = std::ranges::upper_bound(blocks_, rank, {}, &KeyBlock::first_rank);
  if (behind == blocks_.begin()) return 0;
  const KeyBlock& block = *(behind - 1);
  const std::uint64_t in_block = rank - block.first_rank;
  if (block.count == kCrowdedBlock) {
    const auto found = std::ranges::lower_bound(crowd_, rank, {}, &CrowdedKey::rank);
    return found == crowd_.end() ? 0 : found->key;
  }
  if (block.count > kMaxBlockKeys || in_block >= block.count) return 0;
  const auto i = static_cast<unsigned>(in_block);
  unsigned run = 0;
  for (unsigned before = 0; before < i; ++before)
    run += (block.rest[before / 64] >> (before % 64) & 1) != 0 ? 1 : 0;
  const std::uint64_t bucket = select_one(block.occupied, run) % 64;
  const unsigned width = tag_bits(block.count);
  std::uint64_t fraction = bucket << kFractionBits;
  if (width > 0)
    fraction |= bits_of(block.rest, block.count + i * width, width) << (kFractionBits - width);
  // The smallest key of that place, then the first from there on with the tail.
  const Wide product = static_cast<Wide>(behind - 1 - blocks_.begin()) << 64 | fraction;
  const Wide least = (product + blocks_.size() - 1) / blocks_.size();
  const unsigned shift = 64 - key_bits_;
  const auto key = static_cast<std::uint64_t>((least + low_bits(shift)) >> shift);
  const std::uint64_t mask = low_bits(tails_.width());
  return key + ((tails_[rank] - key) & mask);
}

namespace {

// One block's keys at a time, from ascending keys.
class BlockWriter {
 public:
  BlockWriter(KeySetSpools& out, unsigned key_bits, std::uint64_t block_count)
      : out_(&out), key_bits_(key_bits), block_count_(block_count) {}

  Wide product_of(std::uint64_t key) const {
    return static_cast<Wide>(key << (64 - key_bits_)) * block_count_;
  }
  void write(const std::vector<std::uint64_t>& keys, PackedWriter& tails) {
    KeyBlock block{};
    block.first_rank = static_cast<std::uint32_t>(out_->keys);
    if (keys.size() > kMaxBlockKeys) {
      block.count = kCrowdedBlock;
      block.occupied = ~std::uint64_t{0};
      for (std::size_t i = 0; i < keys.size(); ++i)
        out_->crowd.put(CrowdedKey{keys[i], out_->keys + i});
      out_->crowded += keys.size();
    } else {
      fill(block, keys);
    }
    for (const std::uint64_t key : keys) tails.add(key & low_bits(out_->tail_bits));
    out_->blocks.put(block);
    out_->keys += keys.size();
    ++out_->block_count;
  }

 private:
  void fill(KeyBlock& block, const std::vector<std::uint64_t>& keys) const {
    block.count = static_cast<std::uint16_t>(keys.size());
    const unsigned width = tag_bits(block.count);
    const auto bucket_of = [&](std::size_t i) {
      return static_cast<std::uint64_t>(product_of(keys[i])) >> kFractionBits;
    };
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const auto number = static_cast<unsigned>(i);
      block.occupied |= std::uint64_t{1} << bucket_of(i);
      if (i + 1 == keys.size() || bucket_of(i + 1) != bucket_of(i))
        set_bits(block.rest, number, 1, 1);
      set_bits(block.rest, block.count + number * width, width,
               tag_of(static_cast<std::uint64_t>(product_of(keys[i])), width));
    }
  }

  KeySetSpools* out_;
  unsigned key_bits_;
  std::uint64_t block_count_;
};

// Calls use(keys) for each block in order, with its keys; for empty ones too.
template <class Use>
Result<void> for_each_block(const Spool& keys, const BlockWriter& writer, std::uint64_t blocks,
                            Use use) {
  SpoolReader reader(keys, 0, keys.size());
  std::vector<std::uint64_t> of_block;
  std::uint64_t block = 0;
  for (std::uint64_t key; reader.next(key);) {
    for (const auto own = static_cast<std::uint64_t>(writer.product_of(key) >> 64); block < own;
         ++block) {
      use(of_block);
      of_block.clear();
    }
    of_block.push_back(key);
  }
  STOWAWAY_TRY_VOID(reader.result());
  for (; block < blocks; ++block) {
    use(of_block);
    of_block.clear();
  }
  return {};
}

}  // namespace

Result<KeySetSpools> write_key_set(const Spool& keys, unsigned key_bits, unsigned keys_per_block,
                                   const std::string& directory) {
  STOWAWAY_TRY(auto blocks, Spool::create(directory));
  STOWAWAY_TRY(auto tails, Spool::create(directory));
  STOWAWAY_TRY(auto crowd, Spool::create(directory));
  KeySetSpools out{std::move(blocks), std::move(tails), std::move(crowd)};
  const std::uint64_t count = keys.size() / sizeof(std::uint64_t);
  const std::uint64_t block_count = std::max<std::uint64_t>(1, count / keys_per_block);
  BlockWriter writer(out, key_bits, block_count);
  unsigned narrowest_tag = kMaxTagBits;
  STOWAWAY_TRY_VOID(for_each_block(keys, writer, block_count, [&](const auto& of_block) {
    if (of_block.size() <= kMaxBlockKeys)
      narrowest_tag = std::min(narrowest_tag, tag_bits(static_cast<unsigned>(of_block.size())));
  }));
  const unsigned said =
      kBucketBits + narrowest_tag + static_cast<unsigned>(std::bit_width(block_count)) - 1;
  out.tail_bits = key_bits > said ? key_bits - said : 0;
  PackedWriter tail_writer(out.tails, out.tail_bits);
  STOWAWAY_TRY_VOID(for_each_block(keys, writer, block_count, [&](const auto& of_block) {
    writer.write(of_block, tail_writer);
  }));
  tail_writer.finish();
  return out;
}

}  // namespace stowaway::kb::index
