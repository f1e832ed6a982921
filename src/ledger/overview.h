// The ledger at a glance: counts, what is new, what is open, and names by their beginnings.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "ledger/ledger.h"
#include "ledger/notice.h"

namespace stowaway::ledger {

// How many findings of the last audits that were noted (`audit --all --note`) are of a state and
// level.
struct FindingCount {
  std::string state;  // as Event::state
  advisory::Level level = advisory::Level::unknown;
  std::uint64_t findings = 0, subjects = 0;
};

struct Overview {
  std::uint64_t subjects = 0, snapshots = 0, components = 0, failures = 0;
  std::uint64_t copies = 0;         // of current snapshots
  std::uint64_t tracked_since = 0;  // snapshots that were tracked since `since`
  std::vector<FindingCount> findings;
};
// `since`: a time as in Snapshot::tracked_at.
Result<Overview> overview(const Ledger& ledger, const std::string& since);

// The snapshots that were tracked last, newest first.
Result<std::vector<Snapshot>> latest_snapshots(const Ledger& ledger, std::size_t count);

// The last events about one subject, or about all when it is "", newest first.
Result<std::vector<Event>> latest_events(const Ledger& ledger, const std::string& subject,
                                         std::size_t count);

// Names that hold the text, whatever the case of ASCII letters: those that begin with it first,
// then by name; at most `count` of each kind.
struct Named {
  std::vector<std::string> subjects, components;
};
Result<Named> search(const Ledger& ledger, const std::string& text, std::size_t count);

}  // namespace stowaway::ledger
