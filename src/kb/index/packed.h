// Numbers of one width, 0 to 64 bits, one behind the other from the lowest bit of the first byte
// on. kPackedPadding bytes of zeros follow, so that any number can be read with whole words.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace stowaway::kb::index {

inline constexpr std::uint64_t kPackedPadding = 16;

constexpr std::uint64_t low_bits(unsigned width) {
  return width >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << width) - 1;
}

// Bytes of a packed section.
constexpr std::uint64_t packed_bytes(std::uint64_t count, unsigned width) {
  return (count * width + 7) / 8 + kPackedPadding;
}

// A view; plain value, safe from any thread. A number that is not there reads as 0.
class PackedView {
 public:
  PackedView() = default;
  // `bytes` holds at least packed_bytes(count, width); the caller has checked that.
  PackedView(std::span<const std::byte> bytes, std::uint64_t count, unsigned width)
      : base_(bytes.data()), count_(count), width_(width), mask_(low_bits(width)) {}

  std::uint64_t size() const { return count_; }
  unsigned width() const { return width_; }

  std::uint64_t operator[](std::uint64_t i) const {
    if (i >= count_) return 0;
    const std::uint64_t bit = i * width_;
    const std::byte* at = base_ + bit / 8;
    const auto shift = static_cast<unsigned>(bit % 8);
    std::uint64_t word;
    std::memcpy(&word, at, sizeof word);
    word >>= shift;
    if (shift + width_ > 64) word |= static_cast<std::uint64_t>(at[8]) << (64 - shift);
    return word & mask_;
  }

  void prefetch(std::uint64_t i) const {
    if (i < count_) __builtin_prefetch(base_ + i * width_ / 8);
  }

 private:
  const std::byte* base_ = nullptr;
  std::uint64_t count_ = 0;
  unsigned width_ = 0;
  std::uint64_t mask_ = 0;
};

}  // namespace stowaway::kb::index
