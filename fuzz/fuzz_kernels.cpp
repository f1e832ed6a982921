// The vector forms of normalisation and sampling against the plain ones.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "fingerprint/normalise.h"
#include "fingerprint/shingle.h"

using namespace stowaway::fingerprint;

namespace {

bool same(Bytes a, Bytes b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
  std::vector<std::byte> plain, fast;
  std::vector<Shingle> plain_shingles, shingles;
  for (const auto style :
       {CommentStyle::none, CommentStyle::c, CommentStyle::css, CommentStyle::hash}) {
    const Bytes expected = normalise(bytes, style, plain, InstructionSet::scalar);
    sample_shingles(expected, plain_shingles, InstructionSet::scalar);
    for (const auto with : {InstructionSet::avx2, InstructionSet::avx512}) {
      if (with > best_instruction_set()) continue;
      if (!same(expected, normalise(bytes, style, fast, with))) std::abort();
      sample_shingles(expected, shingles, with);
      if (shingles != plain_shingles) std::abort();
    }
  }
  return 0;
}
