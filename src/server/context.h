// What the handlers share. Private to `server`.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "advisory/advisories.h"
#include "ledger/access.h"
#include "ledger/when.h"
#include "match/fingerprints.h"
#include "report/writer.h"
#include "server/knowledge.h"
#include "server/ledger_pool.h"
#include "server/limiter.h"
#include "server/metrics.h"
#include "server/try_it.h"

namespace stowaway::server {

struct Context {
  std::unique_ptr<KnowledgeKeeper> knowledge;
  std::unique_ptr<LedgerPool> ledger;  // null: none
  std::mutex advisories_guard;
  advisory::Advisories advisories;  // under advisories_guard
  Metrics metrics;
  std::unique_ptr<TryIt> try_it;  // null: not offered
  std::unique_ptr<Limiter> limiter;
  std::string tool_version;
  std::string session_key;  // of cookies
  bool open_reads = true, secure_cookies = false, trusts_forwarded = false;
  std::function<ledger::Seconds()> clock;

  report::Options report_options() const;
};

// Who asks: nobody known, or the holder of a token.
struct Caller {
  std::optional<ledger::Token> token;
  std::string client;  // address
  bool by_cookie = false, by_certificate = false;
  std::string certificate;  // that the client has the key of, as the ledger keeps it; "": none
};

}  // namespace stowaway::server
