// Tables back into results. Private to `ledger`.
#pragma once

#include "ledger/ledger.h"
#include "ledger/sql.h"

namespace stowaway::ledger {

// The columns that snapshot_in() reads, in their order, of `snapshot JOIN subject JOIN kb`.
inline constexpr const char* kSnapshotColumns =
    "snapshot.id, subject.name, version, version_order, origin, kind, tracked_at, matched_at, "
    "fetch_ms, scan_ms, kb.identity, position, is_current, is_partial, files, bytes, gaps, copies";
inline constexpr const char* kSnapshotTables =
    "snapshot JOIN subject ON subject.id = subject_id JOIN kb ON kb.id = kb_id";
Snapshot snapshot_in(const sql::Statement& row);

// Fails with not_found or corrupt.
Result<match::ScanResult> read_result(sql::Database& database, std::int64_t snapshot);
Result<std::string> read_fingerprints(sql::Database& database, std::int64_t snapshot);

}  // namespace stowaway::ledger
