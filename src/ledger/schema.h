// The ledger's tables, and how an older ledger becomes one of today: docs/ledger.md describes them.
#pragma once

#include "base/result.h"
#include "ledger/sql.h"

namespace stowaway::ledger {

// Brings an empty or older database to today's tables, step by step, each step whole or not at all;
// two processes may do so at once. Fails with corrupt (a database of something else) or unsupported
// (made by a later program).
Result<void> migrate(sql::Database& database);

// The same checks, without changing anything; an older ledger is unsupported, too.
Result<void> check_tables(sql::Database& database);

}  // namespace stowaway::ledger
