// The whole ledger as JSON, one line each: for backups, comparisons and other programs.
#pragma once

#include <string>

#include "base/result.h"
#include "ledger/ledger.h"

namespace stowaway::report {

// {"snapshot": …, "fingerprints": their SHA-256 or "", "result": as `scan --json` writes it}, by
// subject and version, then {"failure": …}. The same contents give the same text. Held in memory.
Result<std::string> export_ledger(const ledger::Ledger& ledger);

}  // namespace stowaway::report
