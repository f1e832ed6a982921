// Debian's archive through apt, with a state of its own: the system's configuration is read, never
// changed, and no right is needed. apt checks the index against the archive's keys, and each file
// against the index. Private to `kb/miner`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "kb/miner/mine_options.h"
#include "source/dsc.h"

namespace stowaway::kb {

// Debian Policy 5.6.1: what may stand in a command line.
bool is_debian_name(std::string_view name);

// The version that upstream gave: "1.2.13" of "1:1.2.13.dfsg-1". Without epoch and revision, and
// without the marks of a repacked tarball ("+dfsg", "+ds1", "+repack"); "1.1" of "2.0+really1.1-3".
std::string upstream_version(std::string_view debian_version);

// Names the upstream files of a source package, whatever its revision: the SHA-256 of the tarball,
// or over the lines "SHA-256  name" of several.
std::string revision_of(const source::Dsc& package);

class AptArchive {
 public:
  // Brings the index up to date, once per process. Fails with not_found (no apt), unavailable (no
  // source is configured, or none answers), io or cancelled.
  static Result<AptArchive> open(const MineOptions& options);

  // Every version that the suites offer, oldest first, each once. Fails with not_found.
  Result<std::vector<source::Dsc>> versions(const std::string& package) const;

  // Downloads what is not there yet; gives the .dsc, with the other files beside it.
  Result<std::string> fetch(const source::Dsc& package) const;

 private:
  AptArchive(std::string state, const MineOptions& options)
      : state_(std::move(state)), options_(&options) {}
  std::vector<std::string> command(const char* program,
                                   const std::string& list = "sources.list") const;

  std::string state_;
  const MineOptions* options_;
};

}  // namespace stowaway::kb
