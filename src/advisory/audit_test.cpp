#include "advisory/audit.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "advisory/scan_report.h"
#include "advisory/testing/records.h"

namespace stowaway::advisory {
namespace {

using testing::record;
using testing::releases;

Advisories advisories_of(const std::vector<Record>& records) {
  auto store = Store::in_memory("test");
  for (const Record& each : records) EXPECT_TRUE(store->put(each));
  Advisories advisories;
  advisories.add(*std::move(store));
  return advisories;
}

AuditSubject subject_with(std::vector<std::string> versions) {
  AuditSubject subject;
  subject.name = "tree";
  subject.product = "subject:tree";
  subject.copies.push_back(
      {"lib/x", "x", "pkg:generic/x", std::move(versions), "", "identical", {}});
  return subject;
}

Finding only_finding(const std::vector<Record>& records, std::vector<std::string> versions,
                     const AuditOptions& options = {}) {
  const auto result = audit(subject_with(std::move(versions)), advisories_of(records), options);
  EXPECT_TRUE(result);
  EXPECT_EQ(result->findings.size(), 1U);
  return result->findings.empty() ? Finding{} : result->findings[0];
}

const Record kFixedIn12 = record("R", {"CVE-2024-1"}, "x", {releases("1.0", "1.2")});

TEST(Audit, every_member_of_an_undecided_set_is_weighed) {
  EXPECT_EQ(only_finding({kFixedIn12}, {"1.0", "1.1"}).status, Status::affected);
  EXPECT_EQ(only_finding({kFixedIn12}, {"1.2", "1.3"}).status, Status::not_affected);
  const Finding both = only_finding({kFixedIn12}, {"1.1", "1.2"});
  EXPECT_EQ(both.status, Status::unknown);
  EXPECT_EQ(both.reason, Reason::straddles_fix);
  EXPECT_EQ(both.because, "affected if it is 1.1; not affected if it is 1.2");
  EXPECT_EQ(both.fixed, "1.2");
  const Finding none = only_finding({kFixedIn12}, {});
  EXPECT_EQ(none.status, Status::unknown);
  EXPECT_EQ(none.reason, Reason::version_unknown);
}

TEST(Audit, an_unknown_lower_bound_is_said_and_yields_to_a_known_one) {
  Record vague = record("V", {"CVE-2024-1"}, "x", {releases("0", "1.2")});
  vague.affected[0].introduced_known = false;
  const Finding alone = only_finding({vague}, {"0.5"});
  EXPECT_EQ(alone.status, Status::unknown);
  EXPECT_EQ(alone.reason, Reason::not_after_fix);
  EXPECT_EQ(alone.fixed, "1.2");
  EXPECT_EQ(only_finding({vague, kFixedIn12}, {"0.5"}).reason, Reason::before_introduced);
  EXPECT_EQ(only_finding({vague, kFixedIn12}, {"1.1"}).reason, Reason::in_range);
  EXPECT_EQ(only_finding({vague, kFixedIn12}, {"1.2"}).reason, Reason::after_fix);
}

TEST(Audit, sources_that_disagree_leave_it_open) {
  const Record later = record("L", {"CVE-2024-1"}, "x", {releases("1.0", "1.4")});
  const Finding finding = only_finding({kFixedIn12, later}, {"1.3"});
  EXPECT_EQ(finding.status, Status::unknown);
  EXPECT_EQ(finding.reason, Reason::sources_disagree);
  EXPECT_NE(finding.because.find("do not agree"), std::string::npos);
}

TEST(Audit, patch_presence_and_test_case_overrule_the_version) {
  const auto with = [](std::optional<PatchForm> form, std::optional<TestcaseVerdict> verdict,
                       const std::string& version) {
    const std::vector<Observation> seen{{"lib/x", "x", "R", form, "f()", verdict, ""}};
    AuditOptions options;
    options.observations = seen;
    return only_finding({kFixedIn12}, {version}, options);
  };
  const Finding patched = with(PatchForm::fixed_form, {}, "1.1");
  EXPECT_EQ(patched.status, Status::not_affected);
  EXPECT_EQ(patched.status_by_version, Status::affected);
  EXPECT_EQ(patched.reason, Reason::fixed_form);
  EXPECT_FALSE(patched.is_open());
  EXPECT_EQ(with(PatchForm::fixed_form, TestcaseVerdict::vulnerable, "1.1").status,
            Status::affected);
  EXPECT_EQ(with({}, TestcaseVerdict::vulnerable, "1.3").status, Status::affected);
  EXPECT_EQ(with({}, TestcaseVerdict::not_vulnerable, "1.1").status, Status::not_affected);
  EXPECT_EQ(with(PatchForm::vulnerable_form, {}, "1.3").status, Status::affected);
  // What could not be built or has no known form is never called safe.
  for (const auto verdict :
       {TestcaseVerdict::needs_variant, TestcaseVerdict::error, TestcaseVerdict::not_applicable})
    EXPECT_EQ(with(PatchForm::unknown_form, verdict, "1.1").status, Status::affected);
  EXPECT_EQ(with(PatchForm::mixed, {}, "1.1").status, Status::affected);
  EXPECT_EQ(with(PatchForm::absent, {}, "1.1").status, Status::affected);
}

Statement statement(const std::string& product, const std::string& part, StatementStatus status) {
  return {{"CVE-2024-1"},         product, part, status, "", "", "somebody",
          "2026-01-01T00:00:00Z", "v.json"};
}

TEST(Audit, statements_stand_beside_the_finding) {
  const auto open_with = [](const Statement& said) {
    const std::vector<Statement> statements{said};
    AuditOptions options;
    options.statements = statements;
    const Finding finding = only_finding({kFixedIn12}, {"1.1"}, options);
    EXPECT_EQ(finding.status, Status::affected);
    return finding.is_open();
  };
  const auto no = StatementStatus::not_affected;
  EXPECT_FALSE(open_with(statement("subject:tree", "pkg:generic/x@1.1", no)));
  EXPECT_FALSE(open_with(statement("subject:tree", "pkg:generic/X", no)));
  EXPECT_FALSE(open_with(statement("tree", "copy:lib/x#x", no)));
  EXPECT_FALSE(open_with(statement("pkg:generic/x@1.1", "", no)));
  EXPECT_FALSE(open_with(statement("tree", "", StatementStatus::fixed)));
  EXPECT_TRUE(open_with(statement("tree", "", StatementStatus::affected)));
  EXPECT_TRUE(open_with(statement("tree", "", StatementStatus::under_investigation)));
  EXPECT_TRUE(open_with(statement("another", "pkg:generic/x@1.1", no)));
  EXPECT_TRUE(open_with(statement("tree", "pkg:generic/x@1.0", no)));
  EXPECT_TRUE(open_with(statement("tree", "copy:lib/y#x", no)));
}

TEST(Audit, the_latest_statement_counts_and_the_unused_are_kept) {
  Statement early = statement("tree", "", StatementStatus::not_affected);
  Statement late = statement("tree", "", StatementStatus::affected);
  late.timestamp = "2026-02-01T00:00:00Z";
  Statement other = statement("tree", "", StatementStatus::not_affected);
  other.vulnerabilities = {"CVE-2020-9"};
  const std::vector<Statement> statements{late, early, other};
  AuditOptions options;
  options.statements = statements;
  const auto result = audit(subject_with({"1.1"}), advisories_of({kFixedIn12}), options);
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->findings[0].is_open());
  EXPECT_EQ(result->findings[0].statements.size(), 2U);
  ASSERT_EQ(result->unused.size(), 1U);
  EXPECT_EQ(result->unused[0].vulnerabilities[0], "CVE-2020-9");
}

TEST(Audit, an_acceptance_closes_until_it_expires) {
  std::vector<Acceptance> acceptances{
      {"", "x", "CVE-2024-1", "behind a wall", "me", "2026-01-01", "2026-02-01", false}};
  AuditOptions options;
  options.acceptances = acceptances;
  Finding finding = only_finding({kFixedIn12}, {"1.1"}, options);
  EXPECT_EQ(finding.status, Status::affected);
  EXPECT_FALSE(finding.is_open());
  acceptances[0].expired = true;
  options.acceptances = acceptances;
  finding = only_finding({kFixedIn12}, {"1.1"}, options);
  EXPECT_TRUE(finding.is_open());
  EXPECT_TRUE(finding.acceptance);
}

TEST(Audit, withdrawn_advisories_are_counted_not_listed) {
  Record gone = kFixedIn12;
  gone.withdrawn = "2026-01-01T00:00:00Z";
  const auto result = audit(subject_with({"1.1"}), advisories_of({gone}), {});
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->findings.empty());
  EXPECT_EQ(result->withdrawn, 1U);
}

