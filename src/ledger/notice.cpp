#include "ledger/notice.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

#include "fingerprint/identity.h"
#include "ledger/notice_rows.h"

namespace stowaway::ledger {
namespace {

using advisory::Status;

struct Known {
  std::string state, level, fixed;
  std::int64_t changes = 0;  // how often it has changed: part of the next event's id
};
using Place = std::tuple<std::string, std::string, std::string>;  // path, component, advisory
using Knowledge = std::map<Place, Known>;

bool is_open(const std::string& state) { return state == "affected" || state == "unknown"; }

std::string hash_of(const std::string& text, std::size_t digits) {
  return fingerprint::to_hex(fingerprint::sha256_of(fingerprint::as_bytes(text))).substr(0, digits);
}

std::string state_of(const advisory::Finding& finding) {
  if (finding.status == Status::not_affected) return "not affected";
  if (finding.acceptance && !finding.acceptance->expired) return "accepted";
  return finding.is_open() ? std::string(advisory::name_of(finding.status)) : "stated free";
}

Result<Knowledge> knowledge_of(sql::Database& database, const std::string& subject) {
  STOWAWAY_TRY(sql::Statement select,
               database.prepare("SELECT path, component, advisory, state, level, fixed, changes "
                                "FROM notice_finding WHERE subject = ?"));
  select.bind(0, subject);
  Knowledge knowledge;
  for (;;) {
    STOWAWAY_TRY(const bool row, select.step());
    if (!row) return knowledge;
    knowledge[{select.text(0), select.text(1), select.text(2)}] = {
        select.text(3), select.text(4), select.text(5), select.number(6)};
  }
}

// What the change from one state to another is called; nothing for none worth telling.
std::optional<EventKind> kind_of(const Known* before, const Known& now, bool expired) {
  const bool was_known = before != nullptr && before->state != "not affected";
  if (!was_known) return is_open(now.state) ? std::optional(EventKind::found) : std::nullopt;
  if (now.state == "not affected") return EventKind::fixed;
  if (before->state == "accepted" && is_open(now.state) && expired) return EventKind::expired;
  const bool same =
      before->state == now.state && before->level == now.level && before->fixed == now.fixed;
  return same ? std::nullopt : std::optional(EventKind::changed);
}

std::string versions_text(const std::vector<std::string>& versions) {
  if (versions.empty()) return "unknown version";
  if (versions.size() <= 2) return fmt::format("{}", fmt::join(versions, " or "));
  return fmt::format("{} … {}", versions.front(), versions.back());
}

bool concerns(const Subscription& subscription, const Event& event) {
  const std::string& wanted = subscription.subject;
  const bool prefix =
      wanted.ends_with('*') && event.subject.starts_with(wanted.substr(0, wanted.size() - 1));
  if (!wanted.empty() && !prefix && wanted != event.subject) return false;
  if (!subscription.component.empty() && subscription.component != event.component) return false;
  return event.level >= subscription.level;
}

void bind_all(sql::Statement& statement, std::initializer_list<std::string> texts) {
  int at = 0;
  for (const std::string& text : texts) statement.bind(at++, text);
}

// Everything that one call of take_note() does, inside one transaction.
class Comparison {
 public:
  Comparison(sql::Database& database, std::string subject, Seconds now)
      : database_(database), subject_(std::move(subject)), now_(now) {}

  Result<void> begin() {
    STOWAWAY_TRY(before_, knowledge_of(database_, subject_));
    STOWAWAY_TRY(subscriptions_, subscriptions(database_));
    STOWAWAY_TRY(sql::Statement last,
                 database_.prepare("SELECT coalesce(max(number), 0) FROM notice_event"));
    STOWAWAY_TRY(const bool row, last.step());
    static_cast<void>(row);
    number_ = last.number(0);
    return {};
  }

  // `aliases`: other names of the advisory, under which it may be known.
  Result<void> see(Event event, const std::vector<std::string>& aliases, const std::string& state,
                   bool expired) {
    const Place place{event.path, event.component, event.advisory};
    auto known = before_.find(place);
    for (const std::string& alias : aliases) {
      if (known != before_.end()) break;
      known = before_.find({event.path, event.component, alias});
      if (known != before_.end()) STOWAWAY_TRY_VOID(drop(known->first));
    }
    const Known* const before = known == before_.end() ? nullptr : &known->second;
    Known now{state, std::string(advisory::name_of(event.level)), event.fixed,
              before == nullptr ? 0 : before->changes};
    const auto kind = kind_of(before, now, expired);
    const bool worth_keeping = before != nullptr || state != "not affected";
    if (kind) {
      ++now.changes;
      event.kind = *kind;
      event.state = state;
      STOWAWAY_TRY_VOID(tell(std::move(event), now.changes));
    }
    if (worth_keeping) STOWAWAY_TRY_VOID(keep(place, now));
    if (before != nullptr) before_.erase(known);
    return {};
  }

