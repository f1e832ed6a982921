// What audits of sources saw, kept with the version that it was seen in, against every database.
#include "ledger/observation.h"

#include "support.h"

namespace stowaway::ledger::testing {
namespace {

constexpr const char* kPath = "a\xff\n'b";  // no text, and no harm

std::int64_t tracked(Ledger& ledger, const std::string& version,
                     const std::vector<match::Copy>& copies) {
  NewSnapshot snapshot;
  snapshot.subject = "app";
  snapshot.version = version;
  snapshot.at = "2026-11-23T08:00:00Z";
  value(ledger.put(snapshot, result_with(copies), ""));
  return value(ledger.find("app", version))->id;
}

advisory::Audit audit_of(const Ledger& ledger, std::int64_t snapshot) {
  advisory::Audit audit;
  audit.subject = advisory::subject_of(value(ledger.result_of(snapshot)));
  audit.advisories.resize(2);
  audit.advisories[0].id = "CVE-2022-37434";
  audit.advisories[1].id = "CVE-2018-25032";
  audit.findings.resize(3);
  audit.findings[0].patch_form = advisory::PatchForm::fixed_form;
  audit.findings[0].patch_detail = "inflate() is as after the fix";
  audit.findings[1].advisory = 1;
  audit.findings[1].testcase_verdict = advisory::TestcaseVerdict::vulnerable;
  audit.findings[1].testcase_detail = "it crashed";
  audit.findings[2].copy = 1;  // of this nothing is known but its version
  return audit;
}

TEST(Observations, are_kept_with_their_version_and_read_back_as_they_were) {
  Ledger ledger = open(place().fresh());
  const std::int64_t snapshot =
      tracked(ledger, "1", {copy(kPath, "zlib", {"1.2.12"}), copy("x", "expat", {})});
  const std::int64_t other = tracked(ledger, "2", {copy(kPath, "zlib", {"1.2.12"})});
  EXPECT_TRUE(value(observations_of(ledger, snapshot)).empty());
  ASSERT_TRUE(value(keep_observations(ledger, snapshot, audit_of(ledger, snapshot))));
  const auto kept = value(observations_of(ledger, snapshot));
  ASSERT_EQ(kept.size(), 2U);
  EXPECT_EQ(kept[0].path, kPath);
  EXPECT_EQ(kept[0].component, "zlib");
  EXPECT_EQ(kept[0].advisory, "CVE-2018-25032");
  EXPECT_EQ(kept[0].testcase_verdict, advisory::TestcaseVerdict::vulnerable);
  EXPECT_EQ(kept[0].testcase_detail, "it crashed");
  EXPECT_FALSE(kept[0].patch_form);
  EXPECT_EQ(kept[1].patch_form, advisory::PatchForm::fixed_form);
  EXPECT_EQ(kept[1].patch_detail, "inflate() is as after the fix");
  EXPECT_FALSE(kept[1].testcase_verdict);
  EXPECT_TRUE(value(observations_of(ledger, other)).empty());
}

TEST(Observations, of_another_tree_are_refused_and_new_ones_take_the_place_of_old) {
  Ledger ledger = open(place().fresh());
  const std::int64_t snapshot =
      tracked(ledger, "1", {copy(kPath, "zlib", {"1.2.12"}), copy("x", "expat", {})});
  advisory::Audit audit = audit_of(ledger, snapshot);
  ASSERT_TRUE(value(keep_observations(ledger, snapshot, audit)));
  audit.subject.copies[0].versions = {"1.2.13"};
  EXPECT_FALSE(value(keep_observations(ledger, snapshot, audit)));
  EXPECT_EQ(value(observations_of(ledger, snapshot)).size(), 2U);
  audit = audit_of(ledger, snapshot);
  audit.findings.pop_back();
  audit.findings.pop_back();
  ASSERT_TRUE(value(keep_observations(ledger, snapshot, audit)));
  EXPECT_EQ(value(observations_of(ledger, snapshot)).size(), 1U);
}

TEST(Observations, end_when_the_version_is_scanned_anew_or_forgotten_not_when_it_is_matched_anew) {
  Ledger ledger = open(place().fresh());
  const std::vector<match::Copy> copies{copy(kPath, "zlib", {"1.2.12"}), copy("x", "expat", {})};
  const std::int64_t snapshot = tracked(ledger, "1", copies);
  ASSERT_TRUE(value(keep_observations(ledger, snapshot, audit_of(ledger, snapshot))));
  done(ledger.rematched(snapshot, result_with(copies), "2026-11-24T08:00:00Z"));
  EXPECT_EQ(value(observations_of(ledger, snapshot)).size(), 2U);
  EXPECT_EQ(tracked(ledger, "1", copies), snapshot);
  EXPECT_TRUE(value(observations_of(ledger, snapshot)).empty());
  ASSERT_TRUE(value(keep_observations(ledger, snapshot, audit_of(ledger, snapshot))));
  done(ledger.forget("app", "1"));
  EXPECT_TRUE(value(observations_of(ledger, snapshot)).empty());
}

}  // namespace
}  // namespace stowaway::ledger::testing
