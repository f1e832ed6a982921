#include "ledger/notify.h"

#include <algorithm>

#include "base/atomic_file.h"
#include "fingerprint/identity.h"
#include "ledger/notice_rows.h"

namespace stowaway::ledger {
namespace {

constexpr Seconds kFirstWait = 60, kLongestWait = 6 * 3600;
constexpr Seconds kLease = 600;  // a try takes at most the transports' time limits, 60 s
constexpr std::size_t kMaxEventsInMessage = 1000, kMaxEventsInFeed = 200;

class Pass {
 public:
  Pass(sql::Database& database, const Transports& transports, const std::function<Seconds()>& clock)
      : database_(database), transports_(transports), clock_(clock) {}

  Result<NotifyReport> run() {
    STOWAWAY_TRY(const auto all, subscriptions(database_));
    for (const Subscription& subscription : all) {
      STOWAWAY_TRY_VOID(gather(subscription));
      STOWAWAY_TRY(const auto due, due_messages(subscription));
      for (const std::string& message : due) STOWAWAY_TRY_VOID(attempt(message, subscription));
    }
    STOWAWAY_TRY(const auto rest, waiting(database_));
    for (const Waiting& one : rest) report_.waiting += static_cast<std::size_t>(one.events);
    return std::move(report_);
  }

 private:
  // Puts events that belong to no message yet into one, which from then on never changes.
  Result<void> gather(const Subscription& subscription) {
    STOWAWAY_TRY(sql::Transaction transaction, sql::Transaction::begin_alone(database_));
    STOWAWAY_TRY(const bool is_time, digest_is_due(subscription));
    if (!is_time) return {};
    STOWAWAY_TRY(sql::Statement select,
                 database_.prepare(
                     "SELECT id FROM notice_delivery JOIN notice_event ON event = id "
                     "WHERE subscription = ? AND notice_delivery.state = 'due' AND message = '' "
                     "ORDER BY number LIMIT ?"));
    select.bind(0, subscription.id);
    select.bind(1, static_cast<std::int64_t>(kMaxEventsInMessage));
    std::vector<std::string> events;
    for (;;) {
      STOWAWAY_TRY(const bool row, select.step());
      if (!row) break;
      events.push_back(select.text(0));
    }
    if (events.empty()) return {};
    std::string content = subscription.id;
    for (const std::string& event : events) content += "\n" + event;
    const std::string id =
        fingerprint::to_hex(fingerprint::sha256_of(fingerprint::as_bytes(content))).substr(0, 32);
    STOWAWAY_TRY(sql::Statement assign, database_.prepare("UPDATE notice_delivery SET message = ? "
                                                          "WHERE subscription = ? AND event = ?"));
    for (const std::string& event : events) {
      assign.bind(0, id);
      assign.bind(1, subscription.id);
      assign.bind(2, event);
      STOWAWAY_TRY_VOID(assign.run());
    }
    STOWAWAY_TRY(sql::Statement mark,
                 database_.prepare("UPDATE notice_subscription SET last_digest = ? WHERE id = ?"));
    mark.bind(0, clock_());
    mark.bind(1, subscription.id);
    STOWAWAY_TRY_VOID(mark.run());
    return transaction.commit();
  }

  Result<bool> digest_is_due(const Subscription& subscription) {
    STOWAWAY_TRY(sql::Statement select,
                 database_.prepare("SELECT last_digest FROM notice_subscription WHERE id = ?"));
    select.bind(0, subscription.id);
    STOWAWAY_TRY(const bool row, select.step());
    return row && clock_() >= select.number(0) + subscription.digest_hours * 3600;
  }

  Result<std::vector<std::string>> due_messages(const Subscription& subscription) {
    STOWAWAY_TRY(sql::Statement select,
                 database_.prepare("SELECT DISTINCT message FROM notice_delivery WHERE "
                                   "subscription = ? AND state = 'due' AND message <> '' AND "
                                   "next_try <= ? AND lease_until <= ? ORDER BY message"));
    const Seconds now = clock_();
    select.bind(0, subscription.id);
    select.bind(1, now);
    select.bind(2, now);
    std::vector<std::string> messages;
    for (;;) {
      STOWAWAY_TRY(const bool row, select.step());
      if (!row) return messages;
      messages.push_back(select.text(0));
    }
  }

  Result<void> attempt(const std::string& message, const Subscription& subscription) {
    STOWAWAY_TRY(const bool is_ours, lease(message));
    if (!is_ours) return {};  // another process is at it
    STOWAWAY_TRY(const auto events, events_of(message));
    if (events.empty()) return {};  // unsubscribed meanwhile
    const auto sent = send(message, subscription, events);
    if (sent) {
      ++report_.messages;
      report_.events += events.size();
      return record_success(message);
    }
    return record_failure(message, subscription, sent.error().message);
  }

