// Lays packs out as a repository: static files that any file host or mirror can carry.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "kb/repository/signature.h"

namespace stowaway::kb {

struct PublishOptions {
  std::string name = "stowaway";     // of the knowledge base; stays
  std::string published, expires;    // the caller's clock, "2026-11-23T08:00:00Z"
  ProgressSink* progress = nullptr;  // may be null
};

struct PublishCount {
  std::uint64_t number = 0;  // of the list
  std::uint64_t packs = 0, written = 0, removed = 0, bytes = 0;
};

// Each pack is read and checked first. Packs are written before the list that names them, and those
// that neither this list nor the one before names are removed: a reader that began a moment ago
// still ends well. One publisher at a time. Fails with invalid_argument (two packs of one
// component, another name than before, an expiry that has passed), corrupt (what is there is no
// repository of this key), io, or as read_pack; then the old list still stands.
Result<PublishCount> publish(const std::vector<std::string>& pack_files,
                             const std::string& directory, const SecretKey& key,
                             const PublishOptions& options);

}  // namespace stowaway::kb