  // What the audit no longer speaks of: the copy or the advisory is gone.
  Result<void> finish() {
    const Knowledge rest = std::move(before_);
    before_ = rest;
    for (const auto& [place, known] : rest) {
      Event event;
      std::tie(event.path, event.component, event.advisory) = place;
      event.level = advisory::level_named(known.level).value_or(advisory::Level::unknown);
      event.because = "the copy, or the advisory about it, is gone";
      STOWAWAY_TRY_VOID(see(std::move(event), {}, "not affected", false));
    }
    return {};
  }

  std::vector<Event> take_events() { return std::move(events_); }

 private:
  Result<void> drop(const Place& place) {
    STOWAWAY_TRY(sql::Statement remove,
                 database_.prepare("DELETE FROM notice_finding WHERE subject = ? AND path = ? AND "
                                   "component = ? AND advisory = ?"));
    const auto& [path, component, name] = place;
    bind_all(remove, {subject_, path, component, name});
    return remove.run();
  }

  Result<void> keep(const Place& place, const Known& now) {
    STOWAWAY_TRY(
        sql::Statement upsert,
        database_.prepare("INSERT INTO notice_finding VALUES(?,?,?,?,?,?,?,?) ON CONFLICT(subject, "
                          "path, component, advisory) DO UPDATE SET state = excluded.state, level "
                          "= excluded.level, fixed = excluded.fixed, changes = excluded.changes"));
    const auto& [path, component, name] = place;
    bind_all(upsert, {subject_, path, component, name, now.state, now.level, now.fixed});
    upsert.bind(7, now.changes);
    return upsert.run();
  }

  Result<void> tell(Event event, std::int64_t changes) {
    event.subject = subject_;
    event.time = now_;
    event.number = ++number_;
    event.id = hash_of(fmt::format("{}\n{}\n{}\n{}\n{}\n{}", event.subject, event.path,
                                   event.component, event.advisory, name_of(event.kind), changes),
                       32);
    STOWAWAY_TRY(
        sql::Statement add,
        database_.prepare("INSERT INTO notice_event VALUES(?1,?13,?14,?2,?3,?4,?5,?6,?7,?8,"
                          "?9,?10,?11,?12)"));
    bind_all(add, {event.id, std::string(name_of(event.kind)), event.subject, event.path,
                   event.component, event.versions, event.advisory, event.summary,
                   std::string(advisory::name_of(event.level)), event.state, event.because,
                   event.fixed});
    add.bind(12, event.number);
    add.bind(13, event.time);
    STOWAWAY_TRY_VOID(add.run());
    for (const Subscription& subscription : subscriptions_)
      if (concerns(subscription, event)) STOWAWAY_TRY_VOID(put_out(event, subscription));
    events_.push_back(std::move(event));
    return {};
  }

  Result<void> put_out(const Event& event, const Subscription& subscription) {
    STOWAWAY_TRY(
        sql::Statement add,
        database_.prepare("INSERT INTO notice_delivery VALUES(?, ?, '', 'due', 0, 0, 0, '')"));
    bind_all(add, {event.id, subscription.id});
    return add.run();
  }

