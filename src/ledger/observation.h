// What audits that read sources saw of a tracked version's copies besides their versions: whether a
// fix is in the code, what a test case said. Kept with that version, so that later audits from the
// ledger, and the server's, know it without the sources. It goes when the version is scanned anew.
#pragma once

#include <cstdint>
#include <vector>

#include "advisory/audit.h"
#include "base/result.h"
#include "ledger/ledger.h"

namespace stowaway::ledger {

// Replaces what is kept of that snapshot with what the audit's findings hold. False, and nothing is
// kept, where the audit's copies are others than the snapshot's: it was made of something else.
Result<bool> keep_observations(const Ledger& ledger, std::int64_t snapshot,
                               const advisory::Audit& audit);

// By path, component, advisory.
Result<std::vector<advisory::Observation>> observations_of(const Ledger& ledger,
                                                           std::int64_t snapshot);

}  // namespace stowaway::ledger
