// The tables of acceptances and notices, in the ledger's database. docs/notices.md explains
// them.
#pragma once

#include "base/result.h"
#include "base/sqlite.h"

namespace stowaway::ledger {

// Makes what is missing. May be called on every opening.
Result<void> make_notice_tables(sqlite::Database& database);

}  // namespace stowaway::ledger
