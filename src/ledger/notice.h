// Notices: what has changed about the findings of tracked subjects, who wants to know, and what is
// still to be sent.
//
// An audit is compared with what was known; each difference is an event with a stable id, and goes
// to the outbox for every subscription that it concerns, in one transaction with the new knowledge:
// a process that dies loses neither. notify.h sends what is due.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "advisory/audit.h"
#include "base/result.h"
#include "ledger/sql.h"
#include "ledger/when.h"

namespace stowaway::ledger {

enum class EventKind {
  found,    // open now, and was not known or not affected before
  changed,  // another status, severity or fix; accepted, or accepted no longer
  expired,  // an acceptance has run out: open again
  fixed,    // no longer affected, or gone
};
std::string_view name_of(EventKind kind);  // "new", "changed", "expired", "fixed"

struct Event {
  std::string id;           // 32 hex digits; the same change never gets another
  std::int64_t number = 0;  // 1, 2, … in the order in which they were found
  Seconds time = 0;
  EventKind kind = EventKind::found;
  std::string subject, path, component, versions;  // versions: as people read them
  std::string advisory, summary;
  advisory::Level level = advisory::Level::unknown;
  std::string state;    // "affected", "unknown", "not affected", "accepted", "stated free"
  std::string because;  // one sentence
  std::string fixed;    // version; may be empty
};

enum class Channel { mail, webhook, feed };
std::string_view name_of(Channel channel);
std::optional<Channel> channel_named(std::string_view name);

struct Subscription {
  std::string id;  // 8 hex digits, given by subscribe()
  Channel channel = Channel::mail;
  std::string target;              // a mail address, a URL, or a file
  std::string secret_file;         // webhook: holds the key of the signature; may be empty
  std::string subject, component;  // only these; "": all. A subject may end in '*'
  advisory::Level level = advisory::Level::unknown;  // at least; unknown: any
  std::int64_t digest_hours = 0;  // at most one message in so many hours; 0: at once
};

// Fails with invalid_argument: no address, no http(s) URL, an empty target.
Result<Subscription> subscribe(sql::Database& database, Subscription wanted);
// What was not sent yet is dropped with it. Fails with not_found.
Result<void> unsubscribe(sql::Database& database, const std::string& id);
Result<std::vector<Subscription>> subscriptions(sql::Database& database);

// Compares the audit of one subject with what is known of it, keeps the new state, and puts events
// into the outbox. Returns the events, in the order of the audit; none when nothing has changed.
// All or nothing.
Result<std::vector<Event>> take_note(sql::Database& database, const advisory::Audit& audit,
                                     Seconds now);

// A subject that is no longer tracked: what was open is fixed.
Result<std::vector<Event>> forget_subject(sql::Database& database, const std::string& subject,
                                          Seconds now);

// The last `count` events that concern a subscription, newest first.
Result<std::vector<Event>> events_for(sql::Database& database, const std::string& subscription,
                                      std::size_t count);

}  // namespace stowaway::ledger
