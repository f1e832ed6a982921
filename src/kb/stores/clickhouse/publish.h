// Makes what is loaded visible: one more knowledge base, whole. Private to the store.
#pragma once

#include <string>

#include "base/result.h"
#include "kb/stores/clickhouse/cluster.h"

namespace stowaway::kb::clickhouse {

struct Publication {
  std::string id;
  bool is_news = false;
};

// `cluster` has met its nodes. Who owns what is counted in the engine, shard by shard, and judged
// here as for an index (index/owners.h); memory grows with the directories of all packs. Fails with
// unavailable where the nodes that have all packs do not cover all shards, not_found (no packs) or
// io.
Result<Publication> publish(Cluster& cluster);

}  // namespace stowaway::kb::clickhouse
