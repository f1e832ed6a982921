// Who may write to the ledger over the network: bearer tokens with a scope, and the record of what
// was done with them. Only a token's hash is kept; the token is shown once, when it is made. A
// client's certificate can stand in a token's place: then the secret is its key, which nobody here
// ever sees, and its fingerprint is kept (SHA-256 of the DER form, 64 hex digits in lower case).
//
// A machine comes in by a token that an operator made for it, by one that can be used once to make
// its own (scope `enrol`), or by asking: then its token is there and does nothing until an operator
// approves it. Nothing is ever given for merely connecting.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ledger/sql.h"
#include "ledger/when.h"

namespace stowaway::ledger {

enum class Scope {
  read,        // where reading is not open
  submit,      // for one subject, or for those whose name begins like it up to a '*'
  accept,      // accept risks, and read
  administer,  // all
  enrol,       // make one token of scope `submit` for its subject, once
};
std::string_view name_of(Scope scope);
std::optional<Scope> scope_named(std::string_view name);

enum class TokenState { waiting, active, used, revoked };
std::string_view name_of(TokenState state);

struct Token {
  std::string id;      // 8 hex digits: for lists, logs, approval and revocation
  std::string holder;  // who has it: "build-07"
  Scope scope = Scope::submit;
  std::string subject;  // of `submit` and `enrol`
  std::string made;     // time
  std::string expires;  // time from which on it does not count; "": never
  TokenState state = TokenState::active;
};

struct NewToken {
  Token token;
  std::string secret;  // "stw_…": 256 random bits; "" where it is a certificate
};

// Makes a token with a new id and keeps it; `state` is active or waiting. With the fingerprint of a
// certificate it is that certificate which counts, and there is no secret. Fails with
// invalid_argument (no holder, a submit token without subject, no fingerprint, one that has a token
// already), limit_exceeded (too many wait for approval) or unavailable (no randomness).
Result<NewToken> make_token(sql::Database& database, Token wanted, Seconds now,
                            std::string_view certificate = {});

// By time. `state`: only these.
Result<std::vector<Token>> tokens(sql::Database& database, std::optional<TokenState> state);

// The one that this is, whatever its state, if it has not expired. What is looked up is a hash: the
// time that it takes says nothing about how near a wrong one was.
Result<std::optional<Token>> token_with(sql::Database& database, std::string_view secret,
                                        Seconds now);
// The same for a client that has shown that it holds the key of a certificate.
Result<std::optional<Token>> token_of_certificate(sql::Database& database,
                                                  std::string_view certificate, Seconds now);

// Fails with not_found: no such token, or none that waits (approve) or counts (revoke).
Result<void> approve_token(sql::Database& database, const std::string& id);
Result<void> revoke_token(sql::Database& database, const std::string& id);

// Uses a token of scope `enrol` up, and makes one that may submit for its subject. Both or neither;
// of two at once one. Fails with not_found when it is no such token, or was used, or as
// make_token() does.
Result<NewToken> enrol(sql::Database& database, const Token& once, const std::string& holder,
                       Seconds now, std::string_view certificate = {});

// Another token with the same rights; the old one counts for `overlap` more seconds.
Result<NewToken> rotate_token(sql::Database& database, const Token& old, Seconds overlap,
                              Seconds now);

// Whether it allows that use, of that subject ("" where none is meant).
bool allows(const Token& token, Scope use, std::string_view subject);

// One line of the record: never changed, never removed.
struct AccessEntry {
  std::string time, token, holder, client, request, action, subject, outcome;
};
Result<void> record_access(sql::Database& database, const AccessEntry& entry);
// The last `count`, newest first.
Result<std::vector<AccessEntry>> access_log(sql::Database& database, std::size_t count);

}  // namespace stowaway::ledger
