#include "server/api.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/text.h"
#include "server/answers.h"
#include "server/context.h"
#include "server/pages.h"
#include "server/parameters.h"
#include "server/routes.h"
#include "server/session.h"

namespace stowaway::server {
namespace {

constexpr std::string_view kBearer = "Bearer ";

std::vector<Route> all_routes() {
  std::vector<Route> all;
  for (const auto& some : {identify_routes(), tracked_routes(), risk_routes(), access_routes(),
                           service_routes(), try_routes()})
    all.insert(all.end(), some.begin(), some.end());
  return all;
}

std::string header(const Request& request, const std::string& name) {
  const auto at = request.headers.find(name);
  return at == request.headers.end() ? "" : at->second;
}

bool is_write(const Route& route) { return route.method != "GET" && route.need > Need::read; }

ledger::Scope scope_for(Need need) {
  switch (need) {
    case Need::submit: return ledger::Scope::submit;
    case Need::accept: return ledger::Scope::accept;
    case Need::administer: return ledger::Scope::administer;
    case Need::nothing:
    case Need::read:
    case Need::credential: return ledger::Scope::read;
  }
  return ledger::Scope::administer;
}

// Needs the ledger: without one there is nothing to ask.
bool needs_ledger(const Route& route) {
  static constexpr std::string_view kWithout[] = {"/v1/kb", "/v1/known", "/v1/identify", "/v1/try",
                                                  "/v1/session"};
  if (route.need == Need::nothing && route.path != "/v1/enrol") return false;
  return std::ranges::find(kWithout, route.path) == std::end(kWithout) ||
         (route.path == "/v1/session" && route.method == "POST");
}

class Dispatcher final : public Api {
 public:
  Dispatcher(ApiOptions options, std::unique_ptr<kb::Store> store,
             advisory::Advisories advisories) {
    context_.knowledge = std::make_unique<KnowledgeKeeper>(
        std::move(store), std::move(options.open_store), std::move(options.tell));
    if (!options.ledger.empty())
      context_.ledger = std::make_unique<LedgerPool>(options.ledger, options.ledger_connections);
    context_.advisories = std::move(advisories);
    context_.clock = std::move(options.clock);
    context_.tool_version = std::move(options.tool_version);
    context_.session_key = std::move(options.session_key);
    context_.open_reads = options.open_reads;
    context_.secure_cookies = options.secure_cookies;
    context_.trusts_forwarded = options.trusts_forwarded;
    context_.limiter = std::make_unique<Limiter>(options.requests_per_second, options.burst);
    if (!options.try_command.empty())
      context_.try_it = std::make_unique<TryIt>(std::move(options.try_command),
                                                std::move(options.try_environment), context_.clock);
  }

  Answer handle(const Request& request) override {
    const auto at_path = [&](const Route& route) { return route.path == request.path; };
    const std::string method = request.method == "HEAD" ? "GET" : request.method;
    const auto route = std::ranges::find_if(
        routes_, [&](const Route& one) { return at_path(one) && one.method == method; });
    if (route == routes_.end()) {
      if (std::ranges::any_of(routes_, at_path)) return not_allowed(request.path);
      return method == "GET" ? page_at(request) : refuse(404, "there is nothing here");
    }
    const std::string client = client_of(request);
    if (route->need != Need::nothing || route->path == "/v1/enrol")
      if (const int wait = context_.limiter->wait_seconds(client, std::chrono::steady_clock::now());
          wait > 0) {
        Answer answer = refuse(429, "too many requests");
        answer.headers.emplace_back("Retry-After", std::to_string(wait));
        return answer;
      }
    if (!context_.ledger && needs_ledger(*route)) return refuse(404, "this server has no ledger");
    return with_tag(answer_of(*route, request, client), request);
  }

  void count(const Exchange& exchange) override {
    // A path that is nobody's is counted as one: clients can make up any number of them.
    const bool is_known = std::ranges::any_of(
        routes_, [&](const Route& route) { return route.path == exchange.path; });
    context_.metrics.count(is_known ? exchange.path : "other", exchange.status, exchange.seconds);
  }

  Result<void> reach_ledger() {
    if (!context_.ledger) return {};
    return context_.ledger->with([](ledger::Ledger&) -> Result<void> { return {}; });
  }

 private:
  Answer not_allowed(const std::string& path) const {
    std::string allowed;
    for (const Route& route : routes_)
      if (route.path == path) allowed += (allowed.empty() ? "" : ", ") + std::string(route.method);
    Answer answer = refuse(405, "only " + allowed);
    answer.headers.emplace_back("Allow", allowed);
    return answer;
  }

  std::string client_of(const Request& request) const {
    const std::string forwarded = header(request, "x-forwarded-for");
    if (!context_.trusts_forwarded || forwarded.empty()) return request.client;
    // The last one is what the proxy itself saw; what comes before anybody may have written.
    return std::string(trimmed(forwarded.substr(forwarded.rfind(',') + 1)));
  }

  Answer answer_of(const Route& route, const Request& request, const std::string& client) {
    auto caller = caller_of(request);
    if (!caller) return refuse(caller.error());
    caller->client = client;
    caller->certificate = certificate_of(request);
    Answer out;
    if (auto refused = objection(route, request, *caller)) {
      out = *std::move(refused);
    } else {
      auto answer = route.function(context_, request, *caller);
      out = answer ? *std::move(answer) : refuse(answer.error());
    }
    if (is_write(route) || route.path == "/v1/enrol") {
      if (const auto noted = note(route, request, *caller, out.status); !noted)
        return refuse(noted.error());
    }
    return out;
  }

