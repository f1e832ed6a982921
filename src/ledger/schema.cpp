#include "ledger/schema.h"

#include <array>
#include <string>

namespace stowaway::ledger {
namespace {

// "STOL" as a number: tells a ledger from other SQLite files.
constexpr int kApplication = 0x53544F4C;
// Any number that no other program is likely to lock.
constexpr const char* kMigrationLock = "SELECT pg_advisory_xact_lock(6075004242)";

// Paths are bytes, everything else is text; numbers of enums are their names. What belongs to a
// snapshot goes with it.
constexpr const char* kFirst = R"(
CREATE TABLE kb(
  id $ID, identity $TEXT NOT NULL UNIQUE, path $BYTES NOT NULL, components BIGINT NOT NULL,
  releases BIGINT NOT NULL, contents BIGINT NOT NULL, shingles BIGINT NOT NULL);
CREATE TABLE component(
  id $ID, name $TEXT NOT NULL UNIQUE, purl $TEXT NOT NULL, licence $TEXT NOT NULL);
CREATE TABLE version_set(
  id $ID, component_id BIGINT NOT NULL REFERENCES component(id), versions $TEXT NOT NULL,
  UNIQUE(component_id, versions));
CREATE TABLE subject(id $ID, name $TEXT NOT NULL UNIQUE, version_order $TEXT NOT NULL);
CREATE TABLE snapshot(
  id $ID, subject_id BIGINT NOT NULL REFERENCES subject(id) ON DELETE CASCADE,
  version $TEXT NOT NULL, position BIGINT NOT NULL, is_current BIGINT NOT NULL,
  origin $BYTES NOT NULL, kind $TEXT NOT NULL, tracked_at $TEXT NOT NULL, matched_at $TEXT NOT NULL,
  fetch_ms BIGINT NOT NULL, scan_ms BIGINT NOT NULL, kb_id BIGINT NOT NULL REFERENCES kb(id),
  is_partial BIGINT NOT NULL, files BIGINT NOT NULL, passed_over BIGINT NOT NULL,
  bytes BIGINT NOT NULL, links BIGINT NOT NULL, archives BIGINT NOT NULL, gaps BIGINT NOT NULL,
  newest BIGINT NOT NULL, copies BIGINT NOT NULL, UNIQUE(subject_id, version));
CREATE TABLE self_identity(
  snapshot_id BIGINT NOT NULL REFERENCES snapshot(id) ON DELETE CASCADE, position BIGINT NOT NULL,
  version_set_id BIGINT NOT NULL REFERENCES version_set(id), verdict $TEXT NOT NULL,
  confidence $REAL NOT NULL, coverage_ratio $REAL NOT NULL, PRIMARY KEY(snapshot_id, position));
CREATE TABLE copy(
  id $ID, snapshot_id BIGINT NOT NULL REFERENCES snapshot(id) ON DELETE CASCADE,
  position BIGINT NOT NULL, version_set_id BIGINT NOT NULL REFERENCES version_set(id),
  path $BYTES NOT NULL, verdict $TEXT NOT NULL, version_note $TEXT NOT NULL,
  confidence $REAL NOT NULL, coverage_ratio $REAL NOT NULL, purity_ratio $REAL NOT NULL,
  unchanged_ratio $REAL NOT NULL, identical BIGINT NOT NULL, reformatted BIGINT NOT NULL,
  other_release BIGINT NOT NULL, changed BIGINT NOT NULL, added BIGINT NOT NULL,
  missing BIGINT NOT NULL, nested_in BIGINT, UNIQUE(snapshot_id, position));
CREATE INDEX copy_version_set ON copy(version_set_id);
CREATE TABLE alternative(
  copy_id BIGINT NOT NULL REFERENCES copy(id) ON DELETE CASCADE, position BIGINT NOT NULL,
  component $TEXT NOT NULL, PRIMARY KEY(copy_id, position));
CREATE INDEX alternative_component ON alternative(component);
CREATE TABLE declaration(
  copy_id BIGINT NOT NULL REFERENCES copy(id) ON DELETE CASCADE, position BIGINT NOT NULL,
  version $TEXT NOT NULL, path $BYTES NOT NULL, method $TEXT NOT NULL, agrees BIGINT NOT NULL,
  overruled BIGINT NOT NULL, PRIMARY KEY(copy_id, position));
CREATE TABLE declared_only(
  snapshot_id BIGINT NOT NULL REFERENCES snapshot(id) ON DELETE CASCADE, position BIGINT NOT NULL,
  path $BYTES NOT NULL, name $TEXT NOT NULL, plain_name $TEXT NOT NULL, version $TEXT NOT NULL,
  declared_in $BYTES NOT NULL, known_from $TEXT NOT NULL, PRIMARY KEY(snapshot_id, position));
CREATE INDEX declared_only_name ON declared_only(plain_name);
CREATE TABLE gap(
  snapshot_id BIGINT NOT NULL REFERENCES snapshot(id) ON DELETE CASCADE, position BIGINT NOT NULL,
  path $BYTES NOT NULL, reason $TEXT NOT NULL, detail $TEXT NOT NULL,
  PRIMARY KEY(snapshot_id, position));
CREATE TABLE fingerprint(
  snapshot_id BIGINT NOT NULL REFERENCES snapshot(id) ON DELETE CASCADE, part BIGINT NOT NULL,
  bytes $BYTES NOT NULL, PRIMARY KEY(snapshot_id, part));
CREATE TABLE failure(
  subject $TEXT NOT NULL, version $TEXT NOT NULL, stage $TEXT NOT NULL, reason $TEXT NOT NULL,
  at $TEXT NOT NULL, PRIMARY KEY(subject, version));
CREATE TABLE claim(
  list $TEXT NOT NULL, position BIGINT NOT NULL, imported_at $TEXT NOT NULL,
  component $TEXT NOT NULL, comment $TEXT NOT NULL, release $TEXT NOT NULL, holder $TEXT NOT NULL,
  status $TEXT NOT NULL, fixed $TEXT NOT NULL, sort $TEXT NOT NULL, details $TEXT NOT NULL,
  notes $TEXT NOT NULL, line BIGINT NOT NULL, PRIMARY KEY(list, position));
)";

// Acceptances and notices: docs/notices.md.
constexpr const char* kNotices = R"(
CREATE TABLE notice_acceptance(
  number BIGINT PRIMARY KEY, time $TEXT NOT NULL, action $TEXT NOT NULL, author $TEXT NOT NULL,
  subject $TEXT NOT NULL, path $TEXT NOT NULL, component $TEXT NOT NULL, advisory $TEXT NOT NULL,
  reason $TEXT NOT NULL, until $TEXT NOT NULL);
CREATE TABLE notice_finding(
  subject $TEXT NOT NULL, path $TEXT NOT NULL, component $TEXT NOT NULL, advisory $TEXT NOT NULL,
  state $TEXT NOT NULL, level $TEXT NOT NULL, fixed $TEXT NOT NULL, changes BIGINT NOT NULL,
  PRIMARY KEY(subject, path, component, advisory));
CREATE TABLE notice_event(
  id $TEXT PRIMARY KEY, number BIGINT NOT NULL, time BIGINT NOT NULL, kind $TEXT NOT NULL,
  subject $TEXT NOT NULL, path $TEXT NOT NULL, component $TEXT NOT NULL, versions $TEXT NOT NULL,
  advisory $TEXT NOT NULL, summary $TEXT NOT NULL, level $TEXT NOT NULL, state $TEXT NOT NULL,
  because $TEXT NOT NULL, fixed $TEXT NOT NULL);
CREATE INDEX notice_event_number ON notice_event(number);
CREATE TABLE notice_subscription(
  id $TEXT PRIMARY KEY, channel $TEXT NOT NULL, target $TEXT NOT NULL, secret_file $TEXT NOT NULL,
  subject $TEXT NOT NULL, component $TEXT NOT NULL, level $TEXT NOT NULL,
  digest_hours BIGINT NOT NULL, last_digest BIGINT NOT NULL);
CREATE TABLE notice_delivery(
  event $TEXT NOT NULL REFERENCES notice_event(id),
  subscription $TEXT NOT NULL REFERENCES notice_subscription(id) ON DELETE CASCADE,
  message $TEXT NOT NULL, state $TEXT NOT NULL, attempts BIGINT NOT NULL, next_try BIGINT NOT NULL,
  lease_until BIGINT NOT NULL, error $TEXT NOT NULL, PRIMARY KEY(event, subscription));
CREATE INDEX notice_delivery_due ON notice_delivery(state, next_try);
CREATE INDEX notice_delivery_message ON notice_delivery(message);
)";

