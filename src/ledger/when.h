// Times and dates, UTC. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stowaway::ledger {

// Seconds since 1970; the caller's clock, so that tests can have their own.
using Seconds = std::int64_t;

std::string utc_text(Seconds time);   // "2026-11-23T08:00:00Z"
std::string utc_date(Seconds time);   // "2026-11-23"
std::string mail_date(Seconds time);  // "Mon, 23 Nov 2026 08:00:00 +0000" (RFC 5322)

// True for a day that exists, written as 2026-11-23. Such texts are in the order of time.
bool is_date(std::string_view text);

}  // namespace stowaway::ledger
