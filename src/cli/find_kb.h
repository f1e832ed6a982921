// Finds the knowledge base: --kb, $STOWAWAY_KB, the user's data directory, the installed starter
// KB, the build tree's.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "kb/kb.h"
#include "kb/store.h"

namespace stowaway::cli {

// Fails with unavailable (none found; says where it looked and how to get one) or as Kb::open does.
Result<kb::Kb> open_kb(const std::string& option);

// The same where a cluster will do as well: clickhouse://HOST:PORT,…/DATABASE. Its user and
// password are in STOWAWAY_CLICKHOUSE_USER and STOWAWAY_CLICKHOUSE_PASSWORD, the certificates that
// it is trusted by in STOWAWAY_CLICKHOUSE_CA.
Result<std::unique_ptr<kb::Store>> open_kb_store(const std::string& option);
kb::StoreOptions cluster_options();
// What --kb or $STOWAWAY_KB says; empty: nothing.
std::string named_kb(const std::string& option);

// Packs named one by one, or all in a directory.
std::vector<std::string> expand_packs(const std::vector<std::string>& arguments);

}  // namespace stowaway::cli