  Result<bool> lease(const std::string& message) {
    const Seconds now = clock_();
    STOWAWAY_TRY(sql::Statement update,
                 database_.prepare("UPDATE notice_delivery SET lease_until = ? WHERE message = ? "
                                   "AND state = 'due' AND lease_until <= ?"));
    update.bind(0, now + kLease);
    update.bind(1, message);
    update.bind(2, now);
    STOWAWAY_TRY_VOID(update.run());
    return database_.changes() > 0;
  }

  Result<std::vector<Event>> events_of(const std::string& message) {
    STOWAWAY_TRY(sql::Statement select,
                 database_.prepare("SELECT " STOWAWAY_EVENT_COLUMNS
                                   " FROM notice_event JOIN notice_delivery ON event = id WHERE "
                                   "message = ? ORDER BY subject, number"));
    select.bind(0, message);
    std::vector<Event> events;
    for (;;) {
      STOWAWAY_TRY(const bool row, select.step());
      if (!row) return events;
      events.push_back(event_in(select));
    }
  }

  Result<void> send(const std::string& id, const Subscription& subscription,
                    const std::vector<Event>& events) {
    if (subscription.channel == Channel::feed) return write_feed(subscription);
    Transport* const transport =
        subscription.channel == Channel::mail ? transports_.mail : transports_.webhook;
    if (transport == nullptr)
      return fail(ErrorCode::unavailable, "no {} is set up", name_of(subscription.channel));
    return transport->send(message_of(id, subscription, events, events.back().time), subscription);
  }

  Result<void> write_feed(const Subscription& subscription) {
    STOWAWAY_TRY(const auto events, events_for(database_, subscription.id, kMaxEventsInFeed));
    const std::string feed = feed_of(subscription, events);
    return write_file_atomically(subscription.target, fingerprint::as_bytes(feed));
  }

  Result<void> record_success(const std::string& message) {
    STOWAWAY_TRY(sql::Statement update,
                 database_.prepare("UPDATE notice_delivery SET state = 'sent', attempts = attempts "
                                   "+ 1, lease_until = 0, error = '' WHERE message = ?"));
    update.bind(0, message);
    return update.run();
  }

  Result<void> record_failure(const std::string& message, const Subscription& subscription,
                              const std::string& error) {
    STOWAWAY_TRY(sql::Statement count,
                 database_.prepare("SELECT max(attempts) FROM notice_delivery WHERE message = ?"));
    count.bind(0, message);
    STOWAWAY_TRY(const bool row, count.step());
    const std::int64_t attempts = row ? count.number(0) + 1 : 1;
    count.reset();
    const Seconds next = clock_() + backoff(attempts);
    STOWAWAY_TRY(sql::Statement update,
                 database_.prepare("UPDATE notice_delivery SET attempts = ?, next_try = ?, "
                                   "lease_until = 0, error = ? WHERE message = ?"));
    update.bind(0, attempts);
    update.bind(1, next);
    update.bind(2, error);
    update.bind(3, message);
    STOWAWAY_TRY_VOID(update.run());
    report_.failures.push_back({subscription.id, subscription.target, error, attempts, next});
    return {};
  }

  sql::Database& database_;
  const Transports& transports_;
  const std::function<Seconds()>& clock_;
  NotifyReport report_;
};

}  // namespace

Seconds backoff(std::int64_t attempts) {
  Seconds wait = kFirstWait;
  for (std::int64_t i = 1; i < attempts && wait < kLongestWait; ++i) wait *= 4;
  return std::min(wait, kLongestWait);
}

Result<NotifyReport> notify_due(sql::Database& database, const Transports& transports,
                                const std::function<Seconds()>& clock) {
  return Pass(database, transports, clock).run();
}

Result<std::vector<Waiting>> waiting(sql::Database& database) {
  STOWAWAY_TRY(sql::Statement select,
               database.prepare("SELECT subscription, target, max(error), count(*), max(attempts), "
                                "max(next_try) FROM notice_delivery JOIN notice_subscription ON id "
                                "= subscription WHERE state = 'due' GROUP BY subscription, target "
                                "ORDER BY subscription"));
  std::vector<Waiting> list;
  for (;;) {
    STOWAWAY_TRY(const bool row, select.step());
    if (!row) return list;
    list.push_back({select.text(0), select.text(1), select.text(2), select.number(3),
                    select.number(4), select.number(5)});
  }
}

}  // namespace stowaway::ledger
