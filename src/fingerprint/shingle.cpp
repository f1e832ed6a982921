#include "fingerprint/shingle.h"

#include <xxhash.h>

#include <bit>

#include "fingerprint/instruction_set.h"
#if STOWAWAY_HAS_AVX
#include <immintrin.h>
#endif

#if defined(__GNUC__) && !defined(__clang__)
// GCC's own headers leave the operand of an unused mask uninitialised: GCC bug 105593.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif

namespace stowaway::fingerprint {
namespace {

constexpr std::uint32_t kSelectorFactor = 0x9E3779B1U;
constexpr std::uint32_t kSelectBelow = 1U << (32 - kMinDensityExponent);

Shingle shingle_at(const std::uint8_t* last, std::uint32_t selector) {
  const std::uint64_t hash = XXH3_64bits(last - (kShingleBytes - 1), kShingleBytes);
  return Shingle{hash >> (64 - kShingleKeyBits),
                 static_cast<std::uint8_t>(std::countl_zero(selector))};
}

// From position `from` on; the window's sum is built anew.
void sample_scalar(const std::uint8_t* in, std::size_t from, std::size_t size,
                   std::vector<Shingle>& out) {
  std::uint32_t sum = 0;
  for (std::size_t i = from - (kShingleBytes - 1); i < from; ++i) sum = 2 * sum + in[i];
  for (std::size_t i = from; i < size; ++i) {
    sum = 2 * sum + in[i];
    const std::uint32_t selector = sum * kSelectorFactor;
    if (selector < kSelectBelow) out.push_back(shingle_at(in + i, selector));
  }
}

#if STOWAWAY_HAS_AVX

// The vector forms build the sum over 32 bytes by doubling, for several positions at once: over two
// bytes, S2[i] = b[i] + 2 b[i-1]; over four, S4[i] = S2[i] + 4 S2[i-2]; and so on to 32. Positions
// before the text count as zeros, and the first 31 are not looked at.

// The positions of one step where the selector is small enough.
void keep(const std::uint8_t* in, std::size_t at, std::uint32_t small,
          const std::uint32_t* selectors, std::vector<Shingle>& out) {
  for (; small != 0; small &= small - 1) {
    const auto lane = static_cast<std::size_t>(std::countr_zero(small));
    if (at + lane >= kShingleBytes - 1) out.push_back(shingle_at(in + at + lane, selectors[lane]));
  }
}

STOWAWAY_AVX512 std::size_t sample_avx512(const std::uint8_t* in, std::size_t size,
                                          std::vector<Shingle>& out) {
  constexpr std::size_t kLanes = 16;
  const __m512i factor = _mm512_set1_epi32(static_cast<int>(kSelectorFactor));
  const __m512i below = _mm512_set1_epi32(static_cast<int>(kSelectBelow));
  __m512i last1 = _mm512_setzero_si512(), last2 = last1, last4 = last1, last8 = last1,
          last16 = last1;
  alignas(64) std::uint32_t selectors[kLanes];
  std::size_t at = 0;
  for (; at + kLanes <= size; at += kLanes) {
    const __m512i s1 =
        _mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(in + at)));
    const __m512i s2 =
        _mm512_add_epi32(s1, _mm512_slli_epi32(_mm512_alignr_epi32(s1, last1, 15), 1));
    const __m512i s4 =
        _mm512_add_epi32(s2, _mm512_slli_epi32(_mm512_alignr_epi32(s2, last2, 14), 2));
    const __m512i s8 =
        _mm512_add_epi32(s4, _mm512_slli_epi32(_mm512_alignr_epi32(s4, last4, 12), 4));
    const __m512i s16 =
        _mm512_add_epi32(s8, _mm512_slli_epi32(_mm512_alignr_epi32(s8, last8, 8), 8));
    const __m512i s32 = _mm512_add_epi32(s16, _mm512_slli_epi32(last16, 16));
    last1 = s1, last2 = s2, last4 = s4, last8 = s8, last16 = s16;
    const __m512i selector = _mm512_mullo_epi32(s32, factor);
    const auto small =
        static_cast<std::uint32_t>(_cvtmask16_u32(_mm512_cmplt_epu32_mask(selector, below)));
    if (small == 0) continue;
    _mm512_store_si512(selectors, selector);
    keep(in, at, small, selectors, out);
  }
  return at;
}

STOWAWAY_AVX2 std::size_t sample_avx2(const std::uint8_t* in, std::size_t size,
                                      std::vector<Shingle>& out) {
  constexpr std::size_t kLanes = 8;
  const __m256i factor = _mm256_set1_epi32(static_cast<int>(kSelectorFactor));
  const __m256i highest = _mm256_set1_epi32(static_cast<int>(kSelectBelow - 1));
  const __m256i by_one = _mm256_setr_epi32(7, 0, 1, 2, 3, 4, 5, 6);
  const __m256i by_two = _mm256_setr_epi32(6, 7, 0, 1, 2, 3, 4, 5);
  __m256i last1 = _mm256_setzero_si256(), last2 = last1, last4 = last1, last8 = last1,
          last16 = last1, before16 = last1;
  alignas(32) std::uint32_t selectors[kLanes];
  std::size_t at = 0;
  for (; at + kLanes <= size; at += kLanes) {
    const __m256i s1 =
        _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(in + at)));
    const __m256i back1 =
        _mm256_permutevar8x32_epi32(_mm256_blend_epi32(s1, last1, 0b10000000), by_one);
    const __m256i s2 = _mm256_add_epi32(s1, _mm256_slli_epi32(back1, 1));
    const __m256i back2 =
        _mm256_permutevar8x32_epi32(_mm256_blend_epi32(s2, last2, 0b11000000), by_two);
    const __m256i s4 = _mm256_add_epi32(s2, _mm256_slli_epi32(back2, 2));
    const __m256i back4 = _mm256_permute2x128_si256(last4, s4, 0x21);
    const __m256i s8 = _mm256_add_epi32(s4, _mm256_slli_epi32(back4, 4));
    const __m256i s16 = _mm256_add_epi32(s8, _mm256_slli_epi32(last8, 8));
    const __m256i s32 = _mm256_add_epi32(s16, _mm256_slli_epi32(before16, 16));
    before16 = last16;
    last1 = s1, last2 = s2, last4 = s4, last8 = s8, last16 = s16;
    const __m256i selector = _mm256_mullo_epi32(s32, factor);
    const __m256i is_small = _mm256_cmpeq_epi32(_mm256_min_epu32(selector, highest), selector);
    const auto small =
        static_cast<std::uint32_t>(_mm256_movemask_ps(_mm256_castsi256_ps(is_small)));
    if (small == 0) continue;
    _mm256_store_si256(reinterpret_cast<__m256i*>(selectors), selector);
    keep(in, at, small, selectors, out);
  }
  return at;
}

#endif

}  // namespace

void sample_shingles(Bytes normalised, std::vector<Shingle>& out, InstructionSet with) {
  out.clear();
  if (normalised.size() < kShingleBytes) return;
  const auto* in = reinterpret_cast<const std::uint8_t*>(normalised.data());
  std::size_t from = kShingleBytes - 1;
#if STOWAWAY_HAS_AVX
  if (with == InstructionSet::avx512) from = sample_avx512(in, normalised.size(), out);
  if (with == InstructionSet::avx2) from = sample_avx2(in, normalised.size(), out);
#endif
  static_cast<void>(with);
  sample_scalar(in, from, normalised.size(), out);
}

void sample_shingles(Bytes normalised, std::vector<Shingle>& out) {
  sample_shingles(normalised, out, best_instruction_set());
}

}  // namespace stowaway::fingerprint
