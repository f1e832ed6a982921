#include "fingerprint/shingle.h"

#include <xxhash.h>

#include <bit>

namespace stowaway::fingerprint {
namespace {

constexpr std::uint32_t kSelectorFactor = 0x9E3779B1U;
constexpr std::uint32_t kSelectBelow = 1U << (32 - kMinDensityExponent);

Shingle shingle_at(const std::uint8_t* last, std::uint32_t selector) {
  const std::uint64_t hash = XXH3_64bits(last - (kShingleBytes - 1), kShingleBytes);
  return Shingle{hash >> (64 - kShingleKeyBits),
                 static_cast<std::uint8_t>(std::countl_zero(selector))};
}

}  // namespace

void sample_shingles_scalar(Bytes normalised, std::vector<Shingle>& out) {
  out.clear();
  if (normalised.size() < kShingleBytes) return;
  const auto* in = reinterpret_cast<const std::uint8_t*>(normalised.data());
  const std::size_t size = normalised.size();
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i + 1 < kShingleBytes; ++i) sum = 2 * sum + in[i];
  for (std::size_t i = kShingleBytes - 1; i < size; ++i) {
    sum = 2 * sum + in[i];
    const std::uint32_t selector = sum * kSelectorFactor;
    if (selector < kSelectBelow) out.push_back(shingle_at(in + i, selector));
  }
}

void sample_shingles(Bytes normalised, std::vector<Shingle>& out) {
  sample_shingles_scalar(normalised, out);
}

}  // namespace stowaway::fingerprint