// Who may write over the network, and who did: docs/server.md.
constexpr const char* kAccess = R"(
CREATE TABLE access_token(
  id $TEXT PRIMARY KEY, holder $TEXT NOT NULL, scope $TEXT NOT NULL, subject $TEXT NOT NULL,
  made $TEXT NOT NULL, expires $TEXT NOT NULL, state $TEXT NOT NULL, sha256 $TEXT NOT NULL UNIQUE);
CREATE TABLE access_log(
  id $ID, time $TEXT NOT NULL, token $TEXT NOT NULL, holder $TEXT NOT NULL, client $TEXT NOT NULL,
  request $TEXT NOT NULL, action $TEXT NOT NULL, subject $TEXT NOT NULL, outcome $TEXT NOT NULL);
)";

// What audits of sources saw of copies.
constexpr const char* kObservations = R"(
CREATE TABLE observation(
  snapshot_id BIGINT NOT NULL REFERENCES snapshot(id) ON DELETE CASCADE, path $BYTES NOT NULL,
  component $TEXT NOT NULL, advisory $TEXT NOT NULL, patch_form $TEXT NOT NULL,
  patch_detail $TEXT NOT NULL, testcase_verdict $TEXT NOT NULL, testcase_detail $TEXT NOT NULL,
  PRIMARY KEY(snapshot_id, path, component, advisory));
)";

