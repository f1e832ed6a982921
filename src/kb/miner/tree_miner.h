// Mines one release from whatever `source` can open: an archive, a directory, a Debian source
// package. Files are fingerprinted as they stream by; none is kept.
#pragma once

#include <string>

#include "base/result.h"
#include "kb/catalog/catalog.h"
#include "kb/miner/mine_options.h"
#include "kb/miner/pack_builder.h"
#include "source/source.h"

namespace stowaway::kb {

struct TreeRelease {
  enum class Strip {
    none,
    common_top,  // the folder in which everything lies, if there is one
    first_part,  // the first part of every path, as npm does
  };
  // An empty date becomes that of the newest file; an empty revision a digest over the files.
  PackRelease release;
  Strip strip = Strip::none;
  bool earlier_of_dates = false;  // the newest file's date counts if it is the earlier one
  std::string without;            // a folder that is left out, with its '/'
};

// Adds the release with the files that `rules` (subpath, paths) take, unless the builder has it or
// no file is left: count.releases is 0 then. Fails with corrupt or limit_exceeded if a part of it
// could not be read, so that half a release never stands for the whole; with invalid_argument
// (rules), io or cancelled. The builder is unchanged then.
Result<MineCount> mine_tree(source::Source& source, TreeRelease release, const CatalogSource& rules,
                            PackBuilder& builder, const MineOptions& options);

}  // namespace stowaway::kb
