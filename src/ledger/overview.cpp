#include "ledger/overview.h"

#include "base/text.h"
#include "ledger/notice_rows.h"
#include "ledger/reading.h"

namespace stowaway::ledger {
namespace {

Result<std::uint64_t> count_from(sql::Database& database, std::string_view query,
                                 const std::string& parameter = {}) {
  STOWAWAY_TRY(sql::Statement select, database.prepare(query));
  if (!parameter.empty()) select.bind(0, parameter);
  STOWAWAY_TRY(const bool row, select.step());
  return row ? static_cast<std::uint64_t>(select.number(0)) : 0;
}

// For LIKE … ESCAPE '!'.
std::string pattern_of(std::string_view text) {
  std::string pattern;
  for (const char c : to_lower(text)) {
    if (c == '%' || c == '_' || c == '!') pattern += '!';
    pattern += c;
  }
  return pattern;
}

Result<std::vector<std::string>> names_like(sql::Database& database, const std::string& table,
                                            const std::string& text, std::size_t count) {
  STOWAWAY_TRY(sql::Statement select,
               database.prepare("SELECT name FROM " + table +
                                " WHERE lower(name) LIKE ?1 ESCAPE '!' ORDER BY CASE WHEN "
                                "lower(name) LIKE ?2 ESCAPE '!' THEN 0 ELSE 1 END, name LIMIT ?3"));
  select.bind(0, "%" + pattern_of(text) + "%");
  select.bind(1, pattern_of(text) + "%");
  select.bind(2, static_cast<std::int64_t>(count));
  std::vector<std::string> names;
  for (;;) {
    STOWAWAY_TRY(const bool row, select.step());
    if (!row) return names;
    names.push_back(select.text(0));
  }
}

}  // namespace

Result<Overview> overview(const Ledger& ledger, const std::string& since) {
  sql::Database& database = ledger.database();
  Overview all;
  STOWAWAY_TRY(all.subjects, count_from(database, "SELECT count(*) FROM subject"));
  STOWAWAY_TRY(all.snapshots, count_from(database, "SELECT count(*) FROM snapshot"));
  STOWAWAY_TRY(all.components, count_from(database, "SELECT count(*) FROM component"));
  STOWAWAY_TRY(all.failures, count_from(database, "SELECT count(*) FROM failure"));
  STOWAWAY_TRY(all.copies, count_from(database,
                                      "SELECT coalesce(sum(copies), 0) FROM snapshot "
                                      "WHERE is_current = 1"));
  STOWAWAY_TRY(all.tracked_since,
               count_from(database, "SELECT count(*) FROM snapshot WHERE tracked_at >= ?", since));
  STOWAWAY_TRY(sql::Statement select,
               database.prepare("SELECT state, level, count(*), count(DISTINCT subject) FROM "
                                "notice_finding GROUP BY state, level ORDER BY state, level"));
  for (;;) {
    STOWAWAY_TRY(const bool row, select.step());
    if (!row) return all;
    all.findings.push_back(
        {select.text(0), advisory::level_named(select.text(1)).value_or(advisory::Level::unknown),
         static_cast<std::uint64_t>(select.number(2)),
         static_cast<std::uint64_t>(select.number(3))});
  }
}

Result<std::vector<Snapshot>> latest_snapshots(const Ledger& ledger, std::size_t count) {
  STOWAWAY_TRY(sql::Statement select,
               ledger.database().prepare(
                   std::string("SELECT ") + kSnapshotColumns + " FROM " + kSnapshotTables +
                   " ORDER BY tracked_at DESC, subject.name, version LIMIT ?"));
  select.bind(0, static_cast<std::int64_t>(count));
  std::vector<Snapshot> snapshots;
  for (;;) {
    STOWAWAY_TRY(const bool row, select.step());
    if (!row) return snapshots;
    snapshots.push_back(snapshot_in(select));
  }
}

Result<std::vector<Event>> latest_events(const Ledger& ledger, const std::string& subject,
                                         std::size_t count) {
  STOWAWAY_TRY(
      sql::Statement select,
      ledger.database().prepare(
          "SELECT " STOWAWAY_EVENT_COLUMNS
          " FROM notice_event WHERE ?1 = '' OR subject = ?1 ORDER BY number DESC LIMIT ?2"));
  select.bind(0, subject);
  select.bind(1, static_cast<std::int64_t>(count));
  std::vector<Event> events;
  for (;;) {
    STOWAWAY_TRY(const bool row, select.step());
    if (!row) return events;
    events.push_back(event_in(select));
  }
}

Result<Named> search(const Ledger& ledger, const std::string& text, std::size_t count) {
  Named named;
  if (text.empty()) return named;
  STOWAWAY_TRY(named.subjects, names_like(ledger.database(), "subject", text, count));
  STOWAWAY_TRY(named.components, names_like(ledger.database(), "component", text, count));
  return named;
}

}  // namespace stowaway::ledger
