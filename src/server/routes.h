// What can be asked: method, path, what the caller needs for it, who answers. openapi.json says the
// same to the world; a test compares them. Private to `server`.
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "server/context.h"
#include "server/http_server.h"

namespace stowaway::server {

enum class Need {
  nothing,  // anybody, at any time: health, the pages, the description
  read,     // anybody, unless reading needs a token
  submit,   // for the subject that ?name= says
  accept,
  administer,
  credential,  // any token that counts, or the one that is about to be used up: the handler looks
};

using Function = Result<Answer> (*)(Context& context, const Request& request, const Caller& caller);

struct Route {
  std::string_view method, path;
  Need need;
  Function function;
};

std::span<const Route> identify_routes();  // the knowledge base, and matching against it
std::span<const Route> tracked_routes();   // what the ledger knows
std::span<const Route> risk_routes();      // advisories, audits, acceptances, events
std::span<const Route> access_routes();    // tokens, sessions
std::span<const Route> service_routes();   // health, metrics, descriptions
std::span<const Route> try_routes();       // one upload, scanned and forgotten

}  // namespace stowaway::server
