// The door of `ledger`: which copies were found in which subject, version by version.
//
// A ledger is a database: one SQLite file, or PostgreSQL for many writers. It holds subjects; of
// each subject snapshots, one for each version that was scanned; of each snapshot its copies (all
// that a scan's result says, but for single files) and the fingerprints from which the same
// bytes can be matched again. A snapshot is written whole or not at all, whatever dies or fills up.
// Scanning, fetching and matching happen elsewhere: tracker.h. Questions over all subjects:
// who_embeds.h, spread.h, history.h. The clock is the caller's.
//
// One thread at a time per Ledger; several processes may use one database at once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ledger/sql.h"
#include "match/result.h"

namespace stowaway::ledger {

// How the versions of a subject are ordered.
enum class VersionOrder {
  upstream,  // compare_versions()
  debian,    // dpkg's
  semver,
  tracked,  // by the time at which they were first tracked: for commit ids
};
std::string_view name_of(VersionOrder order);
std::optional<VersionOrder> version_order_named(std::string_view name);

// What is to be kept of one version of a subject.
struct NewSnapshot {
  std::string subject;  // its name in the ledger: 1…200 bytes of printable UTF-8, without '='
  std::string version;  // the same, and '=' is allowed
  std::optional<VersionOrder> order;  // none: the subject's, `upstream` for a new one
  std::string origin;                 // where it was read from; bytes
  std::string at;                     // the time, "2026-11-23T08:00:00Z"
  std::int64_t fetch_ms = 0, scan_ms = 0;
};

struct Snapshot {
  std::int64_t id = 0;
  std::string subject, version;
  VersionOrder order = VersionOrder::upstream;
  std::string origin, kind;
  std::string tracked_at, matched_at;  // read; compared with a knowledge base, perhaps later
  std::int64_t fetch_ms = 0, scan_ms = 0;
  std::string kb;              // id of the knowledge base
  std::uint64_t position = 0;  // in the order of the subject's versions, oldest 0
  bool is_current = false;     // the last of the subject's versions
  bool is_partial = false;
  std::uint64_t files = 0, bytes = 0, gaps = 0, copies = 0;
};

// A subject that could not be tracked, and why.
struct Failure {
  std::string subject, version;  // version: "" if not known
  std::string stage;             // "resolve", "fetch", "scan"
  std::string reason, at;
};

enum class Put { added, replaced };

class Ledger {
 public:
  // `where`: see sql::Database::open. With read_write it is made where it is missing, and an older
  // one is brought up to date. Fails with not_found (says how to make one), corrupt, unsupported,
  // unavailable or io.
  static Result<Ledger> open(const std::string& where, sql::Access access);

  // Replaces the snapshot of the same version, or appends one; all or nothing. Failures noted of
  // that subject and version, or of no version, are forgotten. `fingerprints` are those of
  // match::encode; without them the snapshot cannot be matched again. At most 1,000 gaps are kept.
  // Fails with invalid_argument (a name that is none), unavailable (others write too long) or io;
  // then the ledger is as it was.
  Result<Put> put(const NewSnapshot& snapshot, const match::ScanResult& result,
                  std::string_view fingerprints);

  // Another result from the fingerprints of a snapshot that is there. Fails with not_found, or as
  // put().
  Result<void> rematched(std::int64_t snapshot, const match::ScanResult& result,
                         const std::string& at);

  Result<void> put_failure(const Failure& failure);
  Result<std::vector<Failure>> failures() const;  // by subject, then version

  // The exact name, or else "debian:NAME" where that is a subject. Fails with not_found; the
  // message says which name is near.
  Result<std::string> resolve(const std::string& name) const;

  // By subject, then position; of one subject, or of all when it is "".
  Result<std::vector<Snapshot>> snapshots(const std::string& subject) const;
  // `version` "": the current one.
  Result<std::optional<Snapshot>> find(const std::string& subject,
                                       const std::string& version) const;

  // As it was put: without files and rivals of copies, which are not kept. Its `subject` is
  // "NAME VERSION". Fails with not_found or corrupt.
  Result<match::ScanResult> result_of(std::int64_t snapshot) const;
  Result<std::string> fingerprints_of(std::int64_t snapshot) const;  // "": none were kept

  // Forgets one version, or all when it is "". Fails with not_found.
  Result<void> forget(const std::string& subject, const std::string& version);

  // What is wrong with the database: SQLite's own check, references, counts, order of versions.
  // Empty: nothing. Cost: reads everything.
  Result<std::vector<std::string>> check() const;

  // For the other files of this room.
  sql::Database& database() const { return database_; }

 private:
  explicit Ledger(sql::Database database) : database_(std::move(database)) {}
  mutable sql::Database database_;
};

}  // namespace stowaway::ledger
