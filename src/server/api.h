// The door of `server`: what `stowaway serve` answers, whatever carries it.
//
// Requests are dispatched by method and path (routes.h); who asks is found out, what they may do is
// checked, how often is limited, and each write is put on record in the ledger before it is
// answered. No matching or counting happens here: handlers parse, call the rooms below and encode.
// openapi.json describes it all. Safe from any thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "advisory/advisories.h"
#include "base/result.h"
#include "kb/store.h"
#include "ledger/when.h"
#include "server/http_server.h"

namespace stowaway::server {

struct ApiOptions {
  std::string tool_version;
  std::string ledger;  // as Ledger::open takes it; "": none, and what needs one is a 404
  std::size_t ledger_connections = 4;
  bool open_reads = true;         // else reading needs a token
  bool secure_cookies = false;    // browsers come by https
  bool trusts_forwarded = false;  // a proxy in front says who the client is: X-Forwarded-For
  std::string session_key;        // the same for all replicas; "": one of its own
  double requests_per_second = 0, burst = 100;            // of one client; 0: any
  std::vector<std::string> try_command, try_environment;  // see TryIt; no command: no uploads
  std::function<ledger::Seconds()> clock;
  // Opens the knowledge base that was put in the place of the present one.
  std::function<Result<std::unique_ptr<kb::Store>>()> open_store;
  std::function<void(const std::string&)> tell;  // what happens between requests; may be empty
};

class Api {
 public:
  // Fails with unavailable (no randomness, no ledger), or as Ledger::open does.
  static Result<std::unique_ptr<Api>> create(ApiOptions options, std::unique_ptr<kb::Store> store,
                                             advisory::Advisories advisories);
  virtual ~Api() = default;
  virtual Answer handle(const Request& request) = 0;
  // For the log and the metrics: call it for each finished exchange.
  virtual void count(const Exchange& exchange) = 0;
};

// Method and path of everything that can be asked, pages left out; sorted.
std::vector<std::pair<std::string, std::string>> offered();

}  // namespace stowaway::server
