#include "ledger/notice.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "ledger/acceptance.h"
#include "ledger/ledger.h"
#include "ledger/message.h"
#include "ledger/notify.h"

namespace stowaway::ledger {
namespace {

constexpr Seconds kDay = 86'400, kNow = 1'800'000'000;  // 2027-01-15

// One subject "app" with libx 1.1, and an advisory of the given severity whose status the test
// sets.
advisory::Audit audit_with(advisory::Status status, advisory::Level level = advisory::Level::high,
                           const std::string& subject = "app") {
  advisory::Audit audit;
  audit.subject.name = subject;
  audit.subject.copies = {{"lib/x", "libx", "pkg:generic/libx", {"1.1"}, "", "identical", {}}};
  advisory::Advisory about;
  about.id = "CVE-2024-1";
  about.aliases = {"GHSA-1"};
  about.summary = "Two bytes too many";
  about.rating.level = level;
  audit.advisories = {about};
  advisory::Finding finding;
  finding.status = finding.status_by_version = status;
  finding.because = "1.1 is affected";
  finding.fixed = "1.2";
  audit.findings = {finding};
  return audit;
}

class FakeTransport final : public Transport {
 public:
  Result<void> send(const Message& message, const Subscription&) override {
    ++tries;
    if (failing) return fail(ErrorCode::unavailable, "down");
    sent.push_back(message);
    if (dies_after_sending) return fail(ErrorCode::unavailable, "the answer was lost");
    return {};
  }
  bool failing = false, dies_after_sending = false;
  int tries = 0;
  std::vector<Message> sent;
};

class Notices : public ::testing::Test {
 protected:
  std::vector<std::string> note(const advisory::Audit& audit) {
    std::vector<std::string> kinds;
    const auto events = take_note(database_, audit, now_);
    EXPECT_TRUE(events) << events.error().message;
    for (const Event& event : *events)
      kinds.push_back(std::string(name_of(event.kind)) + " " + event.state);
    return kinds;
  }
  void want(Channel channel, const std::string& target, std::int64_t digest_hours = 0) {
    Subscription wanted;
    wanted.channel = channel;
    wanted.target = target;
    wanted.digest_hours = digest_hours;
    ASSERT_TRUE(subscribe(database_, wanted));
  }
  NotifyReport pass() {
    const auto report = notify_due(database_, {&mail_, &hook_}, [this] { return now_; });
    EXPECT_TRUE(report) << report.error().message;
    return *report;
  }

