// Counting and finding set bits of a word, without instructions that older processors lack.
#pragma once

#include <bit>
#include <cstdint>

namespace stowaway::kb::index {

// As std::popcount, which calls a function where the compiler may not assume the instruction.
constexpr unsigned count_ones(std::uint64_t word) {
#ifdef __POPCNT__
  return static_cast<unsigned>(std::popcount(word));
#else
  word -= (word >> 1) & 0x5555555555555555U;
  word = (word & 0x3333333333333333U) + ((word >> 2) & 0x3333333333333333U);
  word = (word + (word >> 4)) & 0x0F0F0F0F0F0F0F0FU;
  return static_cast<unsigned>((word * 0x0101010101010101U) >> 56);
#endif
}

// Position of the set bit that has `k` < 128 set bits below it; 64 when there is none.
constexpr unsigned select_one(std::uint64_t word, unsigned k) {
  constexpr std::uint64_t kOnes = 0x0101010101010101U, kTops = 0x8080808080808080U;
  std::uint64_t sums = word - ((word >> 1) & 0x5555555555555555U);
  sums = (sums & 0x3333333333333333U) + ((sums >> 2) & 0x3333333333333333U);
  sums = ((sums + (sums >> 4)) & 0x0F0F0F0F0F0F0F0FU) * kOnes;  // byte i: ones in bytes 0…i
  // The bytes whose sum is at most k lie wholly before the bit.
  const std::uint64_t before = (((k * kOnes) | kTops) - sums) & kTops;
  const auto byte = static_cast<unsigned>(((before >> 7) * kOnes) >> 56);
  if (byte == 8) return 64;
  if (byte > 0) k -= static_cast<unsigned>(sums >> (8 * (byte - 1))) & 0xFF;
  std::uint64_t rest = word >> (8 * byte);
  for (; k > 0; --k) rest &= rest - 1;
  return 8 * byte + static_cast<unsigned>(std::countr_zero(rest));
}

}  // namespace stowaway::kb::index
