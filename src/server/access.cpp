// Tokens and sessions: how a machine comes in, and how a person signs in.
#include "ledger/access.h"

#include <fmt/format.h>

#include "server/answers.h"
#include "server/parameters.h"
#include "server/routes.h"
#include "server/session.h"

namespace stowaway::server {
namespace {

constexpr ledger::Seconds kRotationOverlap = 3600;
constexpr std::size_t kLogEntries = 100;

Json token_json(const ledger::Token& token) {
  return {{"id", token.id},
          {"holder", text_of(token.holder)},
          {"scope", ledger::name_of(token.scope)},
          {"subject", text_of(token.subject)},
          {"made", token.made},
          {"expires", token.expires},
          {"state", ledger::name_of(token.state)}};
}

Answer answer_with_secret(const ledger::NewToken& made, int status) {
  Json document = token_json(made.token);
  if (!made.secret.empty()) document["token"] = made.secret;
  Answer answer = answer_with(document, status);
  answer.headers.emplace_back("Cache-Control", "no-store");
  return answer;
}

// {"holder": …, "subject": …}. With a token of scope `enrol`: its subject counts, and the answer is
// a token that counts. Without: one that waits for an operator's approval. Of a client that shows a
// certificate it is that which counts, and there is no secret to tell.
Result<Answer> enrol(Context& context, const Request& request, const Caller& caller) {
  const Json body = Json::parse(request.body, nullptr, false);
  if (!body.is_object()) return fail(ErrorCode::invalid_argument, "the body is no JSON object");
  const auto field = [&](const char* name) {
    const auto at = body.find(name);
    return at != body.end() && at->is_string() ? at->get<std::string>() : std::string();
  };
  const std::string holder = field("holder");
  if (caller.token) {
    if (caller.token->scope != ledger::Scope::enrol) return refuse(403, "no token to enrol with");
    STOWAWAY_TRY(const auto made, context.ledger->with([&](ledger::Ledger& ledger) {
      return ledger::enrol(ledger.database(), *caller.token, holder, context.clock(),
                           caller.certificate);
    }));
    return answer_with_secret(made, 201);
  }
  ledger::Token wanted;
  wanted.holder = holder;
  wanted.subject = field("subject");
  wanted.state = ledger::TokenState::waiting;
  if (wanted.subject.find('*') != std::string::npos)
    return fail(ErrorCode::invalid_argument, "ask for one subject, without '*'");
  STOWAWAY_TRY(const auto made, context.ledger->with([&](ledger::Ledger& ledger) {
    return ledger::make_token(ledger.database(), wanted, context.clock(), caller.certificate);
  }));
  return answer_with_secret(made, 202);
}

Result<Answer> rotate(Context& context, const Request&, const Caller& caller) {
  if (caller.by_certificate)
    return fail(ErrorCode::invalid_argument,
                "a certificate is renewed by another one: enrol with that");
  STOWAWAY_TRY(const auto made, context.ledger->with([&](ledger::Ledger& ledger) {
    return ledger::rotate_token(ledger.database(), *caller.token, kRotationOverlap,
                                context.clock());
  }));
  return answer_with_secret(made, 201);
}

Result<Answer> own_token(Context&, const Request&, const Caller& caller) {
  return answer_with(token_json(*caller.token));
}

Result<Answer> tokens(Context& context, const Request&, const Caller&) {
  STOWAWAY_TRY(const auto all, context.ledger->with([](ledger::Ledger& ledger) {
    return ledger::tokens(ledger.database(), std::nullopt);
  }));
  Json list = Json::array();
  for (const auto& token : all) list.push_back(token_json(token));
  return answer_with({{"tokens", std::move(list)}});
}

// ?id=…&do=approve|revoke
Result<Answer> change_token(Context& context, const Request& request, const Caller&) {
  STOWAWAY_TRY(const std::string id, needed(request, "id"));
  STOWAWAY_TRY(const std::string action, needed(request, "do"));
  if (action != "approve" && action != "revoke")
    return fail(ErrorCode::invalid_argument, "?do= is approve or revoke");
  STOWAWAY_TRY_VOID(context.ledger->with([&](ledger::Ledger& ledger) {
    return action == "approve" ? ledger::approve_token(ledger.database(), id)
                               : ledger::revoke_token(ledger.database(), id);
  }));
  return answer_with({{"id", id}, {"done", action}});
}

Result<Answer> log(Context& context, const Request& request, const Caller&) {
  STOWAWAY_TRY(const std::size_t count, number(request, "count", kLogEntries, kMaxPage));
  STOWAWAY_TRY(const auto entries, context.ledger->with([&](ledger::Ledger& ledger) {
    return ledger::access_log(ledger.database(), count);
  }));
  Json list = Json::array();
  for (const auto& entry : entries)
    list.push_back({{"time", entry.time},
                    {"token", entry.token},
                    {"holder", text_of(entry.holder)},
                    {"client", text_of(entry.client)},
                    {"request", text_of(entry.request)},
                    {"action", text_of(entry.action)},
                    {"subject", text_of(entry.subject)},
                    {"outcome", text_of(entry.outcome)}});
  return answer_with({{"entries", std::move(list)}});
}

// A token against a cookie: it stays in the browser, where scripts cannot read it.
Result<Answer> sign_in(Context& context, const Request&, const Caller& caller) {
  const ledger::Token& token = *caller.token;
  if (token.state != ledger::TokenState::active || token.scope == ledger::Scope::enrol)
    return refuse(403, "that token does not count");
  const std::string cookie =
      cookie_of({token.id, context.clock() + kSessionSeconds}, context.session_key);
  Json document = token_json(token);
  document["csrf"] = csrf_of(cookie, context.session_key);
  Answer answer = answer_with(document);
  answer.headers.emplace_back(
      "Set-Cookie",
      fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}{}", kSessionCookie, cookie,
                  kSessionSeconds, context.secure_cookies ? "; Secure" : ""));
  answer.headers.emplace_back("Cache-Control", "no-store");
  return answer;
}

// Who is signed in; the value that its writes must send along.
Result<Answer> session(Context& context, const Request& request, const Caller& caller) {
  Answer answer = answer_with({{"signed_in", false}});
  if (caller.token && caller.by_cookie) {
    Json document{{"signed_in", true}};
    document.update(token_json(*caller.token));
    document["csrf"] =
        csrf_of(cookie_in(request.headers.at("cookie"), kSessionCookie), context.session_key);
    answer = answer_with(document);
  }
  answer.headers.emplace_back("Cache-Control", "no-store");
  return answer;
}

Result<Answer> sign_out(Context&, const Request&, const Caller&) {
  Answer answer = answer_with({{"signed_in", false}});
  answer.headers.emplace_back(
      "Set-Cookie",
      fmt::format("{}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0", kSessionCookie));
  return answer;
}

constexpr Route kRoutes[] = {
    {"POST", "/v1/enrol", Need::nothing, &enrol},
    {"POST", "/v1/token/rotate", Need::credential, &rotate},
    {"GET", "/v1/token", Need::credential, &own_token},
    {"GET", "/v1/tokens", Need::administer, &tokens},
    {"POST", "/v1/tokens", Need::administer, &change_token},
    {"GET", "/v1/log", Need::administer, &log},
    {"POST", "/v1/session", Need::credential, &sign_in},
    {"GET", "/v1/session", Need::nothing, &session},
    {"DELETE", "/v1/session", Need::nothing, &sign_out},
};

}  // namespace

std::span<const Route> access_routes() { return kRoutes; }

}  // namespace stowaway::server
