#include "ledger/ledger.h"

#include <algorithm>
#include <filesystem>

#include "base/text.h"
#include "ledger/names.h"
#include "ledger/reading.h"
#include "ledger/schema.h"
#include "ledger/sql/connection.h"
#include "ledger/writing.h"

namespace stowaway::ledger {
namespace {

// The row of one version; made where it is missing. Its counts and times are set in any case.
Result<std::pair<std::int64_t, Put>> snapshot_row(sql::Database& database, std::int64_t subject,
                                                  const NewSnapshot& snapshot) {
  STOWAWAY_TRY(sql::Statement known,
               database.prepare("SELECT id FROM snapshot WHERE subject_id = ? AND version = ?"));
  known.bind(0, subject);
  known.bind(1, snapshot.version);
  STOWAWAY_TRY(const bool row, known.step());
  if (row) return std::pair(known.number(0), Put::replaced);
  STOWAWAY_TRY(sql::Statement insert,
               database.prepare(
                   "INSERT INTO snapshot(subject_id, version, kb_id, position, is_current, "
                   "origin, kind, tracked_at, matched_at, fetch_ms, scan_ms, is_partial, "
                   "files, passed_over, bytes, links, archives, gaps, newest, copies) VALUES(?, ?, "
                   "(SELECT min(id) FROM kb), 0, 0, ?, '', '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, "
                   "0, 0) RETURNING id"));
  insert.bind(0, subject);
  insert.bind(1, snapshot.version);
  insert.bind_bytes(2, "");
  STOWAWAY_TRY(const bool made, insert.step());
  if (!made) return fail(ErrorCode::io, "the database did not keep the snapshot");
  return std::pair(insert.number(0), Put::added);
}

Result<void> drop_observations(sql::Database& database, std::int64_t snapshot) {
  STOWAWAY_TRY(sql::Statement drop,
               database.prepare("DELETE FROM observation WHERE snapshot_id = ?"));
  drop.bind(0, snapshot);
  return drop.run();
}

Result<void> write_origin(sql::Database& database, std::int64_t id, const NewSnapshot& snapshot) {
  STOWAWAY_TRY(sql::Statement update,
               database.prepare("UPDATE snapshot SET origin = ?, tracked_at = ?, fetch_ms = ?, "
                                "scan_ms = ? WHERE id = ?"));
  update.bind_bytes(0, snapshot.origin);
  update.bind(1, snapshot.at);
  update.bind(2, snapshot.fetch_ms);
  update.bind(3, snapshot.scan_ms);
  update.bind(4, id);
  return update.run();
}

Result<void> write_counts(sql::Database& database, std::int64_t id, std::int64_t kb,
                          const match::ScanResult& result, const std::string& at) {
  STOWAWAY_TRY(
      sql::Statement update,
      database.prepare(
          "UPDATE snapshot SET kb_id = ?, kind = ?, matched_at = ?, is_partial = ?, "
          "files = ?, passed_over = ?, bytes = ?, links = ?, archives = ?, gaps = ?, newest = ?, "
          "copies = ? WHERE id = ?"));
  update.bind(0, kb);
  update.bind(1, result.subject_kind);
  update.bind(2, at);
  update.bind(3, std::int64_t{result.partial});
  int column = 4;
  for (const std::uint64_t count :
       {result.summary.files, result.summary.passed_over, result.summary.bytes,
        result.summary.links, result.summary.archives, result.summary.gaps,
        static_cast<std::uint64_t>(result.summary.newest), std::uint64_t{result.copies.size()}})
    update.bind(column++, static_cast<std::int64_t>(count));
  update.bind(column, id);
  return update.run();
}

Result<void> drop_failures(sql::Database& database, const NewSnapshot& snapshot) {
  STOWAWAY_TRY(sql::Statement drop,
               database.prepare("DELETE FROM failure WHERE subject = ? AND version IN ('', ?)"));
  drop.bind(0, snapshot.subject);
  drop.bind(1, snapshot.version);
  return drop.run();
}

Result<void> make_folder(const std::string& where) {
  if (sql::is_postgres_url(where)) return {};
  const auto folder = std::filesystem::path(where).parent_path();
  std::error_code failed;
  if (!folder.empty()) std::filesystem::create_directories(folder, failed);
  if (failed)
    return fail(ErrorCode::io, "cannot make the folder {}: {}", folder.string(), failed.message());
  return {};
}

}  // namespace

Result<Ledger> Ledger::open(const std::string& where, sql::Access access) {
  if (access == sql::Access::read_write) STOWAWAY_TRY_VOID(make_folder(where));
  auto database = sql::Database::open(where, access);
  if (!database && database.error().code == ErrorCode::not_found)
    return fail(ErrorCode::not_found,
                "there is no ledger {}: `stowaway track add` makes one, or name another with "
                "--ledger",
                where);
  if (!database) return tl::unexpected<Error>(database.error());
  STOWAWAY_TRY_VOID(access == sql::Access::read_write ? migrate(*database)
                                                      : check_tables(*database));
  return Ledger(*std::move(database));
}

Result<Put> Ledger::put(const NewSnapshot& snapshot, const match::ScanResult& result,
                        std::string_view fingerprints) {
  STOWAWAY_TRY_VOID(check_subject(snapshot.subject));
  STOWAWAY_TRY_VOID(check_version(snapshot.version));
  STOWAWAY_TRY(sql::Transaction transaction, sql::Transaction::begin(database_));
  STOWAWAY_TRY(const std::int64_t subject, subject_row(database_, snapshot));
  STOWAWAY_TRY(const std::int64_t kb, kb_row(database_, result.kb));
  STOWAWAY_TRY(const auto row, snapshot_row(database_, subject, snapshot));
  const auto [id, put] = row;
  STOWAWAY_TRY_VOID(drop_observations(database_, id));  // they were about other bytes
  STOWAWAY_TRY_VOID(write_origin(database_, id, snapshot));
  STOWAWAY_TRY_VOID(write_counts(database_, id, kb, result, snapshot.at));
  STOWAWAY_TRY_VOID(write_result(database_, id, result));
  STOWAWAY_TRY_VOID(write_fingerprints(database_, id, fingerprints));
  STOWAWAY_TRY_VOID(order_versions(database_, subject));
  STOWAWAY_TRY_VOID(drop_failures(database_, snapshot));
  STOWAWAY_TRY_VOID(transaction.commit());
  return put;
}

Result<void> Ledger::rematched(std::int64_t snapshot, const match::ScanResult& result,
                               const std::string& at) {
  STOWAWAY_TRY(sql::Transaction transaction, sql::Transaction::begin(database_));
  // Locks the subject as put() does; the snapshot may have gone in the meantime.
  STOWAWAY_TRY(
      sql::Statement lock,
      database_.prepare("UPDATE subject SET name = name WHERE id = (SELECT subject_id FROM "
                        "snapshot WHERE id = ?)"));
  lock.bind(0, snapshot);
  STOWAWAY_TRY_VOID(lock.run());
  if (database_.changes() == 0)
    return fail(ErrorCode::not_found, "the ledger has no snapshot {}", snapshot);
  STOWAWAY_TRY(const std::int64_t kb, kb_row(database_, result.kb));
  STOWAWAY_TRY_VOID(write_counts(database_, snapshot, kb, result, at));
  STOWAWAY_TRY_VOID(write_result(database_, snapshot, result));
  return transaction.commit();
}

Result<void> Ledger::put_failure(const Failure& failure) {
  STOWAWAY_TRY_VOID(check_subject(failure.subject));
  STOWAWAY_TRY(sql::Statement upsert,
               database_.prepare("INSERT INTO failure(subject, version, stage, reason, at) "
                                 "VALUES(?, ?, ?, ?, ?) ON CONFLICT(subject, version) DO UPDATE "
                                 "SET stage = excluded.stage, reason = excluded.reason, at = "
                                 "excluded.at"));
  int column = 0;
  for (const std::string& text :
       {failure.subject, failure.version, failure.stage, failure.reason, failure.at})
    upsert.bind(column++, text);
  return upsert.run();
}

Result<std::vector<Failure>> Ledger::failures() const {
  STOWAWAY_TRY(sql::Statement select,
               database_.prepare("SELECT subject, version, stage, reason, at FROM failure ORDER BY "
                                 "subject, version"));
  std::vector<Failure> failures;
  for (;;) {
    STOWAWAY_TRY(const bool row, select.step());
    if (!row) return failures;
    failures.push_back(
        {select.text(0), select.text(1), select.text(2), select.text(3), select.text(4)});
  }
}

Result<std::string> Ledger::resolve(const std::string& name) const {
  STOWAWAY_TRY(sql::Statement select, database_.prepare("SELECT name FROM subject ORDER BY name"));
  std::vector<std::string> names;
  for (;;) {
    STOWAWAY_TRY(const bool row, select.step());
    if (!row) break;
    names.push_back(select.text(0));
  }
  for (const std::string& wanted : {name, "debian:" + name})
    if (std::ranges::binary_search(names, wanted)) return wanted;
  std::string_view near = nearest(name, names);
  if (near.empty()) near = nearest("debian:" + name, names);
  return fail(ErrorCode::not_found, "no subject is called \"{}\"{}", escape_for_terminal(name),
              near.empty() ? std::string("; `stowaway track list` names those that there are")
                           : fmt::format("; did you mean \"{}\"?", near));
}

Result<std::vector<Snapshot>> Ledger::snapshots(const std::string& subject) const {
  STOWAWAY_TRY(sql::Statement select,
               database_.prepare(fmt::format("SELECT {} FROM {} {} ORDER BY subject.name, position",
                                             kSnapshotColumns, kSnapshotTables,
                                             subject.empty() ? "" : "WHERE subject.name = ?")));
  if (!subject.empty()) select.bind(0, subject);
  std::vector<Snapshot> snapshots;
  for (;;) {
    STOWAWAY_TRY(const bool row, select.step());
    if (!row) return snapshots;
    snapshots.push_back(snapshot_in(select));
  }
}

Result<std::optional<Snapshot>> Ledger::find(const std::string& subject,
                                             const std::string& version) const {
  STOWAWAY_TRY(sql::Statement select,
               database_.prepare(fmt::format("SELECT {} FROM {} WHERE subject.name = ? AND {}",
                                             kSnapshotColumns, kSnapshotTables,
                                             version.empty() ? "is_current = 1" : "version = ?")));
  select.bind(0, subject);
  if (!version.empty()) select.bind(1, version);
  STOWAWAY_TRY(const bool row, select.step());
  if (!row) return std::optional<Snapshot>();
  return std::optional(snapshot_in(select));
}

Result<match::ScanResult> Ledger::result_of(std::int64_t snapshot) const {
  return read_result(database_, snapshot);
}

Result<std::string> Ledger::fingerprints_of(std::int64_t snapshot) const {
  return read_fingerprints(database_, snapshot);
}

Result<void> Ledger::forget(const std::string& subject, const std::string& version) {
  STOWAWAY_TRY(sql::Transaction transaction, sql::Transaction::begin(database_));
  STOWAWAY_TRY(sql::Statement lock,
               database_.prepare("UPDATE subject SET name = name WHERE name = ? RETURNING id"));
  lock.bind(0, subject);
  STOWAWAY_TRY(const bool known, lock.step());
  if (!known) return fail(ErrorCode::not_found, "no subject is called \"{}\"", subject);
  const std::int64_t id = lock.number(0);
  lock.reset();
  STOWAWAY_TRY(sql::Statement drop,
               database_.prepare("DELETE FROM snapshot WHERE subject_id = ?1 AND (?2 = '' OR "
                                 "version = ?2)"));
  drop.bind(0, id);
  drop.bind(1, version);
  STOWAWAY_TRY_VOID(drop.run());
  if (database_.changes() == 0)
    return fail(ErrorCode::not_found, "{} is not tracked at version \"{}\"", subject, version);
  STOWAWAY_TRY_VOID(order_versions(database_, id));
  STOWAWAY_TRY(sql::Statement empty,
               database_.prepare("DELETE FROM subject WHERE id = ? AND NOT EXISTS (SELECT 1 FROM "
                                 "snapshot WHERE subject_id = subject.id)"));
  empty.bind(0, id);
  STOWAWAY_TRY_VOID(empty.run());
  return transaction.commit();
}

}  // namespace stowaway::ledger
