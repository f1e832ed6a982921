// Directories of packs, from the nodes that keep them. Private to the store.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "kb/stores/clickhouse/cluster.h"

namespace stowaway::kb::clickhouse {

// `query` selects a pack's number and one text, with "pack IN keys". The text of each pack. Fails
// with corrupt where one is missing, or as Cluster::ask_for_keys.
Result<std::unordered_map<std::uint64_t, std::string>> fetch_texts(Cluster& cluster,
                                                                   std::vector<std::uint64_t> packs,
                                                                   const std::string& query);

}  // namespace stowaway::kb::clickhouse
