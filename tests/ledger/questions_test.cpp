// Questions over all subjects, claims, decisions and notices: the same from every database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ledger/acceptance.h"
#include "ledger/claims.h"
#include "ledger/notice.h"
#include "ledger/notify.h"
#include "ledger/who_embeds.h"
#include "support.h"

namespace stowaway::ledger::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Ledger filled() {
  Ledger ledger = open(place().fresh());
  const auto put = [&](const char* subject, const char* version, std::vector<match::Copy> copies) {
    value(ledger.put(snapshot(subject, version), result_with(std::move(copies)), ""));
  };
  put("perl", "1", {copy("ext/m", "libmemcached", {"0.31"})});
  put("perl", "2", {copy("ext/m", "libmemcached", {"0.44"}), copy("z", "zlib", {"1.2.11"})});
  put("ruby", "1", {copy("vendor/m", "libmemcached", {"0.37", "0.40"})});
  put("debian:python", "3",
      {copy("a", "libmemcached", {"0.9"}), copy("b\xff", "libmemcached", {})});
  auto fork = copy("f", "zlib", {"1.3"});
  fork.alternatives = {"libmemcached"};
  put("java", "1", {fork});
  auto declares = result_with({});
  declares.declared_only = {{"third_party/mc", "Lib-Memcached", "0.30", "METADATA", ""}};
  value(ledger.put(snapshot("go", "1"), declares, ""));
  return ledger;
}

std::vector<std::string> ask(const Ledger& ledger, const std::string& text,
                             bool every_version = false) {
  const Question question = value(parse_question(text));
  const auto components = value(components_meant(ledger, nullptr, question.component));
  std::vector<std::string> lines;
  for (const Embedder& one : value(who_embeds(ledger, question, components, every_version)))
    lines.push_back(one.subject + " " + one.version + " " + one.path + " " +
                    (one.versions.empty() ? "?" : one.versions.front()) + " " +
                    std::string(name_of(one.evidence)) + (one.is_certain ? "" : " perhaps"));
  return lines;
}

TEST(WhoEmbeds, compares_versions_as_the_component_does) {
  const Ledger ledger = filled();
  // 0.9 is before 0.41, and yet after it as text.
  EXPECT_THAT(ask(ledger, "libmemcached < 0.41"),
              ElementsAre("debian:python 3 a 0.9 copy", "debian:python 3 b\xff ? copy perhaps",
                          "go 1 third_party/mc 0.30 declared", "java 1 f ? alternative perhaps",
                          "ruby 1 vendor/m 0.37 copy"));
  EXPECT_THAT(ask(ledger, "LibMemcached < 0.41", true),
              ElementsAre("debian:python 3 a 0.9 copy", "debian:python 3 b\xff ? copy perhaps",
                          "go 1 third_party/mc 0.30 declared", "java 1 f ? alternative perhaps",
                          "perl 1 ext/m 0.31 copy", "ruby 1 vendor/m 0.37 copy"));
  EXPECT_THAT(ask(ledger, "libmemcached > 0.38, < 0.43"),
              ElementsAre("debian:python 3 b\xff ? copy perhaps", "java 1 f ? alternative perhaps",
                          "ruby 1 vendor/m 0.37 copy perhaps"));
  EXPECT_THAT(ask(ledger, "zlib = 1.2.11.0"), ElementsAre("perl 2 z 1.2.11 copy"));
  EXPECT_THAT(ask(ledger, "zlib > 2"), IsEmpty());
  EXPECT_EQ(components_meant(ledger, nullptr, "zlob").error().message,
            "no component is called \"zlob\"; did you mean \"zlib\"?");
}

TEST(WhoEmbeds, many_questions_of_different_shape_stay_right) {
  const Ledger ledger = filled();  // more texts of statements than a connection keeps
  for (int i = 0; i < 400; ++i) {
    const std::vector<std::string> names(static_cast<std::size_t>(i % 300 + 1), "zlib");
    EXPECT_EQ(value(who_embeds(ledger, {"zlib", {}}, names, false)).size(), 2U);
  }
}

TEST(Spread, counts_subjects_by_version) {
  const Ledger ledger = filled();
  std::vector<std::string> lines;
  for (const Spread& one : value(spread(ledger, {"libmemcached"})))
    lines.push_back((one.versions.empty() ? "?" : one.versions.front()) + " " +
                    std::to_string(one.subjects) + " " + std::to_string(one.copies));
  EXPECT_THAT(lines, ElementsAre("0.9 1 1", "0.37 1 1", "0.44 1 1", "? 1 1"));
  const auto popular = value(most_embedded(ledger, 1));
  ASSERT_EQ(popular.size(), 1U);
  EXPECT_EQ(popular[0].component, "libmemcached");
  EXPECT_EQ(popular[0].subjects, 3U);
  EXPECT_EQ(popular[0].copies, 4U);
}

