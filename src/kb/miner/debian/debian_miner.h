// Mines a Debian source package: each version that the suites offer is a release with the files
// that upstream published, without debian/ and Debian's patches.
#pragma once

#include "base/result.h"
#include "kb/catalog/catalog.h"
#include "kb/miner/mine_options.h"
#include "kb/miner/pack_builder.h"

namespace stowaway::kb {

// Adds the versions of source.location that the builder does not have. Several Debian revisions of
// one upstream tarball are one release with the signature of the first one's .dsc. A version whose
// signature is bad or whose files are not what its .dsc lists is left out and told in count.errors.
// Fails as apt_archive.h says.
Result<MineCount> mine_debian(const CatalogSource& source, PackBuilder& builder,
                              const MineOptions& options);

}  // namespace stowaway::kb
