// Accepted risks, on the record: who decided what, when, why and until when. Nothing is ever
// overwritten: each decision is a row, and the last one about a place counts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "advisory/audit.h"
#include "base/result.h"
#include "ledger/sql.h"
#include "ledger/when.h"

namespace stowaway::ledger {

enum class Decision { accept, revoke };
std::string_view name_of(Decision decision);

struct AcceptanceEntry {
  std::int64_t number = 0;  // 1, 2, … in the order of time; given when it is recorded
  std::string time;         // "2026-11-23T08:00:00Z"
  Decision decision = Decision::accept;
  std::string author;
  std::string subject;    // the tracked name; never empty
  std::string path;       // "": every copy of the component
  std::string component;  // "": any
  std::string advisory;   // as the user named it: any name of the advisory
  std::string reason;
  std::string until;  // the last day on which it holds, 2026-12-31; "": without end
};

// Gives the entry its number and time, and keeps it. Fails with invalid_argument (no subject, no
// advisory, an acceptance without reason, no date), or not_found (a revocation of what is not
// accepted).
Result<AcceptanceEntry> record_decision(sql::Database& database, AcceptanceEntry entry,
                                        Seconds now);

// Every decision, oldest first; of one subject, or of all where `subject` is "".
Result<std::vector<AcceptanceEntry>> decisions(sql::Database& database, const std::string& subject);

// What is accepted in a subject at that time, those that have expired among them, marked. The last
// decision about the same subject, path, component and advisory counts.
Result<std::vector<advisory::Acceptance>> acceptances_in(sql::Database& database,
                                                         const std::string& subject, Seconds now);

}  // namespace stowaway::ledger
