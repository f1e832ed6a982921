// Brings Debian source packages here, one after the other. Private to `ledger`. One thread.
#pragma once

#include <optional>
#include <string>

#include "kb/miner/debian/apt_archive.h"
#include "kb/miner/mine_options.h"
#include "ledger/tracker.h"

namespace stowaway::ledger {

class DebianFetcher {
 public:
  explicit DebianFetcher(const TrackOptions& options);

  // The version that is offered: the wished one, or the newest. Fails with not_found, unavailable …
  Result<source::Dsc> find(const Wish& wish);
  // The .dsc, with the files that it lists beside it.
  Result<std::string> fetch(const source::Dsc& package);
  // Removes what fetch() brought.
  static void remove(const std::string& dsc_file, const source::Dsc& package);

 private:
  Result<kb::AptArchive*> archive();

  kb::MineOptions options_;
  std::optional<Result<kb::AptArchive>> archive_;  // opened when it is first needed
};

}  // namespace stowaway::ledger
