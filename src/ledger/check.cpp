#include <functional>

#include "ledger/ledger.h"

namespace stowaway::ledger {
namespace {

constexpr std::size_t kMaxComplaints = 100;

struct Rule {
  const char* query;  // rows are what breaks it
  const char* broken;
};

// What the tables' own constraints do not see.
constexpr Rule kRules[] = {
    {"SELECT subject.name FROM subject WHERE (SELECT count(*) FROM snapshot WHERE subject_id = "
     "subject.id AND is_current = 1) <> 1 ORDER BY 1",
     "has not exactly one current version"},
    {"SELECT subject.name FROM subject JOIN snapshot ON subject_id = subject.id GROUP BY "
     "subject.name HAVING count(DISTINCT position) <> count(*) OR max(position) <> count(*) - 1 "
     "ORDER BY 1",
     "has versions without an order"},
    {"SELECT subject.name FROM subject JOIN snapshot ON subject_id = subject.id WHERE copies <> "
     "(SELECT count(*) FROM copy WHERE snapshot_id = snapshot.id) ORDER BY 1",
     "has another number of copies than is noted"},
    {"SELECT subject.name FROM subject JOIN snapshot ON subject_id = subject.id WHERE (SELECT "
     "count(*) FROM fingerprint WHERE snapshot_id = snapshot.id) <> (SELECT coalesce(max(part), "
     "-1) + 1 FROM fingerprint WHERE snapshot_id = snapshot.id) ORDER BY 1",
     "lacks a part of its fingerprints"},
};

Result<void> collect(sql::Database& database, const char* query,
                     const std::function<std::string(const sql::Statement&)>& text,
                     std::vector<std::string>& complaints) {
  STOWAWAY_TRY(sql::Statement select, database.prepare(query));
  while (complaints.size() < kMaxComplaints) {
    STOWAWAY_TRY(const bool row, select.step());
    if (!row) return {};
    complaints.push_back(text(select));
  }
  return {};
}

}  // namespace

Result<std::vector<std::string>> Ledger::check() const {
  std::vector<std::string> complaints;
  if (database_.dialect() == sql::Dialect::sqlite) {
    STOWAWAY_TRY_VOID(collect(
        database_, "PRAGMA integrity_check", [](const auto& row) { return row.text(0); },
        complaints));
    std::erase(complaints, "ok");
    STOWAWAY_TRY_VOID(collect(
        database_, "PRAGMA foreign_key_check",
        [](const auto& row) {
          return fmt::format("row {} of {} belongs to a row of {} that is not there", row.text(1),
                             row.text(0), row.text(2));
        },
        complaints));
  }
  for (const Rule& rule : kRules)
    STOWAWAY_TRY_VOID(collect(
        database_, rule.query,
        [&](const auto& row) { return fmt::format("{} {}", row.text(0), rule.broken); },
        complaints));
  return complaints;
}

}  // namespace stowaway::ledger
