#include "ledger/acceptance.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace stowaway::ledger {
namespace {

AcceptanceEntry entry_of(const sql::Statement& row) {
  AcceptanceEntry entry;
  entry.number = row.number(0);
  entry.time = row.text(1);
  entry.decision = row.text(2) == name_of(Decision::revoke) ? Decision::revoke : Decision::accept;
  entry.author = row.text(3);
  entry.subject = row.text(4);
  entry.path = row.text(5);
  entry.component = row.text(6);
  entry.advisory = row.text(7);
  entry.reason = row.text(8);
  entry.until = row.text(9);
  return entry;
}

auto place_of(const AcceptanceEntry& entry) {
  return std::tuple(entry.subject, entry.path, entry.component, entry.advisory);
}

Result<void> check(const AcceptanceEntry& entry) {
  if (entry.subject.empty() || entry.advisory.empty())
    return fail(ErrorCode::invalid_argument, "an acceptance names a subject and an advisory");
  if (entry.decision == Decision::accept && entry.reason.empty())
    return fail(ErrorCode::invalid_argument, "an acceptance needs a reason");
  if (!entry.until.empty() && !is_date(entry.until))
    return fail(ErrorCode::invalid_argument, "\"{}\" is no date; write it as 2026-12-31",
                entry.until);
  return {};
}

Result<void> insert(sql::Database& database, const AcceptanceEntry& entry) {
  STOWAWAY_TRY(sql::Statement add,
               database.prepare("INSERT INTO notice_acceptance VALUES(?,?,?,?,?,?,?,?,?,?)"));
  add.bind(0, entry.number);
  int at = 0;
  for (const std::string& text :
       {entry.time, std::string(name_of(entry.decision)), entry.author, entry.subject, entry.path,
        entry.component, entry.advisory, entry.reason, entry.until})
    add.bind(++at, text);
  return add.run();
}

}  // namespace

std::string_view name_of(Decision decision) {
  return decision == Decision::accept ? "accept" : "revoke";
}

Result<std::vector<AcceptanceEntry>> decisions(sql::Database& database,
                                               const std::string& subject) {
  STOWAWAY_TRY(sql::Statement select,
               database.prepare("SELECT number, time, action, author, subject, path, component, "
                                "advisory, reason, until FROM notice_acceptance "
                                "WHERE ?1 = '' OR subject = ?1 ORDER BY number"));
  select.bind(0, subject);
  std::vector<AcceptanceEntry> entries;
  for (;;) {
    STOWAWAY_TRY(const bool row, select.step());
    if (!row) return entries;
    entries.push_back(entry_of(select));
  }
}

Result<AcceptanceEntry> record_decision(sql::Database& database, AcceptanceEntry entry,
                                        Seconds now) {
  STOWAWAY_TRY_VOID(check(entry));
  STOWAWAY_TRY(sql::Transaction transaction, sql::Transaction::begin_alone(database));
  STOWAWAY_TRY(const auto all, decisions(database, ""));
  if (entry.decision == Decision::revoke) {
    const auto last = std::find_if(all.rbegin(), all.rend(), [&](const AcceptanceEntry& other) {
      return place_of(other) == place_of(entry);
    });
    if (last == all.rend() || last->decision == Decision::revoke)
      return fail(ErrorCode::not_found, "{} is not accepted there", entry.advisory);
  }
  entry.number = all.empty() ? 1 : all.back().number + 1;
  entry.time = utc_text(now);
  STOWAWAY_TRY_VOID(insert(database, entry));
  STOWAWAY_TRY_VOID(transaction.commit());
  return entry;
}

Result<std::vector<advisory::Acceptance>> acceptances_in(sql::Database& database,
                                                         const std::string& subject, Seconds now) {
  STOWAWAY_TRY(const auto entries, decisions(database, subject));
  std::map<decltype(place_of(AcceptanceEntry{})), const AcceptanceEntry*> last;
  for (const AcceptanceEntry& entry : entries) last[place_of(entry)] = &entry;
  std::vector<advisory::Acceptance> acceptances;
  for (const auto& [place, entry] : last) {
    if (entry->decision == Decision::revoke) continue;
    const bool expired = !entry->until.empty() && entry->until < utc_date(now);
    acceptances.push_back({entry->path, entry->component, entry->advisory, entry->reason,
                           entry->author, entry->time.substr(0, 10), entry->until, expired});
  }
  return acceptances;
}

}  // namespace stowaway::ledger
