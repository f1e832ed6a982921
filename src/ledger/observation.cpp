#include "ledger/observation.h"

#include <algorithm>

namespace stowaway::ledger {
namespace {

bool same_copies(const advisory::AuditSubject& a, const advisory::AuditSubject& b) {
  return std::ranges::equal(a.copies, b.copies, [](const auto& one, const auto& other) {
    return one.path == other.path && one.component == other.component &&
           one.versions == other.versions && one.verdict == other.verdict;
  });
}

Result<void> drop(sql::Database& database, std::int64_t snapshot) {
  STOWAWAY_TRY(sql::Statement remove,
               database.prepare("DELETE FROM observation WHERE snapshot_id = ?"));
  remove.bind(0, snapshot);
  return remove.run();
}

Result<void> insert(sql::Database& database, std::int64_t snapshot,
                    const advisory::AuditedCopy& copy, const advisory::Advisory& about,
                    const advisory::Finding& finding) {
  STOWAWAY_TRY(sql::Statement add,
               database.prepare("INSERT INTO observation VALUES(?,?,?,?,?,?,?,?) ON CONFLICT("
                                "snapshot_id, path, component, advisory) DO NOTHING"));
  add.bind(0, snapshot);
  add.bind_bytes(1, copy.path);
  add.bind(2, copy.component);
  add.bind(3, about.id);
  add.bind(4, finding.patch_form ? advisory::name_of(*finding.patch_form) : std::string_view());
  add.bind(5, finding.patch_detail);
  add.bind(6, finding.testcase_verdict ? advisory::name_of(*finding.testcase_verdict)
                                       : std::string_view());
  add.bind(7, finding.testcase_detail);
  return add.run();
}

}  // namespace

Result<bool> keep_observations(const Ledger& ledger, std::int64_t snapshot,
                               const advisory::Audit& audit) {
  STOWAWAY_TRY(const auto result, ledger.result_of(snapshot));
  if (!same_copies(audit.subject, advisory::subject_of(result))) return false;
  sql::Database& database = ledger.database();
  STOWAWAY_TRY(sql::Transaction transaction, sql::Transaction::begin(database));
  STOWAWAY_TRY_VOID(drop(database, snapshot));
  for (const advisory::Finding& finding : audit.findings)
    if (finding.patch_form || finding.testcase_verdict)
      STOWAWAY_TRY_VOID(insert(database, snapshot, audit.subject.copies[finding.copy],
                               audit.advisories[finding.advisory], finding));
  STOWAWAY_TRY_VOID(transaction.commit());
  return true;
}

Result<std::vector<advisory::Observation>> observations_of(const Ledger& ledger,
                                                           std::int64_t snapshot) {
  STOWAWAY_TRY(sql::Statement select,
               ledger.database().prepare(
                   "SELECT path, component, advisory, patch_form, patch_detail, testcase_verdict, "
                   "testcase_detail FROM observation WHERE snapshot_id = ? ORDER BY path, "
                   "component, advisory"));
  select.bind(0, snapshot);
  std::vector<advisory::Observation> observations;
  for (;;) {
    STOWAWAY_TRY(const bool row, select.step());
    if (!row) return observations;
    advisory::Observation& one = observations.emplace_back();
    one.path = select.bytes(0);
    one.component = select.text(1);
    one.advisory = select.text(2);
    one.patch_form = advisory::patch_form_named(select.text(3));
    one.patch_detail = select.text(4);
    one.testcase_verdict = advisory::testcase_verdict_named(select.text(5));
    one.testcase_detail = select.text(6);
  }
}

}  // namespace stowaway::ledger
