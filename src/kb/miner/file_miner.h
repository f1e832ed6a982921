// Archives and directories as releases of a component.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "kb/miner/tree_miner.h"

namespace stowaway::kb {

struct NamedRelease {
  std::string name, version;  // an empty version: the name does not say
};
// "zlib" and "1.2.13" of "dir/zlib-1.2.13.tar.gz", "zlib_1.2.13.orig.tar.xz" or "zlib-1.2.13/".
NamedRelease named_release(std::string_view path);

// The archive or directory source.location as release source.version. count.releases is 0 if the
// builder has it. Fails as mine_tree does, or with not_found or unsupported.
Result<MineCount> mine_file(const CatalogSource& source, PackBuilder& builder,
                            const MineOptions& options);

}  // namespace stowaway::kb