// A ledger's migration table says which of these it has had. Never change one that was released:
// append.
constexpr std::array kMigrations{kFirst, kNotices, kAccess, kObservations};

Result<std::int64_t> number_from(sql::Database& database, const char* query) {
  STOWAWAY_TRY(sql::Statement statement, database.prepare(query));
  STOWAWAY_TRY(const bool row, statement.step());
  return row ? statement.number(0) : 0;
}

Result<bool> has_migration_table(sql::Database& database) {
  STOWAWAY_TRY(const std::int64_t tables,
               number_from(database, database.dialect() == sql::Dialect::sqlite
                                         ? "SELECT count(*) FROM sqlite_schema WHERE name = "
                                           "'migration'"
                                         : "SELECT count(*) FROM information_schema.tables WHERE "
                                           "table_schema = current_schema() AND table_name = "
                                           "'migration'"));
  return tables > 0;
}

// A SQLite file of something else must not be filled with our tables. (A schema of PostgreSQL may
// hold other tables, too.)
Result<void> refuse_foreign(sql::Database& database) {
  if (database.dialect() != sql::Dialect::sqlite) return {};
  STOWAWAY_TRY(const std::int64_t application, number_from(database, "PRAGMA application_id"));
  STOWAWAY_TRY(const std::int64_t tables,
               number_from(database, "SELECT count(*) FROM sqlite_schema"));
  if (application == kApplication || (application == 0 && tables == 0)) return {};
  return fail(ErrorCode::corrupt, "{} is no ledger", database.name());
}

Result<std::int64_t> applied(sql::Database& database) {
  STOWAWAY_TRY(const bool known, has_migration_table(database));
  return known ? number_from(database, "SELECT coalesce(max(number), 0) FROM migration") : 0;
}

Result<void> refuse_later(sql::Database& database, std::int64_t number) {
  if (number <= static_cast<std::int64_t>(kMigrations.size())) return {};
  return fail(ErrorCode::unsupported,
              "{} was made by a later version of this program: its tables are of step {}, this "
              "program knows {}",
              database.name(), number, kMigrations.size());
}

Result<void> apply(sql::Database& database, std::size_t step) {
  STOWAWAY_TRY_VOID(database.run(sql::in_dialect(kMigrations[step], database.dialect())));
  STOWAWAY_TRY(sql::Statement note, database.prepare("INSERT INTO migration(number) VALUES(?)"));
  note.bind(0, static_cast<std::int64_t>(step) + 1);
  return note.run();
}

Result<void> prepare_empty(sql::Database& database) {
  STOWAWAY_TRY_VOID(database.run("CREATE TABLE migration(number BIGINT PRIMARY KEY)"));
  if (database.dialect() != sql::Dialect::sqlite) return {};
  return database.run("PRAGMA application_id=" + std::to_string(kApplication));
}

}  // namespace

Result<void> migrate(sql::Database& database) {
  STOWAWAY_TRY_VOID(refuse_foreign(database));
  STOWAWAY_TRY(std::int64_t done, applied(database));
  STOWAWAY_TRY_VOID(refuse_later(database, done));
  while (done < static_cast<std::int64_t>(kMigrations.size())) {
    STOWAWAY_TRY(sql::Transaction transaction, sql::Transaction::begin(database));
    if (database.dialect() == sql::Dialect::postgres)
      STOWAWAY_TRY_VOID(database.run(kMigrationLock));
    STOWAWAY_TRY(const bool known, has_migration_table(database));
    if (!known) STOWAWAY_TRY_VOID(prepare_empty(database));
    STOWAWAY_TRY(done, applied(database));  // another process may have been faster
    if (done < static_cast<std::int64_t>(kMigrations.size())) {
      STOWAWAY_TRY_VOID(apply(database, static_cast<std::size_t>(done)));
      ++done;
    }
    STOWAWAY_TRY_VOID(transaction.commit());
  }
  return {};
}

Result<void> check_tables(sql::Database& database) {
  STOWAWAY_TRY_VOID(refuse_foreign(database));
  STOWAWAY_TRY(const std::int64_t done, applied(database));
  STOWAWAY_TRY_VOID(refuse_later(database, done));
  if (done < static_cast<std::int64_t>(kMigrations.size()))
    return fail(ErrorCode::unsupported,
                "{} is of an earlier version of this program; any `stowaway track` that writes "
                "brings it up to date",
                database.name());
  return {};
}

}  // namespace stowaway::ledger
