#include "fingerprint/normalise_vector.h"

#if STOWAWAY_HAS_AVX

#include <immintrin.h>

#include <array>
#include <bit>
#include <cstring>

namespace stowaway::fingerprint {
namespace {

constexpr std::size_t kBlock = 64, kWord = 8;
struct Block {
  __m256i low, high;
};

// For each choice of eight bytes the shuffle that moves those chosen to the front; there is no
// instruction for that before AVX-512.
constexpr std::array<std::array<std::uint8_t, kWord>, 256> make_shuffles() {
  std::array<std::array<std::uint8_t, kWord>, 256> shuffles{};
  for (unsigned choice = 0; choice < 256; ++choice) {
    std::size_t count = 0;
    for (std::uint8_t byte = 0; byte < kWord; ++byte)
      if ((choice >> byte & 1U) != 0) shuffles[choice][count++] = byte;
  }
  return shuffles;
}
alignas(64) constexpr auto kShuffles = make_shuffles();

STOWAWAY_AVX2 inline Block load(const std::uint8_t* in, std::size_t left) {
  alignas(32) std::uint8_t rest[kBlock];
  if (left < kBlock) {
    std::memset(rest, 0, sizeof rest);
    std::memcpy(rest, in, left);
    in = rest;
  }
  return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(in)),
          _mm256_loadu_si256(reinterpret_cast<const __m256i*>(in + 32))};
}

STOWAWAY_AVX2 inline std::uint64_t mask_of(__m256i low, __m256i high) {
  return static_cast<std::uint32_t>(_mm256_movemask_epi8(low)) |
         std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(high))} << 32;
}

STOWAWAY_AVX2 inline std::uint64_t equal(const Block& bytes, char to) {
  const __m256i wanted = _mm256_set1_epi8(to);
  return mask_of(_mm256_cmpeq_epi8(bytes.low, wanted), _mm256_cmpeq_epi8(bytes.high, wanted));
}

STOWAWAY_AVX2 inline std::uint8_t* write(std::uint8_t* out, const Block& bytes, std::size_t count) {
  const std::uint64_t first = count >= kBlock ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
  const __m256i blank = _mm256_set1_epi8(0x20);
  std::uint64_t visible =
      first & ~mask_of(_mm256_cmpeq_epi8(_mm256_min_epu8(bytes.low, blank), bytes.low),
                       _mm256_cmpeq_epi8(_mm256_min_epu8(bytes.high, blank), bytes.high));
  if (visible == ~std::uint64_t{0}) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), bytes.low);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + 32), bytes.high);
    return out + kBlock;
  }
  alignas(32) std::uint8_t words[kBlock];
  _mm256_store_si256(reinterpret_cast<__m256i*>(words), bytes.low);
  _mm256_store_si256(reinterpret_cast<__m256i*>(words + 32), bytes.high);
  for (const std::uint8_t* word = words; visible != 0; word += kWord, visible >>= kWord) {
    const auto choice = static_cast<std::uint8_t>(visible);
    const __m128i chosen =
        _mm_shuffle_epi8(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(word)),
                         _mm_loadl_epi64(reinterpret_cast<const __m128i*>(&kShuffles[choice])));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(out), chosen);
    out += std::popcount(choice);
  }
  return out;
}

#define STOWAWAY_TARGET STOWAWAY_AVX2
#include "fingerprint/normalise_strip.inc"

}  // namespace

std::size_t strip_avx2(const std::uint8_t* in, std::size_t size, CommentStyle style,
                       std::uint8_t* out) {
  return strip(in, size, style, out);
}

}  // namespace stowaway::fingerprint

#endif
