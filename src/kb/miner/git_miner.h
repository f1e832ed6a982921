// Mines a git repository: every release of one component, in one pass. Trees that releases share
// are walked once, blobs that they share are read once, nothing is checked out. Reads from several
// threads; call from one.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>

#include "base/progress.h"
#include "base/result.h"
#include "kb/catalog/catalog.h"
#include "kb/miner/pack_builder.h"

namespace stowaway::kb {

struct MineOptions {
  unsigned jobs = 0;                         // 0: as many as the machine has processors
  std::uint64_t max_file_bytes = 32U << 20;  // larger files are left out and counted
  std::stop_token stop;
  ProgressSink* progress = nullptr;  // may be null
};

struct MineCount {
  std::uint64_t releases = 0;  // new ones
  std::uint64_t contents = 0;  // distinct blobs or files read
  std::uint64_t bytes = 0;     // of these
  std::uint64_t unread = 0;    // missing from a partial clone, or too large
};

// Adds to `builder` the releases that it does not have yet. Fails with not_found (no repository),
// invalid_argument (rule) or cancelled; the builder is then to be thrown away.
Result<MineCount> mine_git(const std::string& repository_path, const CatalogSource& source,
                           PackBuilder& builder, const MineOptions& options);

}  // namespace stowaway::kb
