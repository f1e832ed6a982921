// Options of every command that scans: limits, archives, which evidence counts.
#pragma once

#include <cstdint>

#include "cli/commands.h"
#include "source/source.h"

namespace stowaway::cli {

struct ScanLimits {
  std::uint64_t max_file_mb = 256, max_unpacked_mb = 16384, max_files = 20'000'000;
  unsigned archive_depth = 3;
  bool no_archives = false, no_declared = false, no_similar = false, no_cache = false;

  void add_to(CLI::App& command);
  // With the signals' stop token. `progress` is borrowed for the scan.
  source::Options apply(const Common& common, ProgressSink* progress) const;
};

}  // namespace stowaway::cli
