// Marks: a sequence of bits of which some are set, with counting and finding in constant time.
// Where bit i is set when thing i begins a new group, rank() says to which group a thing belongs
// and select() where a group begins, for a little over one bit a thing.
//
// A section of marks: the bits in blocks of 64 bytes (one more than is filled, so that there is
// always one behind the last bit); for each block, and once behind the last, a u32 with the ones
// before it; for each 512th one a u32 with the number of its block.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "kb/index/spool.h"

namespace stowaway::kb::index {

// A view of a section, which is foreign: wrong counts give wrong answers, never a read outside.
// Plain value; safe from any thread.
class MarksView {
 public:
  MarksView() = default;
  // Fails with corrupt when `bytes` have no room for marks over `count` bits of which `ones` are
  // set.
  static Result<MarksView> of(std::span<const std::byte> bytes, std::uint64_t count,
                              std::uint64_t ones);

  std::uint64_t size() const { return size_; }  // bits
  std::uint64_t ones() const { return ones_; }
  // Ones before bit `i`.
  std::uint64_t rank(std::uint64_t i) const;
  // The one that has `k` ones before it; size() when there is none.
  std::uint64_t select(std::uint64_t k) const;
  // Brings what select(k) reads of the bits into the cache; for batches.
  void prefetch(std::uint64_t k) const;
  // The first one at or behind bit `i`; size() when there is none.
  std::uint64_t next(std::uint64_t i) const;
  bool at(std::uint64_t i) const { return i < size_ && (words_[i / 64] >> (i % 64) & 1) != 0; }

 private:
  std::uint64_t block_of(std::uint64_t k) const;

  const std::uint64_t* words_ = nullptr;
  const std::uint32_t* ranks_ = nullptr;
  const std::uint32_t* hints_ = nullptr;
  std::uint64_t size_ = 0, ones_ = 0, blocks_ = 0;
};

// Writes a section, bit for bit. Memory: one byte for each hundred bits.
class MarksWriter {
 public:
  explicit MarksWriter(Spool& out) : out_(&out) {}
  void add(bool is_set);
  // Ends the section.
  void finish();
  std::uint64_t size() const { return size_; }
  std::uint64_t ones() const { return ones_; }

 private:
  void end_word();

  Spool* out_;
  std::uint64_t word_ = 0, size_ = 0, ones_ = 0;
  std::vector<std::uint32_t> ranks_, hints_;
};

}  // namespace stowaway::kb::index
