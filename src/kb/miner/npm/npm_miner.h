// Mines an npm package: each version is a release, its files are those that its tarball holds.
#pragma once

#include "base/result.h"
#include "kb/catalog/catalog.h"
#include "kb/miner/mine_options.h"
#include "kb/miner/pack_builder.h"

namespace stowaway::kb {

// Adds the releases of source.location in the range source.version that the builder does not have.
// A tarball that is not what the registry promises is left out and told in count.errors. The date
// is the registry's, or that of the newest file where that is earlier: mirrors of registries may
// state when they fetched. Fails as npm_registry.h says.
Result<MineCount> mine_npm(const CatalogSource& source, PackBuilder& builder,
                           const MineOptions& options);

}  // namespace stowaway::kb
