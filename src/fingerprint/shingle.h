// Sampled shingles: a sketch of a text that survives edits, moves and amalgamation.
//
// Over the normalised bytes, every run of 32 bytes is a shingle; a run is kept when a selector hash
// of it has at least `density_exponent` leading zero bits, so about one in 2^density_exponent is
// kept, whatever lies around it (FracMinHash: Brown & Irber 2016, Irber et al. 2022). A sparser
// sample is a subset of a denser one, so a file sampled at 1/1024 can be looked for in a query
// sampled at 1/64. Part of the pack format, like normalisation.
//
// Selector: S = sum of b[i-j] * 2^j for j = 0…31, modulo 2^32 (a gear-style recurrence, S' = 2S +
// b), times 0x9E3779B1 modulo 2^32. Key: the upper 48 bits of XXH3-64 of the 32 bytes. Cost: two
// operations a byte, one XXH3 a kept shingle. Safe from any thread.
#pragma once

#include <cstdint>
#include <vector>

#include "fingerprint/identity.h"
#include "fingerprint/instruction_set.h"

namespace stowaway::fingerprint {

inline constexpr std::size_t kShingleBytes = 32;
inline constexpr unsigned kMinDensityExponent = 6;  // the densest sample: 1/64, what queries use
inline constexpr unsigned kMaxDensityExponent = 16;
inline constexpr unsigned kShingleKeyBits = 48;

struct Shingle {
  std::uint64_t key;      // 48 bits
  std::uint8_t exponent;  // the sparsest density that still keeps it: 6…32
  friend bool operator==(const Shingle&, const Shingle&) = default;
};

// Overwrites `out` with the shingles of at least kMinDensityExponent, in text order, repeats
// included.
void sample_shingles(Bytes normalised, std::vector<Shingle>& out);
// The same with these instructions, which the processor must have. For tests and benchmarks.
void sample_shingles(Bytes normalised, std::vector<Shingle>& out, InstructionSet with);

}  // namespace stowaway::fingerprint
