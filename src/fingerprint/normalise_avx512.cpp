#include "fingerprint/normalise_vector.h"

#if STOWAWAY_HAS_AVX

#include <immintrin.h>

#include <bit>
#include <cstring>

#if defined(__GNUC__) && !defined(__clang__)
// GCC's own headers leave the operand of an unused mask uninitialised: GCC bug 105593.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif

namespace stowaway::fingerprint {
namespace {

using Block = __m512i;
constexpr std::size_t kBlock = 64;

STOWAWAY_AVX512 inline Block load(const std::uint8_t* in, std::size_t left) {
  if (left >= kBlock) return _mm512_loadu_si512(in);
  return _mm512_maskz_loadu_epi8(_cvtu64_mask64((std::uint64_t{1} << left) - 1), in);
}

STOWAWAY_AVX512 inline std::uint64_t equal(Block bytes, char to) {
  return _cvtmask64_u64(_mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(to)));
}

STOWAWAY_AVX512 inline std::uint8_t* write(std::uint8_t* out, Block bytes, std::size_t count) {
  const std::uint64_t first = count >= kBlock ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
  const std::uint64_t visible =
      first & _cvtmask64_u64(_mm512_cmpgt_epu8_mask(bytes, _mm512_set1_epi8(0x20)));
  _mm512_storeu_si512(out, _mm512_maskz_compress_epi8(_cvtu64_mask64(visible), bytes));
  return out + std::popcount(visible);
}

#define STOWAWAY_TARGET STOWAWAY_AVX512
#include "fingerprint/normalise_strip.inc"

}  // namespace

std::size_t strip_avx512(const std::uint8_t* in, std::size_t size, CommentStyle style,
                         std::uint8_t* out) {
  return strip(in, size, style, out);
}

}  // namespace stowaway::fingerprint

#endif
