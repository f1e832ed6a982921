// Normalised bytes: what is left of a text without comments, white space and line ends. Two texts
// with equal normalised bytes differ only in layout, comments and licence headers.
//
// The definition is part of the pack format (docs/pack-format.md, "Normalisation") and must never
// change silently: packs carry kNormalisationVersion and a reader refuses another one.
//
// Rules, for text (no NUL among the first 8,000 bytes, git's rule); anything else is kept as it is:
//  1. a leading UTF-8 byte order mark is dropped;
//  2. every byte <= 0x20 is dropped, in strings too;
//  3. comments are dropped, as the style says:
//     c     "/*" up to "*/"; "//" up to the line's end where the byte before it is <= 0x20 or one
//     of ;{},() or there is
//           none before it (so that "http://" and the end of a regular expression are not
//           comments); neither inside '…' or "…", which end at the same unescaped quote or at the
//           line's end; a "/*" that is never closed is not a comment;
//     css   the same without "//";
//     hash  a line whose first byte above 0x20 is '#';
//     none  nothing.
// Cost: one pass, no allocation but for `out`. Safe from any thread.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "fingerprint/identity.h"
#include "fingerprint/instruction_set.h"

namespace stowaway::fingerprint {

inline constexpr unsigned kNormalisationVersion = 1;

enum class CommentStyle : std::uint8_t { none, c, css, hash };

bool looks_like_text(Bytes bytes);

// Appends nothing: `out` is overwritten, its capacity is kept. Returns a view of `out`, or of
// `bytes` when they are not text.
Bytes normalise(Bytes bytes, CommentStyle style, std::vector<std::byte>& out);

// The same with these instructions, which the processor must have; the result is the same. The
// scalar form is the definition in code. For tests and benchmarks.
Bytes normalise(Bytes bytes, CommentStyle style, std::vector<std::byte>& out, InstructionSet with);

// Names the files that are the same but for layout and comments: XXH3, 64 bits, of the normalised
// bytes.
using NormalisedId = std::uint64_t;
NormalisedId normalised_id(Bytes normalised);

}  // namespace stowaway::fingerprint
