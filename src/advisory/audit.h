// What the advisories say of the copies of a subject: docs/advisories.md has the rules. Works from
// a scan's result, however old: no source is read. Pure but for the stores.
//
// For each copy and advisory there is one finding. Its status follows from the versions that the
// copy may have; patch presence and a test case may overrule it; statements (VEX) and acceptances
// stand beside it and never remove it.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "advisory/advisories.h"
#include "advisory/ranges.h"
#include "advisory/vex.h"
#include "base/result.h"
#include "match/result.h"

namespace stowaway::advisory {

// One copy (or the subject itself, path ""), as a scan report or the ledger has it.
struct AuditedCopy {
  std::string path, component, purl;  // purl without version
  std::vector<std::string> versions;  // that the evidence cannot tell apart; empty: unknown
  std::string version_note, verdict;
  std::vector<std::string> alternatives;  // other components that explain it as well
};

struct AuditSubject {
  std::string name, kind;
  std::string product;            // identifier for VEX: see product_of()
  bool partial = false;           // something of the subject was not looked at
  std::size_t declared_only = 0;  // components that only declare themselves: not audited
  std::vector<AuditedCopy> copies;
};

enum class Status { affected, not_affected, unknown };
std::string_view name_of(Status status);

// Whether the code that a fix changes is in the copy in the old form or the new one.
enum class PatchForm { vulnerable_form, fixed_form, mixed, unknown_form, absent };
std::string_view name_of(PatchForm form);  // "vulnerable form", as people read it
std::optional<PatchForm> patch_form_named(std::string_view name);

enum class TestcaseVerdict { vulnerable, not_vulnerable, not_applicable, needs_variant, error };
std::string_view name_of(TestcaseVerdict verdict);  // "not-vulnerable"
std::optional<TestcaseVerdict> testcase_verdict_named(std::string_view name);

// What was found out about one copy and advisory besides its version. `advisory` may be any of its
// names.
struct Observation {
  std::string path, component, advisory;
  std::optional<PatchForm> patch_form;
  std::string patch_detail;  // for people: "inflate() in inflate.c is as after the fix"
  std::optional<TestcaseVerdict> testcase_verdict;
  std::string testcase_detail;
};

// An accepted risk: the ledger keeps these.
struct Acceptance {
  std::string path;                      // "": every copy of the component in the subject
  std::string component, advisory;       // component "": any
  std::string reason, by, since, until;  // dates as 2026-12-31; until "": without end
  bool expired = false;
};

// What one version of the copy's set means.
struct VersionStanding {
  std::string version;
  Status status = Status::unknown;
  Standing standing;      // of the record that decided
  std::string record;     // its id
  std::string disagrees;  // the id of a record that says the opposite; empty: none does
};

enum class Reason {
  in_range,       // every version that the copy may have is affected
  not_after_fix,  // older than the fix; the first affected version is not known
  straddles_fix,  // some of the versions that it may have are affected
  version_unknown,
  commit_unknown,    // the record names commits that are no known release
  distribution_fix,  // Debian fixed that version, perhaps by a patch
  sources_disagree,
  before_introduced,  // not affected
  after_fix,
  outside,
  fixed_form,  // overruled by patch presence
  vulnerable_form,
  testcase_vulnerable,  // overruled by a test case
  testcase_not_vulnerable,
};
std::string_view name_of(Reason reason);  // "straddles_fix"

struct Finding {
  std::size_t copy = 0;                        // index in Audit::subject.copies
  std::size_t advisory = 0;                    // index in Audit::advisories
  Status status = Status::unknown;             // the conclusion
  Status status_by_version = Status::unknown;  // before patch presence and test case
  Reason reason = Reason::version_unknown;     // of the conclusion
  std::string because;                         // one sentence for people, what proves it
  std::string fixed;                           // version that fixes it; empty: none is known
  std::vector<std::string> fix_commits;        // of the records about this component; sorted
  std::vector<VersionStanding> versions;       // one for each version of the copy
  std::optional<PatchForm> patch_form;
  std::string patch_detail;
  std::optional<TestcaseVerdict> testcase_verdict;
  std::string testcase_detail;
  std::vector<Statement> statements;  // that apply, oldest first: the last one counts
  std::optional<Acceptance> acceptance;

  // Something is left to do: not "not affected", not stated to be so, not accepted.
  bool is_open() const;
};

struct Audit {
  AuditSubject subject;
  std::vector<StoreInfo> stores;
  std::vector<Advisory> advisories;  // that concern any copy, by id
  std::vector<Finding> findings;     // by copy; worst first, then by id, newest year first
  std::vector<Statement> unused;     // statements that met no finding
  std::size_t withdrawn = 0;         // advisories that would concern a copy, but were withdrawn
};

struct AuditOptions {
  // What the knowledge base knows of a component; nothing where there is none. May be empty.
  std::function<std::optional<Component>(const std::string& name)> component;
  std::span<const Observation> observations;
  std::span<const Statement> statements;
  std::span<const Acceptance> acceptances;
};

AuditSubject subject_of(const match::ScanResult& result);

// How VEX documents name the subject: the package URL of the release that it is, or "subject:NAME".
std::string product_of(const match::ScanResult& result);

// The same input gives the same audit. Fails as the stores do.
Result<Audit> audit(AuditSubject subject, const Advisories& advisories,
                    const AuditOptions& options);

}  // namespace stowaway::advisory
