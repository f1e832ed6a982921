// Finds the ledger: --ledger, $STOWAWAY_LEDGER, the user's data directory.
#pragma once

#include <string>

#include "base/result.h"
#include "ledger/ledger.h"
#include "ledger/when.h"

namespace stowaway::cli {

// A file or a URL; "" where neither the option nor the environment names one and there is no home.
std::string ledger_file(const std::string& option);

// Opens it to write; makes what is missing. Fails with unavailable (nothing says where), or as
// Ledger::open does.
Result<ledger::Ledger> open_ledger(const std::string& option);
// To look alone: fails with not_found where there is none.
Result<ledger::Ledger> open_ledger_to_read(const std::string& option);

// The present time, or what SOURCE_DATE_EPOCH fixes.
ledger::Seconds now_seconds();

}  // namespace stowaway::cli
