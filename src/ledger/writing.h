// Puts results into tables. Private to `ledger`; inside a transaction of the caller's.
#pragma once

#include <string>

#include "ledger/ledger.h"
#include "ledger/sql.h"

namespace stowaway::ledger {

// The subject's row, locked against others who write it; made where it is missing.
Result<std::int64_t> subject_row(sql::Database& database, const NewSnapshot& snapshot);

// All that belongs to `snapshot`: what was there of it is replaced.
Result<void> write_result(sql::Database& database, std::int64_t snapshot,
                          const match::ScanResult& result);
Result<void> write_fingerprints(sql::Database& database, std::int64_t snapshot,
                                std::string_view fingerprints);

// Row of the knowledge base.
Result<std::int64_t> kb_row(sql::Database& database, const match::KbInfo& kb);

// Positions and the current one of a subject's snapshots, by the order of their versions.
Result<void> order_versions(sql::Database& database, std::int64_t subject);

}  // namespace stowaway::ledger
