// Cookies for people in browsers: signed, so that any replica that has the key can check them and
// none keeps any. A write by cookie must repeat a second value that another site cannot read (OWASP
// cross-site request forgery prevention: signed double submit). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "ledger/when.h"

namespace stowaway::server {

inline constexpr ledger::Seconds kSessionSeconds = 8 * 3600;
inline constexpr const char* kSessionCookie = "stowaway_session";

// 256 random bits as hex. Fails with unavailable.
Result<std::string> new_session_key();

struct Session {
  std::string token_id;
  ledger::Seconds ends = 0;
};
std::string cookie_of(const Session& session, const std::string& key);
// Nothing unless it was made with this key and has not ended.
std::optional<Session> session_in(std::string_view cookie, const std::string& key,
                                  ledger::Seconds now);
// What a write must send along as X-Csrf-Token.
std::string csrf_of(std::string_view cookie, const std::string& key);
bool same_text(std::string_view a, std::string_view b);  // in a time that tells nothing

// The value of one cookie in a Cookie header; "" when it is not there.
std::string cookie_in(std::string_view header, std::string_view name);

}  // namespace stowaway::server
