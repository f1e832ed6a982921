// Events as messages: for people, for programs, as a feed. What subjects and advisories say is
// hostile: it is escaped for each. Pure; deterministic.
#pragma once

#include <span>
#include <string>

#include "ledger/notice.h"

namespace stowaway::ledger {

struct Message {
  std::string id;  // stable: the same events to the same subscription, whatever happens between
  Seconds time = 0;
  std::string subject;  // one line
  std::string text;     // lines of plain UTF-8 text
  std::string json;     // schema/notice-1.schema.json
};

// `events` in their order; at least one.
Message message_of(const std::string& id, const Subscription& subscription,
                   std::span<const Event> events, Seconds now);

// An RFC 5322 message in 7-bit ASCII: what mail servers take, and no line of ours can become a
// header.
std::string mail_of(const Message& message, const std::string& from, const std::string& to);

// An Atom feed (RFC 4287) of events, newest first. Each entry keeps its id for ever.
std::string feed_of(const Subscription& subscription, std::span<const Event> events);

// "sha256=…": HMAC-SHA-256 of the body, as GitHub signs its webhooks (X-Hub-Signature-256).
std::string signature_of(const std::string& body, const std::string& key);

}  // namespace stowaway::ledger
