// Who is hit by an advisory: over all subjects, from the ledger alone.
// Cost: one judgement for each set of versions that copies may have, not for each copy.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "advisory/advisories.h"
#include "advisory/audit.h"
#include "ledger/ledger.h"
#include "ledger/when.h"
#include "ledger/who_embeds.h"

namespace stowaway::ledger {

struct Hit {
  Embedder embedder;
  advisory::Status status = advisory::Status::unknown;
  std::string because;
  std::string fixed;  // version; "" when none is known
  std::optional<advisory::Acceptance> acceptance;
};

struct Hits {
  std::vector<std::string> components;  // of the ledger that the advisory is about
  std::vector<Hit> hits;                // affected ones first, as who_embeds() sorts; current alone
};

// `advisory`: its id. `component` as in AuditOptions. Versions alone decide; what patches and test
// cases say of a copy is in the audit of its subject. Fails as the stores do.
Result<Hits> hits_of(
    const Ledger& ledger, const advisory::Advisories& advisories, const std::string& advisory,
    const std::function<std::optional<advisory::Component>(const std::string&)>& component,
    Seconds now);

}  // namespace stowaway::ledger
