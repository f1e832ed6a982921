// Lists of claims: whatever comes in, what was read can be written and read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "ledger/claims.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stowaway::ledger;
  const auto read = read_claims({reinterpret_cast<const char*>(data), size});
  if (!read) return 0;
  const auto again = read_claims(write_claims(read->claims));
  if (!again || again->claims.size() != read->claims.size()) std::abort();
  return 0;
}
