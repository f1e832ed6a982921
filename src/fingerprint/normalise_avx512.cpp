#include "fingerprint/normalise_avx512.h"

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

constexpr std::size_t kBlock = 64;

// Bytes of one step, zeros behind the end of the text; a zero is dropped as white space is.
STOWAWAY_AVX512 inline __m512i load(const std::uint8_t* in, std::size_t left) {
  if (left >= kBlock) return _mm512_loadu_si512(in);
  return _mm512_maskz_loadu_epi8(_cvtu64_mask64((std::uint64_t{1} << left) - 1), in);
}

STOWAWAY_AVX512 inline std::uint64_t equal(__m512i bytes, char to) {
  return _cvtmask64_u64(_mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(to)));
}

// Writes the visible ones of the first `count` bytes; returns the new end.
STOWAWAY_AVX512 inline std::uint8_t* write(std::uint8_t* out, __m512i bytes, std::size_t count) {
  const std::uint64_t first = count >= kBlock ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
  const std::uint64_t visible =
      first & _cvtmask64_u64(_mm512_cmpgt_epu8_mask(bytes, _mm512_set1_epi8(0x20)));
  _mm512_storeu_si512(out, _mm512_maskz_compress_epi8(_cvtu64_mask64(visible), bytes));
  return out + std::popcount(visible);
}

// Each of the functions below reads from `at` on, writes what is visible, and returns where it
// stopped, which is `end` at most.

STOWAWAY_AVX512 inline const std::uint8_t* copy_all(const std::uint8_t* at, const std::uint8_t* end,
                                                    std::uint8_t*& out) {
  for (; at < end; at += kBlock) {
    const auto left = static_cast<std::size_t>(end - at);
    out = write(out, load(at, left), left);
  }
  return end;
}

// Up to a quote or a slash.
STOWAWAY_AVX512 inline const std::uint8_t* copy_plain(const std::uint8_t* at,
                                                      const std::uint8_t* end, std::uint8_t*& out) {
  while (at < end) {
    const auto left = static_cast<std::size_t>(end - at);
    const __m512i bytes = load(at, left);
    const std::uint64_t special = equal(bytes, '"') | equal(bytes, '\'') | equal(bytes, '/');
    if (special != 0) {
      const auto count = static_cast<std::size_t>(std::countr_zero(special));
      out = write(out, bytes, count);
      return at + count;
    }
    out = write(out, bytes, left);
    at += kBlock;
  }
  return end;
}

// Behind the literal that opens at `at`.
STOWAWAY_AVX512 inline const std::uint8_t* copy_literal(const std::uint8_t* at,
                                                        const std::uint8_t* end,
                                                        std::uint8_t*& out) {
  const auto quote = static_cast<char>(*at);
  *out++ = *at++;
  while (at < end) {
    const auto left = static_cast<std::size_t>(end - at);
    const __m512i bytes = load(at, left);
    const std::uint64_t special = equal(bytes, quote) | equal(bytes, '\n') | equal(bytes, '\\');
    if (special == 0) {
      out = write(out, bytes, left);
      at += kBlock;
      continue;
    }
    const auto count = static_cast<std::size_t>(std::countr_zero(special));
    const bool escape = at[count] == '\\' && count + 1 < left;
    const std::size_t taken = count + 1;
    out = write(out, bytes, taken);
    at += taken;
    if (at[-1] != '\\') return at;
    if (escape) {
      *out = *at;
      out += *at++ > 0x20;
    }
  }
  return end;
}

STOWAWAY_AVX512 inline const std::uint8_t* find_comment_end(const std::uint8_t* at,
                                                            const std::uint8_t* end) {
  while (at + 1 < end) {
    const auto left = static_cast<std::size_t>(end - at);
    const std::uint64_t found = equal(load(at, left), '*') & equal(load(at + 1, left - 1), '/');
    if (found != 0) return at + std::countr_zero(found) + 2;
    at += kBlock;
  }
  return nullptr;
}

const std::uint8_t* find_newline(const std::uint8_t* at, const std::uint8_t* end) {
  const void* newline = std::memchr(at, '\n', static_cast<std::size_t>(end - at));
  return newline == nullptr ? end : static_cast<const std::uint8_t*>(newline);
}

bool may_precede_line_comment(std::uint8_t byte) {
  return byte <= 0x20 || byte == ';' || byte == '{' || byte == '}' || byte == ',' || byte == '(' ||
         byte == ')';
}

STOWAWAY_AVX512 void strip_c(const std::uint8_t* in, const std::uint8_t* end, bool line_comments,
                             std::uint8_t*& out) {
  bool unclosed = false;  // once a "/*" has no end, no later one has
  for (const std::uint8_t* at = in; (at = copy_plain(at, end, out)) < end;) {
    if (*at != '/') {
      at = copy_literal(at, end, out);
      continue;
    }
    const std::uint8_t next = at + 1 < end ? at[1] : 0;
    if (next == '*' && !unclosed) {
      const std::uint8_t* after = find_comment_end(at + 2, end);
      if (after != nullptr) {
        at = after;
        continue;
      }
      unclosed = true;
    } else if (line_comments && next == '/' && (at == in || may_precede_line_comment(at[-1]))) {
      at = find_newline(at, end);
      continue;
    }
    *out++ = *at++;
  }
}

STOWAWAY_AVX512 void strip_hash(const std::uint8_t* at, const std::uint8_t* end,
                                std::uint8_t*& out) {
  while (at < end) {
    const std::uint8_t* line_end = find_newline(at, end);
    while (at < line_end && *at <= 0x20) ++at;
    if (at < line_end && *at != '#') copy_all(at, line_end, out);
    at = line_end + 1;
  }
}

}  // namespace

std::size_t strip_avx512(const std::uint8_t* in, std::size_t size, CommentStyle style,
                         std::uint8_t* out) {
  std::uint8_t* at = out;
  switch (style) {
    case CommentStyle::none: copy_all(in, in + size, at); break;
    case CommentStyle::c: strip_c(in, in + size, true, at); break;
    case CommentStyle::css: strip_c(in, in + size, false, at); break;
    case CommentStyle::hash: strip_hash(in, in + size, at); break;
  }
  return static_cast<std::size_t>(at - out);
}

}  // namespace stowaway::fingerprint

#endif
