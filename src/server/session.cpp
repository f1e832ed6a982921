#include "server/session.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <array>
#include <charconv>

#include "base/text.h"
#include "fingerprint/identity.h"
#include "ledger/message.h"

namespace stowaway::server {
namespace {

constexpr std::size_t kKeyBytes = 32, kMaxCookieBytes = 300;

std::string body_of(const Session& session) {
  return fmt::format("{}.{}", session.token_id, session.ends);
}

}  // namespace

Result<std::string> new_session_key() {
  std::array<std::uint8_t, kKeyBytes> bytes{};
  if (RAND_bytes(bytes.data(), kKeyBytes) != 1)
    return fail(ErrorCode::unavailable, "no randomness for a key");
  return fingerprint::to_hex(bytes);
}

std::string cookie_of(const Session& session, const std::string& key) {
  const std::string body = body_of(session);
  // "sha256=" is not needed here.
  return body + "." + ledger::signature_of("session " + body, key).substr(7);
}

std::optional<Session> session_in(std::string_view cookie, const std::string& key,
                                  ledger::Seconds now) {
  if (cookie.size() > kMaxCookieBytes) return std::nullopt;
  const auto parts = split(cookie, '.');
  if (parts.size() != 3) return std::nullopt;
  Session session;
  session.token_id = parts[0];
  const auto [end, error] =
      std::from_chars(parts[1].data(), parts[1].data() + parts[1].size(), session.ends);
  if (error != std::errc() || end != parts[1].data() + parts[1].size() || session.ends <= now)
    return std::nullopt;
  if (!same_text(cookie_of(session, key), cookie)) return std::nullopt;
  return session;
}

std::string csrf_of(std::string_view cookie, const std::string& key) {
  return ledger::signature_of("csrf " + std::string(cookie), key).substr(7);
}

bool same_text(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string cookie_in(std::string_view header, std::string_view name) {
  for (const std::string_view part : split(header, ';')) {
    const std::string_view item = trimmed(part);
    const std::size_t equals = item.find('=');
    if (equals != std::string_view::npos && item.substr(0, equals) == name)
      return std::string(item.substr(equals + 1));
  }
  return "";
}

}  // namespace stowaway::server