  sql::Database& database_;
  std::string subject_;
  Seconds now_;
  std::int64_t number_ = 0;
  Knowledge before_;
  std::vector<Subscription> subscriptions_;
  std::vector<Event> events_;
};

Result<void> check(const Subscription& wanted) {
  const std::string& target = wanted.target;
  const bool plain = target.find_first_of("\r\n") == std::string::npos &&
                     target.find('\0') == std::string::npos && !target.empty();
  const std::size_t at = target.find('@');
  switch (wanted.channel) {
    case Channel::mail:
      if (!plain || at == std::string::npos || at == 0 || at + 1 == target.size() ||
          target.find_first_of(" <>,;") != std::string::npos)
        return fail(ErrorCode::invalid_argument, "\"{}\" is no mail address", target);
      return {};
    case Channel::webhook:
      if (!plain || !(target.starts_with("https://") || target.starts_with("http://")))
        return fail(ErrorCode::invalid_argument, "\"{}\" is no http or https URL", target);
      return {};
    case Channel::feed:
      if (!plain) return fail(ErrorCode::invalid_argument, "a feed needs the name of a file");
      return {};
  }
  return {};
}

}  // namespace

Event event_in(const sql::Statement& row) {
  Event event;
  event.id = row.text(0);
  event.number = row.number(1);
  event.time = row.number(2);
  for (const EventKind kind :
       {EventKind::found, EventKind::changed, EventKind::expired, EventKind::fixed})
    if (row.text(3) == name_of(kind)) event.kind = kind;
  event.subject = row.text(4);
  event.path = row.text(5);
  event.component = row.text(6);
  event.versions = row.text(7);
  event.advisory = row.text(8);
  event.summary = row.text(9);
  event.level = advisory::level_named(row.text(10)).value_or(advisory::Level::unknown);
  event.state = row.text(11);
  event.because = row.text(12);
  event.fixed = row.text(13);
  return event;
}

std::string_view name_of(EventKind kind) {
  switch (kind) {
    case EventKind::found: return "new";
    case EventKind::changed: return "changed";
    case EventKind::expired: return "expired";
    case EventKind::fixed: return "fixed";
  }
  return "changed";
}

std::string_view name_of(Channel channel) {
  switch (channel) {
    case Channel::mail: return "mail";
    case Channel::webhook: return "webhook";
    case Channel::feed: return "feed";
  }
  return "mail";
}

std::optional<Channel> channel_named(std::string_view name) {
  for (const Channel channel : {Channel::mail, Channel::webhook, Channel::feed})
    if (name == name_of(channel)) return channel;
  return std::nullopt;
}

Result<Subscription> subscribe(sql::Database& database, Subscription wanted) {
  STOWAWAY_TRY_VOID(check(wanted));
  wanted.id =
      hash_of(fmt::format("{}\n{}\n{}\n{}\n{}", name_of(wanted.channel), wanted.target,
                          wanted.subject, wanted.component, advisory::name_of(wanted.level)),
              8);
  // The same again changes how often and with which key, and loses nothing that is due.
  STOWAWAY_TRY(sql::Statement upsert,
               database.prepare("INSERT INTO notice_subscription VALUES(?,?,?,?,?,?,?,?,0) ON "
                                "CONFLICT(id) DO UPDATE SET secret_file = excluded.secret_file, "
                                "digest_hours = excluded.digest_hours"));
  bind_all(upsert,
           {wanted.id, std::string(name_of(wanted.channel)), wanted.target, wanted.secret_file,
            wanted.subject, wanted.component, std::string(advisory::name_of(wanted.level))});
  upsert.bind(7, wanted.digest_hours);
  STOWAWAY_TRY_VOID(upsert.run());
  return wanted;
}

Result<void> unsubscribe(sql::Database& database, const std::string& id) {
  STOWAWAY_TRY(sql::Statement drop,
               database.prepare("DELETE FROM notice_subscription WHERE id = ?"));
  drop.bind(0, id);
  STOWAWAY_TRY_VOID(drop.run());
  if (database.changes() == 0) return fail(ErrorCode::not_found, "there is no subscription {}", id);
  return {};
}

Result<std::vector<Subscription>> subscriptions(sql::Database& database) {
  STOWAWAY_TRY(sql::Statement select,
               database.prepare("SELECT id, channel, target, secret_file, subject, component, "
                                "level, digest_hours FROM notice_subscription ORDER BY id"));
  std::vector<Subscription> list;
  for (;;) {
    STOWAWAY_TRY(const bool row, select.step());
    if (!row) return list;
    Subscription one;
    one.id = select.text(0);
    one.channel = channel_named(select.text(1)).value_or(Channel::mail);
    one.target = select.text(2);
    one.secret_file = select.text(3);
    one.subject = select.text(4);
    one.component = select.text(5);
    one.level = advisory::level_named(select.text(6)).value_or(advisory::Level::unknown);
    one.digest_hours = select.number(7);
    list.push_back(std::move(one));
  }
}

Result<std::vector<Event>> take_note(sql::Database& database, const advisory::Audit& audit,
                                     Seconds now) {
  STOWAWAY_TRY(sql::Transaction transaction, sql::Transaction::begin_alone(database));
  Comparison comparison(database, audit.subject.name, now);
  STOWAWAY_TRY_VOID(comparison.begin());
  for (const advisory::Finding& finding : audit.findings) {
    const advisory::AuditedCopy& copy = audit.subject.copies[finding.copy];
    const advisory::Advisory& about = audit.advisories[finding.advisory];
    Event event;
    event.path = sql::as_text(copy.path);  // as it is read back
    event.component = copy.component;
    event.versions = versions_text(copy.versions);
    event.advisory = about.id;
    event.summary = about.summary;
    event.level = about.rating.level;
    event.because = finding.because;
    event.fixed = finding.fixed;
    const bool expired = finding.acceptance && finding.acceptance->expired;
    STOWAWAY_TRY_VOID(comparison.see(std::move(event), about.aliases, state_of(finding), expired));
  }
  STOWAWAY_TRY_VOID(comparison.finish());
  STOWAWAY_TRY_VOID(transaction.commit());
  return comparison.take_events();
}

Result<std::vector<Event>> forget_subject(sql::Database& database, const std::string& subject,
                                          Seconds now) {
  advisory::Audit nothing;
  nothing.subject.name = subject;
  return take_note(database, nothing, now);
}

Result<std::vector<Event>> events_for(sql::Database& database, const std::string& subscription,
                                      std::size_t count) {
  STOWAWAY_TRY(sql::Statement select,
               database.prepare("SELECT " STOWAWAY_EVENT_COLUMNS
                                " FROM notice_event JOIN notice_delivery ON event = id WHERE "
                                "subscription = ? ORDER BY number DESC LIMIT ?"));
  select.bind(0, subscription);
  select.bind(1, static_cast<std::int64_t>(count));
  std::vector<Event> events;
  for (;;) {
    STOWAWAY_TRY(const bool row, select.step());
    if (!row) return events;
    events.push_back(event_in(select));
  }
}

}  // namespace stowaway::ledger
