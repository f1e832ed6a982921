// Fingerprints from a ledger: decoding, and decoding what was encoded.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "match/fingerprints.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stowaway::match;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  static_cast<void>(unpack_shingles(bytes));
  const auto read = decode_fingerprints(bytes);
  if (!read) return 0;
  const auto again = decode_fingerprints(encode_fingerprints(*read));
  if (!again || again->files.size() != read->files.size()) std::abort();
  return 0;
}
