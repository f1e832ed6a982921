#include "cli/audit_tracked.h"

#include <filesystem>

#include "cli/find_ledger.h"
#include "cli/track_options.h"
#include "ledger/observation.h"

namespace stowaway::cli {

bool means_tracked(const std::string& text) {
  std::error_code status;
  if (text == "-" || std::filesystem::exists(text, status)) return false;
  const std::size_t at = text.rfind('@');  // REPO@REV
  return at == std::string::npos || !std::filesystem::exists(text.substr(0, at), status);
}

Result<std::vector<TrackedSubject>> tracked_subjects(const std::string& ledger_option,
                                                     const std::string& name) {
  STOWAWAY_TRY(const ledger::Ledger ledger, open_ledger_to_read(ledger_option));
  std::vector<ledger::Snapshot> snapshots;
  if (name.empty()) {
    STOWAWAY_TRY(snapshots, ledger.snapshots(""));
    std::erase_if(snapshots, [](const ledger::Snapshot& one) { return !one.is_current; });
  } else {
    STOWAWAY_TRY(auto one, snapshot_meant(ledger, name));
    snapshots.push_back(std::move(one));
  }
  std::vector<TrackedSubject> subjects;
  for (const ledger::Snapshot& snapshot : snapshots) {
    STOWAWAY_TRY(const auto result, ledger.result_of(snapshot.id));
    STOWAWAY_TRY(auto observations, ledger::observations_of(ledger, snapshot.id));
    subjects.push_back(
        {snapshot.subject, advisory::subject_of(result), snapshot.id, std::move(observations)});
  }
  return subjects;
}

}  // namespace stowaway::cli
