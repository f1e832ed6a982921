#include "ledger/message.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "fingerprint/identity.h"

namespace stowaway::ledger {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxEventsInText = 200;  // the rest is counted; the JSON has all

std::string place_text(const Event& event) {
  return fmt::format("{} {} at {}", event.component, event.versions,
                     event.path.empty() ? "." : event.path);
}

std::string headline(const Event& event) {
  switch (event.kind) {
    case EventKind::found: return fmt::format("{}: {}", event.advisory, event.state);
    case EventKind::changed: return fmt::format("{}: now {}", event.advisory, event.state);
    case EventKind::expired:
      return fmt::format("{}: the acceptance has expired, {}", event.advisory, event.state);
    case EventKind::fixed: return fmt::format("{}: no longer affected", event.advisory);
  }
  return event.advisory;
}

std::string text_of(const Event& event) {
  std::string text =
      fmt::format("[{}] {}\n  {}\n", name_of(event.kind), escape_for_terminal(headline(event)),
                  escape_for_terminal(place_text(event)));
  if (event.level != advisory::Level::unknown)
    text += fmt::format("  severity: {}\n", advisory::name_of(event.level));
  if (!event.summary.empty()) text += "  " + escape_for_terminal(event.summary) + "\n";
  if (!event.because.empty()) text += "  " + escape_for_terminal(event.because) + "\n";
  if (!event.fixed.empty() && event.kind != EventKind::fixed)
    text += "  fixed in: " + escape_for_terminal(event.fixed) + "\n";
  return text + "  id: " + event.id + "\n";
}

std::string subject_line(std::span<const Event> events) {
  const Event& first = events.front();
  if (events.size() == 1)
    return fmt::format("{}: {} in {}", first.subject, headline(first), first.component);
  const bool one_subject = std::ranges::all_of(
      events, [&](const Event& event) { return event.subject == first.subject; });
  return one_subject ? fmt::format("{}: {} notices", first.subject, events.size())
                     : fmt::format("{} notices about {} and others", events.size(), first.subject);
}

// Text with U+FFFD for bytes that are not UTF-8 comes from the serializer.
Json json_of(const Event& event) {
  Json out;
  out["id"] = event.id;
  out["kind"] = name_of(event.kind);
  out["time"] = utc_text(event.time);
  out["subject"] = event.subject;
  out["path"] = event.path;
  out["component"] = event.component;
  out["versions"] = event.versions;
  out["advisory"] = event.advisory;
  out["summary"] = event.summary;
  out["severity"] = advisory::name_of(event.level);
  out["state"] = event.state;
  out["because"] = event.because;
  out["fixed_version"] = event.fixed.empty() ? Json(nullptr) : Json(event.fixed);
  return out;
}

std::string base64(std::string_view bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3), '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

std::string base64_lines(const std::string& text) {
  constexpr std::size_t kLine = 76;
  const std::string all = base64(text);
  std::string out;
  for (std::size_t i = 0; i < all.size(); i += kLine) out += all.substr(i, kLine) + "\r\n";
  return out;
}

// One header's text as encoded words of at most 75 characters (RFC 2047), folded. Never cuts a
// character in two.
std::string encoded_words(std::string_view text) {
  constexpr std::size_t kBytes = 42;  // 56 in base64, and "=?UTF-8?B?" "?=" around them
  std::string out;
  while (!text.empty()) {
    std::size_t end = std::min(kBytes, text.size());
    while (end < text.size() && end > 1 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
      --end;
    out += (out.empty() ? "" : "\r\n ") + ("=?UTF-8?B?" + base64(text.substr(0, end)) + "?=");
    text.remove_prefix(end);
  }
  return out;
}

std::string header_text(const std::string& text) {
  const bool plain = std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
  return plain && text.size() < 60 ? text : encoded_words(text);
}

std::string xml(std::string_view bytes) {
  std::string out;
  for (const char c : escape_for_terminal(bytes)) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

// A digest as a UUID (version 8), for identifiers that must be one.
std::string uuid_of(const std::string& hex) {
  return fmt::format("urn:uuid:{}-{}-8{}-8{}-{}", hex.substr(0, 8), hex.substr(8, 4),
                     hex.substr(13, 3), hex.substr(17, 3), hex.substr(20, 12));
}

std::string entry_of(const Event& event) {
  return fmt::format(
      "  <entry>\n    <id>{}</id>\n    <title>{}</title>\n    <updated>{}</updated>\n"
      "    <category term=\"{}\"/>\n    <content type=\"text\">{}</content>\n  </entry>\n",
      uuid_of(event.id), xml(event.subject + ": " + headline(event)), utc_text(event.time),
      name_of(event.kind),
      xml(fmt::format("{}. {}{}", place_text(event), event.because,
                      event.fixed.empty() ? "" : ". Fixed in " + event.fixed)));
}

}  // namespace

Message message_of(const std::string& id, const Subscription& subscription,
                   std::span<const Event> events, Seconds now) {
  STOWAWAY_CHECK(!events.empty(), "a message about nothing");
  Message message;
  message.id = id;
  message.time = now;
  message.subject = escape_for_terminal(subject_line(events));
  std::string of_subject;
  for (std::size_t i = 0; i < std::min(events.size(), kMaxEventsInText); ++i) {
    if (i == 0 || events[i].subject != of_subject) {
      of_subject = events[i].subject;
      message.text += (i == 0 ? "" : "\n") + escape_for_terminal(of_subject) + "\n\n";
    }
    message.text += text_of(events[i]);
  }
  if (events.size() > kMaxEventsInText)
    message.text += fmt::format("\n… and {} more.\n", events.size() - kMaxEventsInText);
  Json json;
  json["schema"] = "https://stowaway.invalid/schema/notice-1.json";
  json["format_version"] = 1;
  json["message"] = id;
  json["subscription"] = subscription.id;
  json["events"] = Json::array();
  for (const Event& event : events) json["events"].push_back(json_of(event));
  message.json = json.dump(-1, ' ', /*ensure_ascii=*/true, Json::error_handler_t::replace) + "\n";
  return message;
}

std::string mail_of(const Message& message, const std::string& from, const std::string& to) {
  // The part after the "@" of our own address: ids are unique in a domain.
  const std::size_t at = from.rfind('@');
  const std::string domain = at == std::string::npos ? "stowaway.invalid" : from.substr(at + 1);
  std::string mail;
  const auto header = [&mail](std::string_view name, const std::string& text) {
    mail += fmt::format("{}: {}\r\n", name, text);
  };
  header("From", from);
  header("To", to);
  header("Subject", header_text("[stowaway] " + message.subject));
  header("Date", mail_date(message.time));
  header("Message-ID", fmt::format("<{}@{}>", message.id, domain));
  header("Auto-Submitted", "auto-generated");
  header("MIME-Version", "1.0");
  header("Content-Type", "text/plain; charset=utf-8");
  header("Content-Transfer-Encoding", "base64");
  return mail + "\r\n" + base64_lines(message.text);
}

std::string feed_of(const Subscription& subscription, std::span<const Event> events) {
  const Seconds updated = events.empty() ? 0 : events.front().time;
  const std::string id =
      fingerprint::to_hex(fingerprint::sha256_of(fingerprint::as_bytes("feed " + subscription.id)));
  std::string out = fmt::format(
      "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n"
      "  <id>{}</id>\n  <title>Stowaway: embedded copies with known vulnerabilities</title>\n"
      "  <author><name>stowaway</name></author>\n  <updated>{}</updated>\n",
      uuid_of(id), utc_text(updated));
  for (const Event& event : events) out += entry_of(event);
  return out + "</feed>\n";
}

std::string signature_of(const std::string& body, const std::string& key) {
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(body.data()), body.size(), digest.data(), &size);
  return "sha256=" + fingerprint::to_hex(std::span(digest).first(size));
}

}  // namespace stowaway::ledger
