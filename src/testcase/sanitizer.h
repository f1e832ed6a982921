// Reads what AddressSanitizer, UBSan and assert() print. Pure; safe from any thread. The text is
// foreign: anything may stand in it, and only what has the form of a report counts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stowaway::testcase {

struct SanitizerReport {
  // AddressSanitizer's own word ("heap-buffer-overflow", "SEGV", "negative-size-param"), or one of
  // "index-out-of-bounds", "signed-overflow", "division-by-zero", "null-pointer", "unreachable",
  // "other-undefined" for UBSan, or "assertion".
  std::string kind;
  bool from_address_sanitizer = false;
  std::string message;   // the line that says what happened
  std::string path;      // of the first frame that lies below /in/; empty: none does
  std::string function;  // of that frame; empty where it is not told
  unsigned line = 0;
  std::uint64_t address = 0;  // that a SEGV touched; 0 for any other kind
};

// In their order; at most 64.
std::vector<SanitizerReport> read_reports(std::string_view errors);

}  // namespace stowaway::testcase
