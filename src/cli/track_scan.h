// `scan --track NAME=VERSION`: what a scan found goes to the ledger by the way.
#pragma once

#include <string>

#include "cli/commands.h"
#include "match/scan.h"

namespace stowaway::cli {

struct TrackScan {
  std::string name_and_version, ledger;

  void add_to(CLI::App& command);
  // Fails with invalid_argument; `subjects`: how many are scanned.
  Result<void> check(std::size_t subjects) const;
  bool is_wanted() const { return !name_and_version.empty(); }
  // Nothing where it was not asked for. Fails as the ledger does.
  Result<void> keep(const match::ScanResult& result, const match::Fingerprints& fingerprints) const;
};

}  // namespace stowaway::cli
