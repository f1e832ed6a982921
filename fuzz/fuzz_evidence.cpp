// Bytes as outcomes of test cases, or as patch presence.
#include <cstddef>
#include <cstdint>

#include "advisory/evidence.h"

using namespace stowaway;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto seen = advisory::read_evidence({reinterpret_cast<const char*>(data), size});
  if (!seen) return 0;
  for (const advisory::Observation& one : *seen)
    STOWAWAY_CHECK(one.patch_form.has_value() != one.testcase_verdict.has_value(), "what it says");
  return 0;
}
