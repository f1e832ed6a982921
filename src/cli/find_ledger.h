// Finds the ledger: --ledger, $STOWAWAY_LEDGER, the user's data directory.
#pragma once

#include <string>

#include "base/result.h"
#include "base/sqlite.h"
#include "ledger/when.h"

namespace stowaway::cli {

// "" where neither the option nor the environment names one and there is no home.
std::string ledger_file(const std::string& option);

// Opens it with the tables of acceptances and notices; makes what is missing. Fails with
// unavailable (nothing says where), or as SQLite does.
Result<sqlite::Database> open_ledger(const std::string& option);

// The present time, or what SOURCE_DATE_EPOCH fixes.
ledger::Seconds now_seconds();

}  // namespace stowaway::cli
