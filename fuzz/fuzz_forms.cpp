// Bytes as what was learnt of a fix.
#include <cstddef>
#include <cstdint>

#include "advisory/patch_forms.h"

using namespace stowaway;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto forms = advisory::read_forms({reinterpret_cast<const char*>(data), size});
  if (!forms) return 0;
  const std::string text = advisory::write_forms(*forms);
  const auto again = advisory::read_forms(text);
  STOWAWAY_CHECK(again.has_value(), "what was written is read");
  STOWAWAY_CHECK(advisory::write_forms(*again) == text, "the same forms give the same bytes");
  return 0;
}
