// Bytes as an OpenVEX or CycloneDX document.
#include <cstddef>
#include <cstdint>

#include "advisory/vex.h"

using namespace stowaway;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto statements = advisory::read_vex({reinterpret_cast<const char*>(data), size}, "fuzzed");
  if (!statements) return 0;
  for (const advisory::Statement& statement : *statements) {
    STOWAWAY_CHECK(!statement.vulnerabilities.empty(), "a statement about nothing");
    static_cast<void>(advisory::is_same_package(statement.part, statement.product, "1"));
  }
  return 0;
}
