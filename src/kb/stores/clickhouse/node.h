// One ClickHouse server, asked by HTTP. An answer is whole or an error: the server is told to
// finish the query before it answers. Safe from any thread: each request has a connection to
// itself, and idle ones are kept.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/http.h"
#include "base/result.h"
#include "kb/store.h"

namespace stowaway::kb::clickhouse {

// Numbers that go along with a query, as a table `name` with the one column `key`.
struct KeyTable {
  std::string_view name;
  const std::vector<std::uint64_t>* keys;
};

class Node {
 public:
  Node(std::string scheme, std::string host, std::string database, StoreOptions options);

  const std::string& host() const { return host_; }

  // Runs a query; the answer in RowBinary where it ends with FORMAT RowBinary. Fails with
  // unavailable (no answer), not_found (no such database or table), limit_exceeded, or io (what
  // else the server says).
  Result<std::string> ask(const std::string& query, const std::vector<KeyTable>& tables = {});
  // Before there is a database.
  Result<void> run_outside(const std::string& query);
  // Rows in RowBinary, the columns in the table's order.
  Result<void> insert(const std::string& table, std::string_view rows);

 private:
  Result<std::string> send(const std::string& parameters, const std::string& type,
                           std::string_view body, bool in_database = true);
  Result<HttpClient> take_client();

  std::string base_, host_, database_;
  StoreOptions options_;
  std::mutex mutex_;
  std::vector<HttpClient> idle_;  // guarded by mutex_
};

}  // namespace stowaway::kb::clickhouse
