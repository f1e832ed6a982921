// Bytes as a JSON report of a scan.
#include <cstddef>
#include <cstdint>

#include "advisory/scan_report.h"

using namespace stowaway;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  static_cast<void>(advisory::looks_like_scan_report(text));
  const auto subject = advisory::read_scan_report(text);
  if (!subject) return 0;
  for (const advisory::AuditedCopy& copy : subject->copies)
    STOWAWAY_CHECK(!copy.component.empty(), "a copy of nothing");
  return 0;
}