  Ledger ledger_ = *Ledger::open(":memory:", sql::Access::read_write);
  sql::Database& database_ = ledger_.database();
  FakeTransport mail_, hook_;
  Seconds now_ = kNow;
};

using Kinds = std::vector<std::string>;

TEST_F(Notices, each_change_is_told_once) {
  EXPECT_EQ(note(audit_with(advisory::Status::not_affected)), Kinds{});
  EXPECT_EQ(note(audit_with(advisory::Status::affected)), Kinds{"new affected"});
  EXPECT_EQ(note(audit_with(advisory::Status::affected)), Kinds{});
  EXPECT_EQ(note(audit_with(advisory::Status::unknown)), Kinds{"changed unknown"});
  EXPECT_EQ(note(audit_with(advisory::Status::unknown, advisory::Level::critical)),
            Kinds{"changed unknown"});
  EXPECT_EQ(note(audit_with(advisory::Status::not_affected)), Kinds{"fixed not affected"});
  EXPECT_EQ(note(audit_with(advisory::Status::not_affected)), Kinds{});
  EXPECT_EQ(note(audit_with(advisory::Status::affected)), Kinds{"new affected"});
  const auto gone = forget_subject(database_, "app", now_);
  ASSERT_TRUE(gone);
  EXPECT_EQ(gone->size(), 1U);
  EXPECT_EQ(gone->at(0).kind, EventKind::fixed);
}

TEST_F(Notices, the_same_change_twice_has_two_ids) {
  note(audit_with(advisory::Status::affected));
  const auto fixed = take_note(database_, audit_with(advisory::Status::not_affected), now_);
  const auto again = take_note(database_, audit_with(advisory::Status::affected), now_);
  const auto fixed_again = take_note(database_, audit_with(advisory::Status::not_affected), now_);
  ASSERT_EQ(fixed->size(), 1U);
  ASSERT_EQ(fixed_again->size(), 1U);
  EXPECT_NE(fixed->at(0).id, fixed_again->at(0).id);
  EXPECT_EQ(again->at(0).number, 3);
}

TEST_F(Notices, an_advisory_that_gets_another_name_is_no_new_one) {
  advisory::Audit before = audit_with(advisory::Status::affected);
  before.advisories[0].id = "GHSA-1";
  before.advisories[0].aliases.clear();
  EXPECT_EQ(note(before), Kinds{"new affected"});
  EXPECT_EQ(note(audit_with(advisory::Status::affected)), Kinds{});
  EXPECT_EQ(note(audit_with(advisory::Status::not_affected)), Kinds{"fixed not affected"});
}

TEST_F(Notices, acceptances_close_expire_and_are_kept) {
  AcceptanceEntry entry;
  entry.subject = "app";
  entry.advisory = "GHSA-1";
  entry.component = "libx";
  entry.author = "Ada";
  EXPECT_FALSE(record_decision(database_, entry, now_));  // no reason
  entry.reason = "only trusted input";
  entry.until = "2027-02-30";
  EXPECT_FALSE(record_decision(database_, entry, now_));  // no such day
  entry.until = "2027-01-16";
  ASSERT_TRUE(record_decision(database_, entry, now_));

  const auto audited = [&] {
    advisory::Audit audit = audit_with(advisory::Status::affected);
    const auto accepted = acceptances_in(database_, "app", now_);
    EXPECT_TRUE(accepted);
    if (!accepted->empty()) audit.findings[0].acceptance = accepted->front();
    return audit;
  };
  EXPECT_EQ(note(audit_with(advisory::Status::affected)), Kinds{"new affected"});
  EXPECT_EQ(note(audited()), Kinds{"changed accepted"});
  now_ += kDay;  // the last day on which it holds
  EXPECT_EQ(note(audited()), Kinds{});
  now_ += kDay;
  EXPECT_EQ(note(audited()), Kinds{"expired affected"});
  EXPECT_EQ(note(audited()), Kinds{});

  entry.decision = Decision::revoke;
  entry.path = "elsewhere";
  EXPECT_EQ(record_decision(database_, entry, now_).error().code, ErrorCode::not_found);
  entry.path.clear();
  ASSERT_TRUE(record_decision(database_, entry, now_));
  EXPECT_FALSE(record_decision(database_, entry, now_));
  EXPECT_TRUE(acceptances_in(database_, "app", now_)->empty());
  const auto history = decisions(database_, "app");
  ASSERT_EQ(history->size(), 2U);
  EXPECT_EQ(history->at(0).author, "Ada");
  EXPECT_EQ(history->at(0).time, "2027-01-15T08:00:00Z");
  EXPECT_EQ(history->at(1).decision, Decision::revoke);
}

TEST_F(Notices, subscriptions_choose) {
  Subscription wanted;
  wanted.channel = Channel::mail;
  wanted.target = "a@example.org";
  wanted.subject = "ap*";
  wanted.level = advisory::Level::high;
  const auto high = subscribe(database_, wanted);
  ASSERT_TRUE(high);
  wanted.component = "other";
  const auto other = subscribe(database_, wanted);
  EXPECT_EQ(subscribe(database_, wanted)->id, other->id);  // the same again is the same
  EXPECT_EQ(subscriptions(database_)->size(), 2U);
  note(audit_with(advisory::Status::affected, advisory::Level::medium));
  note(audit_with(advisory::Status::affected, advisory::Level::critical, "apt"));
  note(audit_with(advisory::Status::affected, advisory::Level::critical, "bash"));
  EXPECT_EQ(events_for(database_, high->id, 10)->size(), 1U);
  EXPECT_EQ(events_for(database_, high->id, 10)->at(0).subject, "apt");
  EXPECT_TRUE(events_for(database_, other->id, 10)->empty());
  EXPECT_TRUE(unsubscribe(database_, high->id));
  EXPECT_EQ(unsubscribe(database_, high->id).error().code, ErrorCode::not_found);
  EXPECT_TRUE(waiting(database_)->empty());
}

TEST_F(Notices, bad_targets_are_refused) {
  for (const auto& [channel, target] :
       {std::pair{Channel::mail, "nobody"}, std::pair{Channel::mail, "a@b\r\nBcc: c@d"},
        std::pair{Channel::mail, "a@b,c@d"}, std::pair{Channel::webhook, "file:///etc/passwd"},
        std::pair{Channel::webhook, "http://x/\r\nHost: y"}, std::pair{Channel::feed, ""}}) {
    Subscription wanted;
    wanted.channel = channel;
    wanted.target = target;
    EXPECT_EQ(subscribe(database_, wanted).error().code, ErrorCode::invalid_argument) << target;
  }
}

TEST_F(Notices, what_fails_waits_longer_each_time_and_keeps_its_id) {
  want(Channel::webhook, "https://example.org/");
  note(audit_with(advisory::Status::affected));
  hook_.failing = true;
  auto report = pass();
  EXPECT_EQ(report.waiting, 1U);
  ASSERT_EQ(report.failures.size(), 1U);
  EXPECT_EQ(report.failures[0].next_try, kNow + 60);
  pass();
  EXPECT_EQ(hook_.tries, 1);  // not before its time
  now_ += 60;
  pass();
  EXPECT_EQ(hook_.tries, 2);
  EXPECT_EQ(waiting(database_)->at(0).attempts, 2);
  hook_.failing = false;
  note(audit_with(advisory::Status::not_affected));
  now_ += 240;
  report = pass();
  EXPECT_EQ(report.messages, 2U);  // the first with its own events, the new one apart
  EXPECT_EQ(report.waiting, 0U);
  ASSERT_EQ(hook_.sent.size(), 2U);
  EXPECT_NE(hook_.sent[0].id, hook_.sent[1].id);
  pass();
  EXPECT_EQ(hook_.sent.size(), 2U);
}

TEST_F(Notices, a_lost_answer_is_sent_again_under_the_same_id) {
  want(Channel::mail, "a@example.org");
  note(audit_with(advisory::Status::affected));
  mail_.dies_after_sending = true;
  pass();
  mail_.dies_after_sending = false;
  note(audit_with(advisory::Status::unknown));
  now_ += 60;
  pass();
  ASSERT_EQ(mail_.sent.size(), 3U);
  EXPECT_EQ(std::ranges::count(mail_.sent, mail_.sent[0].id, &Message::id), 2);
  const auto again =
      std::ranges::find_if(mail_.sent.begin() + 1, mail_.sent.end(),
                           [&](const Message& m) { return m.id == mail_.sent[0].id; });
  EXPECT_EQ(again->json, mail_.sent[0].json);
  EXPECT_EQ(again->text, mail_.sent[0].text);
}

TEST_F(Notices, what_another_process_has_leased_is_left_to_it) {
  want(Channel::mail, "a@example.org");
  note(audit_with(advisory::Status::affected));
  mail_.failing = true;
  pass();
  ASSERT_TRUE(database_.run("UPDATE notice_delivery SET next_try = 0, lease_until = " +
                            std::to_string(kNow + 600)));
  mail_.failing = false;
  now_ += 599;
  EXPECT_EQ(pass().messages, 0U);
  now_ += 1;  // whoever had it has died
  EXPECT_EQ(pass().messages, 1U);
}

TEST_F(Notices, a_digest_gathers) {
  want(Channel::mail, "a@example.org", 24);
  note(audit_with(advisory::Status::affected));
  EXPECT_EQ(pass().messages, 1U);
  note(audit_with(advisory::Status::unknown));
  now_ += 3600;
  note(audit_with(advisory::Status::affected));
  EXPECT_EQ(pass().messages, 0U);
  now_ += kDay;
  EXPECT_EQ(pass().events, 2U);
  EXPECT_EQ(mail_.sent.size(), 2U);
}

TEST(Backoff, grows_to_six_hours) {
  EXPECT_EQ(backoff(1), 60);
  EXPECT_EQ(backoff(2), 240);
  EXPECT_EQ(backoff(5), 15'360);
  EXPECT_EQ(backoff(6), 21'600);
  EXPECT_EQ(backoff(1'000'000), 21'600);
}

TEST(When, dates_of_mail_and_days_that_exist) {
  EXPECT_EQ(mail_date(1'800'000'000), "Fri, 15 Jan 2027 08:00:00 +0000");
  EXPECT_EQ(utc_text(0), "1970-01-01T00:00:00Z");
  EXPECT_TRUE(is_date("2028-02-29"));
  for (const char* text : {"2027-02-29", "2027-13-01", "2027-1-01", "tomorrow", "", "2027-01-00"})
    EXPECT_FALSE(is_date(text)) << text;
}

Event hostile_event() {
  Event event;
  event.id = std::string(32, 'a');
  event.subject = "app\r\nBcc: evil@example.org\xff<&\xe2\x80\xae";
  event.path = event.component = event.versions = event.advisory = event.summary = event.because =
      event.fixed = event.state = event.subject;
  return event;
}

TEST(Message, nothing_of_a_subject_becomes_a_header_or_markup) {
  const Event event = hostile_event();
  Subscription subscription;
  subscription.id = "12345678";
  const Message message = message_of("abc", subscription, std::span(&event, 1), kNow);
  const std::string mail = mail_of(message, "stowaway@example.org", "a@example.org");
  std::string head = mail.substr(0, mail.find("\r\n\r\n"));
  EXPECT_EQ(head.find("\r\nBcc"), std::string::npos);
  for (const char c : mail) EXPECT_TRUE((c >= ' ' && c <= '~') || c == '\r' || c == '\n');
  for (std::size_t first = 0, end = 0; (end = mail.find("\r\n", first)) != std::string::npos;
       first = end + 2)
    EXPECT_LE(end - first, 78U) << mail.substr(first, end - first);
  const std::string feed = feed_of(subscription, std::span(&event, 1));
  EXPECT_EQ(feed.find("\xff"), std::string::npos);
  EXPECT_EQ(feed.find("<&"), std::string::npos);
  EXPECT_EQ(message.json.find('\n'), message.json.size() - 1);
}

TEST(Message, signatures_are_those_of_github) {
  // The example of GitHub's documentation.
  EXPECT_EQ(signature_of("Hello, World!", "It's a Secret to Everybody"),
            "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17");
}

}  // namespace
}  // namespace stowaway::ledger
