// A knowledge base in a cluster of ClickHouse servers, behind kb/store.h. docs/distributed-store.md
// says how it lies there.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "kb/store.h"
#include "kb/stores/clickhouse/address.h"

namespace stowaway::kb::clickhouse {

// The newest published knowledge base, and no other while the store is open. As kb::open_store.
Result<std::unique_ptr<Store>> open_store(const std::string& url, const StoreOptions& options);

}  // namespace stowaway::kb::clickhouse
