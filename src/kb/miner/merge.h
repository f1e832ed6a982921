// One pack of several that hold the same component, mined from different sources or in parts.
// Pure; safe from any thread.
#pragma once

#include <vector>

#include "base/result.h"
#include "kb/pack/pack.h"

namespace stowaway::kb {

// The union of their releases; a release that several have holds the files of all of them. The
// order of `packs` does not matter. What is said of the component itself (purl, licence, …) comes
// from the pack with the smallest rank of the catalogue, else from the first by its own words.
// Where two packs sampled a path at different densities see PackBuilder::take_over. Fails with
// invalid_argument for no packs, or packs of different components.
Result<Pack> merge_packs(std::vector<Pack> packs);

}  // namespace stowaway::kb
