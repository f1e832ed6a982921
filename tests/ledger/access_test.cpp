// Tokens and the record of what was done with them, against every database.
#include "ledger/access.h"

#include "ledger/overview.h"
#include "support.h"

namespace stowaway::ledger::testing {
namespace {

constexpr Seconds kNow = 1'800'000'000, kHour = 3600;

Token wanted(Scope scope, std::string subject) {
  Token token;
  token.holder = "somebody";
  token.scope = scope;
  token.subject = std::move(subject);
  return token;
}

TEST(Access, a_token_is_found_by_its_secret_alone) {
  const Ledger ledger = open(place().fresh());
  const NewToken made = value(make_token(ledger.database(), wanted(Scope::submit, "app"), kNow));
  const auto found = value(token_with(ledger.database(), made.secret, kNow));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, made.token.id);
  EXPECT_EQ(found->state, TokenState::active);
  std::string other = made.secret;
  other.back() = other.back() == '0' ? '1' : '0';
  EXPECT_FALSE(value(token_with(ledger.database(), other, kNow)));
  EXPECT_FALSE(value(token_with(ledger.database(), "", kNow)));
  EXPECT_FALSE(value(token_with(ledger.database(), made.secret.substr(4), kNow)));
}

TEST(Access, scopes_allow_what_they_say) {
  EXPECT_TRUE(allows(wanted(Scope::submit, "app"), Scope::submit, "app"));
  EXPECT_FALSE(allows(wanted(Scope::submit, "app"), Scope::submit, "app2"));
  EXPECT_TRUE(allows(wanted(Scope::submit, "app/*"), Scope::submit, "app/one"));
  EXPECT_FALSE(allows(wanted(Scope::submit, "app/*"), Scope::submit, "app"));
  EXPECT_FALSE(allows(wanted(Scope::submit, "*"), Scope::accept, ""));
  EXPECT_TRUE(allows(wanted(Scope::administer, ""), Scope::accept, ""));
  EXPECT_TRUE(allows(wanted(Scope::accept, ""), Scope::read, ""));
  EXPECT_FALSE(allows(wanted(Scope::enrol, "app"), Scope::read, ""));
  Token waiting = wanted(Scope::administer, "");
  waiting.state = TokenState::waiting;
  EXPECT_FALSE(allows(waiting, Scope::read, ""));
}

TEST(Access, a_waiting_token_counts_when_it_is_approved_and_until_it_is_revoked) {
  const Ledger ledger = open(place().fresh());
  Token asked = wanted(Scope::submit, "app");
  asked.state = TokenState::waiting;
  const NewToken made = value(make_token(ledger.database(), asked, kNow));
  EXPECT_EQ(value(token_with(ledger.database(), made.secret, kNow))->state, TokenState::waiting);
  done(approve_token(ledger.database(), made.token.id));
  EXPECT_EQ(value(token_with(ledger.database(), made.secret, kNow))->state, TokenState::active);
  EXPECT_FALSE(approve_token(ledger.database(), made.token.id));
  done(revoke_token(ledger.database(), made.token.id));
  EXPECT_EQ(value(token_with(ledger.database(), made.secret, kNow))->state, TokenState::revoked);
  EXPECT_FALSE(revoke_token(ledger.database(), "nothere"));
}

TEST(Access, a_token_to_enrol_with_is_used_up) {
  const Ledger ledger = open(place().fresh());
  const NewToken once = value(make_token(ledger.database(), wanted(Scope::enrol, "m1"), kNow));
  const NewToken made = value(enrol(ledger.database(), once.token, "machine", kNow));
  EXPECT_EQ(made.token.scope, Scope::submit);
  EXPECT_EQ(made.token.subject, "m1");
  EXPECT_EQ(made.token.holder, "machine");
  // The caller's copy still says that it is active: the database knows better.
  const auto again = enrol(ledger.database(), once.token, "machine", kNow);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::not_found);
  EXPECT_EQ(value(tokens(ledger.database(), TokenState::active)).size(), 1U);
}

TEST(Access, a_renewed_token_overlaps_with_the_old_one) {
  const Ledger ledger = open(place().fresh());
  const NewToken old = value(make_token(ledger.database(), wanted(Scope::accept, ""), kNow));
  const NewToken renewed = value(rotate_token(ledger.database(), old.token, kHour, kNow));
  EXPECT_TRUE(value(token_with(ledger.database(), old.secret, kNow + kHour - 1)));
  EXPECT_FALSE(value(token_with(ledger.database(), old.secret, kNow + kHour)));
  EXPECT_TRUE(value(token_with(ledger.database(), renewed.secret, kNow + 2 * kHour)));
  EXPECT_EQ(renewed.token.scope, Scope::accept);
}

TEST(Access, what_makes_no_sense_is_refused) {
  const Ledger ledger = open(place().fresh());
  EXPECT_FALSE(make_token(ledger.database(), wanted(Scope::submit, ""), kNow));
  EXPECT_FALSE(make_token(ledger.database(), wanted(Scope::read, "app"), kNow));
  Token nobody = wanted(Scope::read, "");
  nobody.holder.clear();
  EXPECT_FALSE(make_token(ledger.database(), nobody, kNow));
}

TEST(Access, the_record_is_newest_first) {
  const Ledger ledger = open(place().fresh());
  for (const char* action : {"one", "two", "three"})
    done(record_access(ledger.database(),
                       {utc_text(kNow), "id", "who", "::1", "r", action, "s", "201"}));
  const auto entries = value(access_log(ledger.database(), 2));
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].action, "three");
  EXPECT_EQ(entries[1].action, "two");
}

TEST(Overview, counts_and_names) {
  Ledger ledger = open(place().fresh());
  NewSnapshot snapshot;
  snapshot.subject = "app%one";
  snapshot.version = "1";
  snapshot.at = "2026-11-20T08:00:00Z";
  value(ledger.put(snapshot, result_with({copy("a", "zlib", {"1.2"}), copy("b", "expat", {"2"})}),
                   ""));
  snapshot.subject = "Other";
  snapshot.at = "2026-11-23T08:00:00Z";
  value(ledger.put(snapshot, result_with({copy("a", "zlib", {"1.3"})}), ""));
  const Overview all = value(overview(ledger, "2026-11-22T00:00:00Z"));
  EXPECT_EQ(all.subjects, 2U);
  EXPECT_EQ(all.copies, 3U);
  EXPECT_EQ(all.components, 2U);
  EXPECT_EQ(all.tracked_since, 1U);
  EXPECT_EQ(value(latest_snapshots(ledger, 1)).at(0).subject, "Other");
  EXPECT_EQ(value(search(ledger, "%", 5)).subjects, std::vector<std::string>{"app%one"});
  EXPECT_EQ(value(search(ledger, "OTH", 5)).subjects, std::vector<std::string>{"Other"});
  EXPECT_EQ(value(search(ledger, "li", 5)).components, std::vector<std::string>{"zlib"});
  EXPECT_TRUE(value(search(ledger, "", 5)).components.empty());
}

}  // namespace
}  // namespace stowaway::ledger::testing
