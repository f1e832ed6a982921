// Names, versions and sets of versions, as the ledger writes them. Pure. Private to `ledger`.
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ledger/ledger.h"

namespace stowaway::ledger {

// Fails with invalid_argument where the text is no name of a subject (or of a version); see
// NewSnapshot.
Result<void> check_subject(std::string_view name);
Result<void> check_version(std::string_view version);

// Versions of one set, one a line.
std::string joined(const std::vector<std::string>& versions);
std::vector<std::string> parted(std::string_view versions);

// Of two versions of a subject; `tracked` knows no order but that of time and calls all equal.
std::weak_ordering compare(VersionOrder order, std::string_view a, std::string_view b);

// Of two versions of a component: as its advisories are compared. `purl` tells its world.
std::weak_ordering compare_component_versions(std::string_view purl, std::string_view a,
                                              std::string_view b);

}  // namespace stowaway::ledger
