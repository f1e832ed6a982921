// The vector forms of normalisation, 64 bytes a step; private to `fingerprint`. The same result as
// the scalar form, byte for byte. Only on processors that have the instructions.
#pragma once

#include <cstddef>
#include <cstdint>

#include "fingerprint/instruction_set.h"
#include "fingerprint/normalise.h"

namespace stowaway::fingerprint {

#if STOWAWAY_HAS_AVX
// Writes what is left of in[0, size) to `out`, which has room for size + 64 bytes; returns how
// much. A byte order mark is gone already.
std::size_t strip_avx2(const std::uint8_t* in, std::size_t size, CommentStyle style,
                       std::uint8_t* out);
std::size_t strip_avx512(const std::uint8_t* in, std::size_t size, CommentStyle style,
                         std::uint8_t* out);
#endif

}  // namespace stowaway::fingerprint
