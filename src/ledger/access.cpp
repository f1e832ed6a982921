#include "ledger/access.h"

#include <openssl/rand.h>

#include <array>

#include "fingerprint/identity.h"

namespace stowaway::ledger {
namespace {

constexpr std::string_view kPrefix = "stw_";
constexpr std::string_view kCertificate = "certificate:";  // before a fingerprint: no hash is one
constexpr std::size_t kSecretBytes = 32, kIdBytes = 4, kMaxSecretChars = 200;
constexpr std::size_t kMaxNameBytes = 200;
constexpr std::int64_t kMaxWaiting = 1000;
constexpr const char* kColumns = "id, holder, scope, subject, made, expires, state";

std::string hash_of(std::string_view secret) {
  return fingerprint::to_hex(fingerprint::sha256_of(fingerprint::as_bytes(secret)));
}

template <std::size_t N>
std::string random_hex() {
  std::array<std::uint8_t, N> bytes{};
  return RAND_bytes(bytes.data(), N) == 1 ? fingerprint::to_hex(bytes) : "";
}

std::optional<TokenState> state_named(std::string_view name) {
  for (const TokenState state :
       {TokenState::waiting, TokenState::active, TokenState::used, TokenState::revoked})
    if (name == name_of(state)) return state;
  return std::nullopt;
}

Token token_in(const sql::Statement& row) {
  Token token;
  token.id = row.text(0);
  token.holder = row.text(1);
  token.subject = row.text(3);
  token.made = row.text(4);
  token.expires = row.text(5);
  // What a later program may have added gives no right here.
  const auto scope = scope_named(row.text(2));
  token.scope = scope.value_or(Scope::read);
  token.state =
      scope ? state_named(row.text(6)).value_or(TokenState::revoked) : TokenState::revoked;
  return token;
}

Result<void> check(const Token& wanted) {
  if (wanted.holder.empty() || wanted.holder.size() > kMaxNameBytes ||
      wanted.subject.size() > kMaxNameBytes)
    return fail(ErrorCode::invalid_argument, "say who holds the token, in 1 to {} characters",
                kMaxNameBytes);
  const bool needs_subject = wanted.scope == Scope::submit || wanted.scope == Scope::enrol;
  if (needs_subject && wanted.subject.empty())
    return fail(ErrorCode::invalid_argument, "a token to submit names its subject");
  if (!needs_subject && !wanted.subject.empty())
    return fail(ErrorCode::invalid_argument, "only a token to submit names a subject");
  return {};
}

Result<void> refuse_crowd(sql::Database& database) {
  STOWAWAY_TRY(sql::Statement count,
               database.prepare("SELECT count(*) FROM access_token WHERE state = 'waiting'"));
  STOWAWAY_TRY(const bool row, count.step());
  if (row && count.number(0) >= kMaxWaiting)
    return fail(ErrorCode::limit_exceeded, "{} tokens wait for approval already", kMaxWaiting);
  return {};
}

bool is_fingerprint(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// What is kept of a certificate. Fails with invalid_argument.
Result<std::string> kept_of(sql::Database& database, std::string_view certificate) {
  if (!is_fingerprint(certificate))
    return fail(ErrorCode::invalid_argument, "\"{}\" is no SHA-256 of a certificate", certificate);
  const std::string kept = std::string(kCertificate) + std::string(certificate);
  STOWAWAY_TRY(sql::Statement select,
               database.prepare("SELECT id FROM access_token WHERE sha256 = ?"));
  select.bind(0, kept);
  STOWAWAY_TRY(const bool row, select.step());
  if (row)
    return fail(ErrorCode::invalid_argument, "the certificate belongs to {} already",
                select.text(0));
  return kept;
}

Result<NewToken> insert(sql::Database& database, Token wanted, Seconds now,
                        std::string_view certificate) {
  NewToken made{std::move(wanted), ""};
  std::string kept;
  if (!certificate.empty()) {
    STOWAWAY_TRY(kept, kept_of(database, certificate));
  } else {
    const std::string random = random_hex<kSecretBytes>();
    if (random.empty()) return fail(ErrorCode::unavailable, "no randomness for a token");
    made.secret = std::string(kPrefix) + random;
    kept = hash_of(made.secret);
  }
  made.token.id = random_hex<kIdBytes>();
  made.token.made = utc_text(now);
  if (made.token.id.empty()) return fail(ErrorCode::unavailable, "no randomness for a token");
  STOWAWAY_TRY(sql::Statement add,
               database.prepare("INSERT INTO access_token VALUES(?,?,?,?,?,?,?,?)"));
  int at = 0;
  for (const std::string& text :
       {made.token.id, made.token.holder, std::string(name_of(made.token.scope)),
        made.token.subject, made.token.made, made.token.expires,
        std::string(name_of(made.token.state)), kept})
    add.bind(at++, text);
  STOWAWAY_TRY_VOID(add.run());
  return made;
}

Result<std::optional<Token>> token_kept_as(sql::Database& database, const std::string& kept,
                                           Seconds now) {
  STOWAWAY_TRY(sql::Statement select, database.prepare(std::string("SELECT ") + kColumns +
                                                       " FROM access_token WHERE sha256 = ?"));
  select.bind(0, kept);
  STOWAWAY_TRY(const bool row, select.step());
  if (!row) return std::optional<Token>();
  Token token = token_in(select);
  if (!token.expires.empty() && token.expires <= utc_text(now)) return std::optional<Token>();
  return std::optional<Token>(std::move(token));
}

// Fails with not_found unless one row was changed.
Result<void> change(sql::Database& database, const char* update, const std::string& value,
                    const std::string& id) {
  STOWAWAY_TRY(sql::Statement set, database.prepare(update));
  set.bind(0, value);
  set.bind(1, id);
  STOWAWAY_TRY_VOID(set.run());
  if (database.changes() != 1) return fail(ErrorCode::not_found, "no such token: {}", id);
  return {};
}

}  // namespace

std::string_view name_of(Scope scope) {
  switch (scope) {
    case Scope::read: return "read";
    case Scope::submit: return "submit";
    case Scope::accept: return "accept";
    case Scope::administer: return "administer";
    case Scope::enrol: return "enrol";
  }
  return "";
}

std::optional<Scope> scope_named(std::string_view name) {
  for (const Scope scope :
       {Scope::read, Scope::submit, Scope::accept, Scope::administer, Scope::enrol})
    if (name == name_of(scope)) return scope;
  return std::nullopt;
}

std::string_view name_of(TokenState state) {
  switch (state) {
    case TokenState::waiting: return "waiting";
    case TokenState::active: return "active";
    case TokenState::used: return "used";
    case TokenState::revoked: return "revoked";
  }
  return "";
}

Result<NewToken> make_token(sql::Database& database, Token wanted, Seconds now,
                            std::string_view certificate) {
  STOWAWAY_TRY_VOID(check(wanted));
  STOWAWAY_TRY(sql::Transaction transaction, sql::Transaction::begin_alone(database));
  if (wanted.state == TokenState::waiting) STOWAWAY_TRY_VOID(refuse_crowd(database));
  STOWAWAY_TRY(NewToken made, insert(database, std::move(wanted), now, certificate));
  STOWAWAY_TRY_VOID(transaction.commit());
  return made;
}

Result<std::vector<Token>> tokens(sql::Database& database, std::optional<TokenState> state) {
  STOWAWAY_TRY(
      sql::Statement select,
      database.prepare(std::string("SELECT ") + kColumns +
                       " FROM access_token WHERE ?1 = '' OR state = ?1 ORDER BY made, id"));
  select.bind(0, state ? name_of(*state) : std::string_view());
  std::vector<Token> found;
  for (;;) {
    STOWAWAY_TRY(const bool row, select.step());
    if (!row) return found;
    found.push_back(token_in(select));
  }
}

Result<std::optional<Token>> token_with(sql::Database& database, std::string_view secret,
                                        Seconds now) {
  if (!secret.starts_with(kPrefix) || secret.size() > kMaxSecretChars)
    return std::optional<Token>();
  return token_kept_as(database, hash_of(secret), now);
}

Result<std::optional<Token>> token_of_certificate(sql::Database& database,
                                                  std::string_view certificate, Seconds now) {
  if (!is_fingerprint(certificate)) return std::optional<Token>();
  return token_kept_as(database, std::string(kCertificate) + std::string(certificate), now);
}

Result<void> approve_token(sql::Database& database, const std::string& id) {
  return change(database, "UPDATE access_token SET state = ? WHERE id = ? AND state = 'waiting'",
                "active", id);
}

Result<void> revoke_token(sql::Database& database, const std::string& id) {
  return change(database, "UPDATE access_token SET state = ? WHERE id = ? AND state <> 'revoked'",
                "revoked", id);
}

Result<NewToken> enrol(sql::Database& database, const Token& once, const std::string& holder,
                       Seconds now, std::string_view certificate) {
  if (once.scope != Scope::enrol || once.state != TokenState::active)
    return fail(ErrorCode::not_found, "no token to enrol with");
  Token wanted;
  wanted.holder = holder.empty() ? once.holder : holder;
  wanted.subject = once.subject;
  STOWAWAY_TRY_VOID(check(wanted));
  STOWAWAY_TRY(sql::Transaction transaction, sql::Transaction::begin_alone(database));
  STOWAWAY_TRY_VOID(change(database,
                           "UPDATE access_token SET state = ? WHERE id = ? AND state = 'active'",
                           "used", once.id));
  STOWAWAY_TRY(NewToken made, insert(database, std::move(wanted), now, certificate));
  STOWAWAY_TRY_VOID(transaction.commit());
  return made;
}

Result<NewToken> rotate_token(sql::Database& database, const Token& old, Seconds overlap,
                              Seconds now) {
  if (old.scope == Scope::enrol || old.state != TokenState::active)
    return fail(ErrorCode::invalid_argument, "only a token that counts can be renewed");
  STOWAWAY_TRY(sql::Transaction transaction, sql::Transaction::begin_alone(database));
  const std::string end = utc_text(now + overlap);
  STOWAWAY_TRY_VOID(change(database,
                           "UPDATE access_token SET expires = ? WHERE id = ? AND state = 'active'",
                           old.expires.empty() || end < old.expires ? end : old.expires, old.id));
  STOWAWAY_TRY(NewToken made, insert(database, old, now, {}));
  STOWAWAY_TRY_VOID(transaction.commit());
  return made;
}

bool allows(const Token& token, Scope use, std::string_view subject) {
  if (token.state != TokenState::active || token.scope == Scope::enrol) return false;
  if (token.scope == Scope::administer || use == Scope::read) return true;
  if (token.scope != use) return false;
  if (use != Scope::submit) return true;
  if (token.subject.ends_with('*'))
    return subject.starts_with(std::string_view(token.subject).substr(0, token.subject.size() - 1));
  return token.subject == subject;
}

Result<void> record_access(sql::Database& database, const AccessEntry& entry) {
  STOWAWAY_TRY(
      sql::Statement add,
      database.prepare("INSERT INTO access_log(time, token, holder, client, request, action, "
                       "subject, outcome) VALUES(?,?,?,?,?,?,?,?)"));
  int at = 0;
  for (const std::string& text : {entry.time, entry.token, entry.holder, entry.client,
                                  entry.request, entry.action, entry.subject, entry.outcome})
    add.bind(at++, text);
  return add.run();
}

Result<std::vector<AccessEntry>> access_log(sql::Database& database, std::size_t count) {
  STOWAWAY_TRY(sql::Statement select,
               database.prepare("SELECT time, token, holder, client, request, action, subject, "
                                "outcome FROM access_log ORDER BY id DESC LIMIT ?"));
  select.bind(0, static_cast<std::int64_t>(count));
  std::vector<AccessEntry> entries;
  for (;;) {
    STOWAWAY_TRY(const bool row, select.step());
    if (!row) return entries;
    entries.push_back({select.text(0), select.text(1), select.text(2), select.text(3),
                       select.text(4), select.text(5), select.text(6), select.text(7)});
  }
}

}  // namespace stowaway::ledger
