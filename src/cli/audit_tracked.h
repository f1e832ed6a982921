// Subjects of an audit that come from the ledger: no source is read again.
#pragma once

#include <string>
#include <vector>

#include "advisory/audit.h"
#include "base/result.h"

namespace stowaway::cli {

struct TrackedSubject {
  std::string name;  // in the ledger
  advisory::AuditSubject subject;
  std::int64_t snapshot = 0;  // in the ledger; 0: it does not come from there
  std::vector<advisory::Observation> observations = {};  // that the ledger keeps of it
};

// Whether `text` can only be meant as a name in the ledger: there is no such file, and it names no
// revision or standard input.
bool means_tracked(const std::string& text);

// What the ledger holds of the named subject ("NAME" or "NAME=VERSION"), or of the current version
// of every subject when `name` is "". By name. Fails with not_found, or as the ledger does.
Result<std::vector<TrackedSubject>> tracked_subjects(const std::string& ledger_option,
                                                     const std::string& name);

}  // namespace stowaway::cli
