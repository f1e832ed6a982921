// Audits for the tests: one with a finding of every kind, and one in which every text is hostile.
#pragma once

#include <string>

#include "advisory/audit.h"
#include "report/testing/sample.h"

namespace stowaway::report::testing {

inline advisory::Advisory advisory_called(const std::string& id, const advisory::Rating& rating,
                                          const std::string& summary) {
  advisory::Advisory out;
  out.id = id;
  out.aliases = {"GHSA-" + id};
  out.summary = summary;
  out.rating = rating;
  out.modified = "2026-01-01T00:00:00Z";
  out.cwes = {"CWE-787"};
  advisory::Record record;
  record.id = "ECA-" + id;
  record.aliases = {id};
  record.source = "curated";
  record.modified = out.modified;
  record.affected.push_back(
      {"Upstream",
       "zlib",
       "pkg:github/madler/zlib",
       {{advisory::RangeKind::ecosystem,
         "",
         {{advisory::EventKind::introduced, "0"}, {advisory::EventKind::fixed, "1.2.13"}},
         {}}},
       {"1.2.12"},
       false});
  out.records = {record};
  return out;
}

inline advisory::Finding finding_of(std::size_t advisory, advisory::Status status,
                                    advisory::Reason reason, const std::string& because) {
  advisory::Finding out;
  out.advisory = advisory;
  out.status = out.status_by_version = status;
  out.reason = reason;
  out.because = because;
  advisory::VersionStanding standing;
  standing.version = "1.2.12";
  standing.status = status;
  standing.record = "ECA-CVE-2024-1";
  standing.standing.since = "1.2.3";
  standing.standing.bound = "1.3";
  out.versions = {standing};
  return out;
}

inline advisory::Audit sample_audit() {
  using advisory::Reason;
  using advisory::Status;
  advisory::Audit audit;
  audit.subject.name = "app-1.0";
  audit.subject.kind = "directory";
  audit.subject.product = "subject:app-1.0";
  audit.subject.declared_only = 2;
  audit.subject.copies = {
      {"lib/zlib", "zlib", "pkg:github/madler/zlib", {"1.2.12"}, "", "modified", {"zlib-ng"}},
      {"lib/x",
       "x",
       "pkg:generic/x",
       {},
       "mixed: 1.0 with files of other releases",
       "fragment",
       {}},
      {"lib/clean", "clean", "", {"1", "2"}, "", "identical", {}}};
  audit.stores = {
      {"starter.advisories", "0123456789abcdef", 1997, 0, 4278, "2026-01-01T00:00:00Z"}};
  const advisory::Rating high =
      *advisory::rating_of("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H");
  const advisory::Rating medium{advisory::Level::medium, -1, ""};
  for (int i = 1; i <= 8; ++i)
    audit.advisories.push_back(advisory_called("CVE-2024-" + std::to_string(i),
                                               i % 2 == 0 ? medium : high, "Two bytes too many"));
  audit.advisories.push_back(advisory_called("OSV-2024-9", {}, ""));
  auto& findings = audit.findings;
  findings.push_back(finding_of(0, Status::affected, Reason::in_range,
                                "1.2.12 is affected (since 1.2.3), fixed in 1.2.13"));
  findings.back().fixed = "1.2.13";
  findings.back().fix_commits = {"0123456789ab"};
  findings.push_back(finding_of(1, Status::affected, Reason::testcase_vulnerable,
                                "a test case shows it in this copy"));
  findings.back().testcase_verdict = advisory::TestcaseVerdict::vulnerable;
  findings.back().testcase_detail = "heap-buffer-overflow in inflate.c";
  findings.back().patch_form = advisory::PatchForm::vulnerable_form;
  findings.push_back(finding_of(2, Status::affected, Reason::in_range, "1.2.12 is affected"));
  findings.back().acceptance = {"",    "zlib",       "CVE-2024-3", "only trusted input",
                                "Ada", "2026-01-01", "2026-12-31", false};
  findings.push_back(finding_of(3, Status::affected, Reason::in_range, "1.2.12 is affected"));
  findings.back().acceptance = {"",    "zlib",       "CVE-2024-4", "until the release",
                                "Ada", "2025-01-01", "2025-12-31", true};
  findings.push_back(
      finding_of(4, Status::unknown, Reason::not_after_fix, "1.2.12 is older than any fix"));
  findings.back().statements = {{{"CVE-2024-5"},
                                 "subject:app-1.0",
                                 "copy:lib/zlib#zlib",
                                 advisory::StatementStatus::not_affected,
                                 "vulnerable_code_not_in_execute_path",
                                 "",
                                 "Ada",
                                 "2026-01-01T00:00:00Z",
                                 "app.openvex.json"}};
  findings.push_back(finding_of(5, Status::unknown, Reason::straddles_fix,
                                "affected if it is 1.2.12; not affected if it is 1.2.13"));
  findings.push_back(finding_of(6, Status::not_affected, Reason::fixed_form,
                                "the fix is in this copy: inflate()"));
  findings.back().status_by_version = Status::affected;
  findings.back().patch_form = advisory::PatchForm::fixed_form;
  findings.back().patch_detail = "inflate()";
  findings.push_back(
      finding_of(7, Status::not_affected, Reason::after_fix, "1.2.12 has the fix of 1.2.9"));
  findings.push_back(finding_of(8, Status::unknown, Reason::version_unknown,
                                "the version of the copy is not known"));
  findings.back().copy = 1;
  findings.back().versions.clear();
  audit.unused = {{{"CVE-2020-1"},
                   "app",
                   "",
                   advisory::StatementStatus::fixed,
                   "",
                   "in 2.0",
                   "",
                   "",
                   "old.json"}};
  audit.withdrawn = 1;
  return audit;
}

// `text` wherever somebody else says what stands there.
inline advisory::Audit hostile_audit(const std::string& text) {
  advisory::Audit audit = sample_audit();
  audit.subject.name = audit.subject.kind = text;
  audit.subject.partial = true;
  for (advisory::AuditedCopy& copy : audit.subject.copies) {
    copy.path += text;
    copy.component = copy.version_note = copy.verdict = text;
    copy.purl = "pkg:" + text;
    copy.versions = {text};
    copy.alternatives = {text};
  }
  for (std::size_t i = 0; i < audit.advisories.size(); ++i) {
    advisory::Advisory& advisory = audit.advisories[i];
    advisory.id = std::to_string(i) + text;
    advisory.aliases = advisory.cwes = {text};
    advisory.summary = advisory.modified = text;
    for (advisory::Record& record : advisory.records) {
      record.id = record.source = record.modified = record.withdrawn = text;
      record.affected[0] = {
          text,   text,
          text,   {{advisory::RangeKind::git, text, {{advisory::EventKind::fixed, text}}, {}}},
          {text}, false};
    }
  }
  for (advisory::Finding& finding : audit.findings) {
    finding.because = finding.fixed = finding.patch_detail = finding.testcase_detail = text;
    for (advisory::VersionStanding& at : finding.versions) {
      at.version = at.record = at.disagrees = text;
      at.standing.since = at.standing.fixed = at.standing.bound = text;
    }
    for (advisory::Statement& statement : finding.statements)
      statement.detail = statement.author = statement.file = text;
    if (finding.acceptance) finding.acceptance->reason = finding.acceptance->by = text;
  }
  audit.unused[0].vulnerabilities = {text};
  audit.unused[0].detail = audit.unused[0].file = text;
  return audit;
}

}  // namespace stowaway::report::testing
