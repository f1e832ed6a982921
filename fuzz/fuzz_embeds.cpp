// Bytes as an Embeds field, and as a control file. What is read is written and read again alike.
#include <cstddef>
#include <cstdint>

#include "report/embeds_check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stowaway::report;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto entries = parse_embeds(text)) {
    const auto again = parse_embeds(embeds_value(*entries));
    STOWAWAY_CHECK(again.has_value(), "what was written cannot be read");
    STOWAWAY_CHECK(embeds_value(*again) == embeds_value(*entries), "read differently");
    for (const auto& difference : compare_embeds(*entries, *again))
      STOWAWAY_CHECK(!text_of(difference).empty(), "a difference without words");
  }
  static_cast<void>(read_declared(text));
  return 0;
}