// More candidates never turn "unknown" into an answer, and agreement of the parts is the answer.
RC_GTEST_PROP(Audit, a_set_is_affected_only_if_each_member_is, ()) {
  const auto chosen =
      *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 6)));
  std::vector<std::string> versions;
  std::size_t affected = 0;
  for (const int minor : chosen) {
    versions.push_back("1." + std::to_string(minor));
    affected += minor < 2;
  }
  const auto result = audit(subject_with(versions), advisories_of({kFixedIn12}), {});
  const Status status = result->findings.at(0).status;
  const Status expected = affected == versions.size() ? Status::affected
                          : affected == 0             ? Status::not_affected
                                                      : Status::unknown;
  RC_ASSERT(status == expected);
}

TEST(ScanReport, is_read_as_the_scan_was) {
  const std::string text = R"({"schema": "https://stowaway.invalid/schema/scan-1.json",
    "format_version": 1, "partial": true, "subject": {"name": "./tree/", "kind": "directory"},
    "self": [{"component": ""}, {"component": "y", "purl": "pkg:generic/y", "versions": ["2"],
              "verdict": "subset"}],
    "copies": [{"path": "a", "component": "x", "purl": "pkg:generic/x", "versions": ["1.1"],
                "verdict": "modified", "alternatives": ["z"]}, {"path": "b"}, 7],
    "declared_only": [{}, {}]})";
  EXPECT_TRUE(looks_like_scan_report(text));
  const auto subject = read_scan_report(text);
  ASSERT_TRUE(subject) << subject.error().message;
  EXPECT_TRUE(subject->partial);
  EXPECT_EQ(subject->product, "pkg:generic/y@2");
  EXPECT_EQ(subject->declared_only, 2U);
  ASSERT_EQ(subject->copies.size(), 2U);
  EXPECT_EQ(subject->copies[0].path, "");
  EXPECT_EQ(subject->copies[0].verdict, "subset");
  EXPECT_EQ(subject->copies[1].alternatives, std::vector<std::string>{"z"});
  EXPECT_FALSE(read_scan_report("{}"));
  EXPECT_FALSE(read_scan_report("nothing"));
  EXPECT_FALSE(looks_like_scan_report("{\"bomFormat\": \"CycloneDX\"}"));
}

}  // namespace
}  // namespace stowaway::advisory