  // Its own, or what the proxy in front saw.
  std::string certificate_of(const Request& request) const {
    if (!request.certificate.empty() || !context_.trusts_forwarded) return request.certificate;
    return to_lower(header(request, "x-client-certificate-sha256"));
  }

  // By bearer token, by certificate, or by cookie.
  Result<Caller> caller_of(const Request& request) {
    Caller caller;
    if (!context_.ledger) return caller;
    const std::string authorization = header(request, "authorization");
    if (authorization.starts_with(kBearer)) {
      STOWAWAY_TRY(caller.token, context_.ledger->with([&](ledger::Ledger& ledger) {
        return ledger::token_with(ledger.database(),
                                  std::string_view(authorization).substr(kBearer.size()),
                                  context_.clock());
      }));
      return caller;
    }
    if (const std::string certificate = certificate_of(request); !certificate.empty()) {
      STOWAWAY_TRY(caller.token, context_.ledger->with([&](ledger::Ledger& ledger) {
        return ledger::token_of_certificate(ledger.database(), certificate, context_.clock());
      }));
      caller.by_certificate = caller.token.has_value();
      if (caller.by_certificate) return caller;
    }
    const auto session = session_in(cookie_in(header(request, "cookie"), kSessionCookie),
                                    context_.session_key, context_.clock());
    if (!session) return caller;
    STOWAWAY_TRY(const auto all, context_.ledger->with([](ledger::Ledger& ledger) {
      return ledger::tokens(ledger.database(), ledger::TokenState::active);
    }));
    for (const ledger::Token& token : all)
      if (token.id == session->token_id &&
          (token.expires.empty() || token.expires > ledger::utc_text(context_.clock())))
        caller.token = token;
    caller.by_cookie = caller.token.has_value();
    return caller;
  }

  // Why the caller may not; nothing when they may.
  std::optional<Answer> objection(const Route& route, const Request& request,
                                  const Caller& caller) const {
    const bool has_credential = !header(request, "authorization").empty();
    if (route.need == Need::nothing)
      return has_credential && !caller.token && route.path == "/v1/enrol"
                 ? std::optional(unauthorised())
                 : std::nullopt;
    if (route.need == Need::read && context_.open_reads) return std::nullopt;
    if (!caller.token) return unauthorised();
    if (route.need == Need::credential) {
      if (caller.token->state == ledger::TokenState::waiting)
        return refuse(403, "the token waits for an operator's approval");
      return caller.token->state == ledger::TokenState::active ? std::nullopt
                                                               : std::optional(unauthorised());
    }
    if (!ledger::allows(*caller.token, scope_for(route.need), parameter(request, "name")))
      return refuse(403, caller.token->state == ledger::TokenState::waiting
                             ? "the token waits for an operator's approval"
                             : "the token does not allow that");
    if (is_write(route) && caller.by_cookie) {
      const std::string cookie = cookie_in(header(request, "cookie"), kSessionCookie);
      if (!same_text(header(request, "x-csrf-token"), csrf_of(cookie, context_.session_key)))
        return refuse(403, "X-Csrf-Token is missing or wrong");
    }
    // A browser shows its certificate to whatever page sends the request.
    if (is_write(route) && caller.by_certificate && !header(request, "origin").empty())
      return refuse(403, "a certificate counts for programs, not for pages");
    return std::nullopt;
  }

  static Answer unauthorised() {
    Answer answer = refuse(401, "a token is needed: Authorization: Bearer …");
    answer.headers.emplace_back("WWW-Authenticate", "Bearer");
    return answer;
  }

  Result<void> note(const Route& route, const Request& request, const Caller& caller, int status) {
    // What nobody known tried is in the log alone: else anybody could fill the ledger.
    if (!caller.token && status >= 400) return {};
    ledger::AccessEntry entry;
    entry.time = ledger::utc_text(context_.clock());
    entry.token = caller.token ? caller.token->id : "";
    entry.holder = caller.token ? caller.token->holder : "";
    entry.client = caller.client;
    entry.request = request.id;
    entry.action = fmt::format("{} {}", route.method, route.path);
    entry.subject = parameter(request, "name");
    entry.outcome = std::to_string(status);
    return context_.ledger->with(
        [&](ledger::Ledger& ledger) { return ledger::record_access(ledger.database(), entry); });
  }

  Context context_;
  std::vector<Route> routes_ = all_routes();
};

}  // namespace

report::Options Context::report_options() const {
  report::Options options;
  options.width_columns = 0;
  options.tool_version = tool_version;
  options.timestamp = ledger::utc_text(clock());
  return options;
}

Result<std::unique_ptr<Api>> Api::create(ApiOptions options, std::unique_ptr<kb::Store> store,
                                         advisory::Advisories advisories) {
  if (options.session_key.empty()) {
    STOWAWAY_TRY(options.session_key, new_session_key());
  }
  auto api =
      std::make_unique<Dispatcher>(std::move(options), std::move(store), std::move(advisories));
  STOWAWAY_TRY_VOID(api->reach_ledger());
  return api;
}

std::vector<std::pair<std::string, std::string>> offered() {
  std::vector<std::pair<std::string, std::string>> all;
  for (const Route& route : all_routes()) all.emplace_back(route.path, route.method);
  std::ranges::sort(all);
  return all;
}

}  // namespace stowaway::server
