// Every kind of source behind one call, and what the words of a command line ask for.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "kb/catalog/catalog.h"
#include "kb/miner/mine_options.h"
#include "kb/miner/pack_builder.h"

namespace stowaway::kb {

// Adds the releases of the source that the builder does not have. Fails as the miner of its kind
// does; releases that were added before stay, each whole.
Result<MineCount> mine_any(const CatalogSource& source, PackBuilder& builder,
                           const MineOptions& options);

// What a user says beside the words; everything may be empty.
struct MineRequest {
  std::vector<std::string> words;  // "npm:jquery@^3", "debian:zlib", "git:URL", files, directories
  std::string component, purl, licence, language;
  std::string release, date;           // of the archives and directories
  std::string tags, version_map = "";  // of git: as Tags and Version in the catalogue
  std::string subpath, paths;
};

// One entry for each component that the words name, in their order; several words of one component
// are its sources. Fails with invalid_argument.
Result<std::vector<CatalogEntry>> entries_of(const MineRequest& request);

}  // namespace stowaway::kb