TEST(Claims, are_compared_with_what_was_found) {
  Ledger ledger = filled();
  value(ledger.put(snapshot("debian:ruby", "2.0-1"), result_with({copy("z", "zlib", {"1"})}), ""));
  const auto list = value(read_claims(
      "libmemcached\n\t- python <unfixed> (embed)\n\t- ruby <unfixed>\n\t- perl <unfixed>\n"
      "\t[etch] - python <unfixed>\n"
      "zlib1.2\n\t- ruby 1.0-1 (embed)\n\t- python 1.0-1 (embed)\nnobody\n\t- ruby <unfixed>\n"));
  done(put_claims(ledger, "list", list.claims, "2026-11-23T08:00:00Z"));
  done(put_claims(ledger, "list", list.claims, "2026-11-23T08:00:00Z"));  // replaces
  EXPECT_EQ(value(claims_in(ledger)), list.claims);
  std::vector<std::string> outcomes;
  for (const Comparison& one : value(compare_claims(ledger, nullptr)))
    outcomes.push_back(one.claim.component + " " + one.claim.holder + " " +
                       std::string(name_of(one.outcome)));
  EXPECT_THAT(outcomes, ElementsAre("libmemcached python confirmed", "libmemcached ruby not found",
                                    "libmemcached perl not tracked", "zlib1.2 ruby still there",
                                    "zlib1.2 python gone", "nobody ruby unknown component"));
  const std::string found = write_claims(value(claims_found(ledger)));
  EXPECT_EQ(found,
            "---BEGIN\nlibmemcached\n\t- python <unfixed> (modified-embed)\n\tNOTE: 0.9 in a\n"
            "\tNOTE: of unknown version in b\\xff\n\nzlib\n\t- ruby <unfixed> (modified-embed)\n"
            "\tNOTE: 1 in z\n");
}

class Sent final : public Transport {
 public:
  Result<void> send(const Message& message, const Subscription&) override {
    if (failing) return fail(ErrorCode::unavailable, "down");
    ids.push_back(message.id);
    return {};
  }
  bool failing = false;
  std::vector<std::string> ids;
};

// notice_test.cpp has the details; here only that each statement works.
TEST(Notices, are_kept_and_sent_once) {
  Ledger ledger = open(place().fresh());
  sql::Database& database = ledger.database();
  Subscription wanted;
  wanted.target = "a@b.example";
  const Subscription made = value(subscribe(database, wanted));
  AcceptanceEntry entry;
  entry.subject = "app";
  entry.advisory = "CVE-1";
  entry.reason = "not reachable";
  EXPECT_EQ(value(record_decision(database, entry, 0)).number, 1);
  EXPECT_EQ(value(acceptances_in(database, "app", 0)).size(), 1U);
  advisory::Audit audit;
  audit.subject.name = "app";
  audit.subject.copies = {{"lib/\xff", "libx", "pkg:generic/libx", {"1.1"}, "", "identical", {}}};
  audit.advisories.emplace_back().id = "CVE-2";
  audit.findings.emplace_back().status = advisory::Status::affected;
  EXPECT_EQ(value(take_note(database, audit, 100)).size(), 1U);
  EXPECT_THAT(value(take_note(database, audit, 100)), IsEmpty());  // the path is no UTF-8
  Sent mail;
  mail.failing = true;
  EXPECT_EQ(value(notify_due(database, {&mail, nullptr}, [] { return 100; })).failures.size(), 1U);
  EXPECT_EQ(value(waiting(database)).at(0).attempts, 1);
  mail.failing = false;
  EXPECT_EQ(value(notify_due(database, {&mail, nullptr}, [] { return 1000; })).messages, 1U);
  EXPECT_EQ(value(notify_due(database, {&mail, nullptr}, [] { return 2000; })).messages, 0U);
  EXPECT_EQ(mail.ids.size(), 1U);
  EXPECT_EQ(value(events_for(database, made.id, 5)).size(), 1U);
  EXPECT_EQ(value(forget_subject(database, "app", 3000)).size(), 1U);
  done(unsubscribe(database, made.id));
}

}  // namespace
}  // namespace stowaway::ledger::testing
