// Mines a git repository: every release of one component, in one pass. Trees that releases share
// are walked once, blobs that they share are read once, nothing is checked out. Reads from several
// threads; call from one.
#pragma once

#include <string>

#include "base/result.h"
#include "kb/catalog/catalog.h"
#include "kb/miner/mine_options.h"
#include "kb/miner/pack_builder.h"

namespace stowaway::kb {

// Adds to `builder` the releases that it does not have yet. Fails with not_found (no repository),
// invalid_argument (rule) or cancelled; the builder is then to be thrown away.
Result<MineCount> mine_git(const std::string& repository_path, const CatalogSource& source,
                           PackBuilder& builder, const MineOptions& options);

}  // namespace stowaway::kb
