// Where the source of one release of a component is to be had: a clone, Debian's archive, or what
// the user names.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "kb/catalog/catalog.h"
#include "kb/miner/mine_options.h"

namespace stowaway::kb {

struct ReleaseRequest {
  std::string component, purl;
  std::string version;
  std::string revision;  // as the knowledge base has it: a commit, or a digest; may be empty
  std::string upstream;  // a clone, archive, directory or other subject that the user names; or ""
};

struct ReleaseSource {
  std::string subject;      // as source::open_subject takes it
  std::string root;         // folder of it that is the component; "" all of it
  std::string without;      // folder that is not upstream's, with its '/'; ""
  bool common_top = false;  // all lies in one folder that counts for nothing
  std::string description;  // for people: "commit cacf7f1d… of https://…"
};

// In this order: what the user names; the catalogue's git repositories and Debian source packages;
// what the package URL names (GitHub, GitLab, Debian). May fetch, unless options.offline. Fails
// with not_found, saying what was tried, or with the first failure of those that were tried.
Result<ReleaseSource> find_release(const ReleaseRequest& request,
                                   const std::vector<CatalogEntry>& catalogue,
                                   const MineOptions& options);

}  // namespace stowaway::kb
