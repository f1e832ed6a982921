// The URL of a cluster: clickhouse://HOST:PORT,HOST:PORT,…/DATABASE, all nodes in their order;
// clickhouses:// asks by TLS. The order matters: it says which node keeps which shards, and every
// node remembers its place.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace stowaway::kb::clickhouse {

struct Address {
  std::string url;                 // as given, for reports
  std::string scheme;              // "http" or "https"
  std::vector<std::string> hosts;  // "HOST:PORT"; at least one, no repeats
  std::string database;            // letters, digits, '_'
};

bool is_address(const std::string& url);
// Fails with invalid_argument.
Result<Address> parse_address(const std::string& url);

}  // namespace stowaway::kb::clickhouse
