// Loads packs into a cluster, and publishes what is loaded.
//
// Loading may be done by many machines at once, and again at any time: a pack that a node has is
// not sent there again. Publishing decides who owns what over all packs that are loaded, of each
// component the one loaded last, and makes them visible together.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "kb/store.h"

namespace stowaway::kb {

struct LoadOptions {
  StoreOptions store;
  bool publish = true;
  ProgressSink* progress = nullptr;  // may be null
};

struct LoadCount {
  std::uint64_t packs = 0;            // that were given, one a component
  std::uint64_t packs_loaded = 0;     // of which at least one node had not all
  std::uint64_t rows = 0, bytes = 0;  // sent, to all nodes together
  std::string id;                     // of what is published now; empty: nothing was
  bool is_news = false;               // it was not before
  std::vector<std::string> missing;   // why nodes were left out; load again when they are back
};

// Fails with invalid_argument, unavailable (no node of a shard answers) or io, and as read_pack
// does; what was published before stays as it was.
Result<LoadCount> load_packs(const std::string& url, const std::vector<std::string>& pack_files,
                             const LoadOptions& options);

}  // namespace stowaway::kb
