#include "advisory/vex.h"

#include <gtest/gtest.h>

#include "advisory/evidence.h"

namespace stowaway::advisory {
namespace {

std::string told(const Statement& statement) {
  std::string text = statement.vulnerabilities.front();
  text +=
      " " + statement.product + " " + statement.part + " " + std::string(name_of(statement.status));
  if (!statement.justification.empty()) text += " " + statement.justification;
  if (!statement.detail.empty()) text += ": " + statement.detail;
  return text;
}

std::vector<std::string> told(const Result<std::vector<Statement>>& statements) {
  std::vector<std::string> texts;
  if (!statements) return {std::string(name_of(statements.error().code))};
  for (const Statement& each : *statements) texts.push_back(told(each));
  return texts;
}

using Texts = std::vector<std::string>;

TEST(OpenVex, a_statement_for_each_product_and_part) {
  const auto statements = read_vex(R"({"@context": "https://openvex.dev/ns/v0.2.0", "author": "me",
    "timestamp": "2026-01-01T00:00:00Z", "statements": [
      {"vulnerability": {"@id": "https://nvd.nist.gov/vuln/detail/CVE-1", "name": "CVE-1",
                         "aliases": ["GHSA-1"]},
       "products": [{"@id": "pkg:deb/a@1", "subcomponents": [{"@id": "pkg:generic/x@1"},
                     {"@id": "copy:lib/y#y", "identifiers": {"purl": "pkg:generic/y"}}]},
                    {"@id": "urn:other", "identifiers": {"purl": "pkg:deb/b"}}],
       "status": "not_affected", "justification": "component_not_present"},
      {"vulnerability": "CVE-2", "products": ["pkg:deb/a"], "status": "affected",
       "action_statement": "update", "timestamp": "2026-02-01T00:00:00Z"},
      {"vulnerability": {"@id": "https://example.org/CVE-3"}, "status": "fixed"},
      {"vulnerability": {"name": "CVE-4"}, "status": "sideways"}, {"status": "fixed"}, 5]})",
                                   "f");
  EXPECT_EQ(told(statements),
            (Texts{"CVE-1 pkg:deb/a@1 pkg:generic/x@1 not_affected component_not_present",
                   "CVE-1 pkg:deb/a@1 copy:lib/y#y not_affected component_not_present",
                   "CVE-1 pkg:deb/b  not_affected component_not_present",
                   "CVE-2 pkg:deb/a  affected: update", "CVE-3   fixed"}));
  EXPECT_EQ(statements->at(0).vulnerabilities, (Texts{"CVE-1", "GHSA-1"}));
  EXPECT_EQ(statements->at(0).author, "me");
  EXPECT_EQ(statements->at(3).timestamp, "2026-02-01T00:00:00Z");
}

TEST(CycloneDx, references_are_followed) {
  const auto statements = read_vex(R"({"bomFormat": "CycloneDX", "specVersion": "1.6",
    "metadata": {"timestamp": "2026-01-01T00:00:00Z", "authors": [{"name": "me"}],
                 "component": {"bom-ref": "top", "name": "app", "purl": "pkg:deb/app@1"}},
    "components": [{"bom-ref": "c1", "name": "x", "purl": "pkg:generic/x@1",
                    "components": [{"bom-ref": "c2", "name": "y", "purl": "pkg:generic/y@2"}]}],
    "vulnerabilities": [
      {"id": "CVE-1", "references": [{"id": "GHSA-1"}],
       "analysis": {"state": "false_positive", "justification": "code_not_reachable", "detail": "no"},
       "affects": [{"ref": "c2"}, {"ref": "urn:cdx:0/1#c1"}, {"ref": "copy:z#z"}]},
      {"id": "CVE-2", "analysis": {"state": "resolved"}, "affects": [{"ref": "top"}]},
      {"id": "CVE-3", "analysis": {"state": "exploitable"}},
      {"id": "CVE-4", "affects": [{"ref": "c1"}]}]})",
                                   "f");
  EXPECT_EQ(told(statements),
            (Texts{"CVE-1 pkg:deb/app@1 pkg:generic/y@2 not_affected code_not_reachable: no",
                   "CVE-1 pkg:deb/app@1 pkg:generic/x@1 not_affected code_not_reachable: no",
                   "CVE-1 pkg:deb/app@1 copy:z#z not_affected code_not_reachable: no",
                   "CVE-2 pkg:deb/app@1  fixed", "CVE-3 pkg:deb/app@1  affected"}));
}

TEST(Vex, other_documents_are_refused) {
  EXPECT_EQ(told(read_vex("{}", "f")), Texts{"unsupported"});
  EXPECT_EQ(told(read_vex("[]", "f")), Texts{"corrupt"});
  EXPECT_EQ(told(read_vex("", "f")), Texts{"corrupt"});
}

TEST(Vex, packages_are_the_same_but_for_case_and_open_versions) {
  EXPECT_TRUE(is_same_package("pkg:github/Madler/zlib", "pkg:github/madler/zlib", ""));
  EXPECT_TRUE(is_same_package("pkg:github/madler/zlib@1.2", "pkg:github/madler/zlib", "1.2"));
  EXPECT_FALSE(is_same_package("pkg:github/madler/zlib@1.2", "pkg:github/madler/zlib", ""));
  EXPECT_FALSE(is_same_package("pkg:github/madler/zlib@1.2", "pkg:github/madler/zlib", "1.3"));
  EXPECT_TRUE(is_same_package("pkg:npm/@a/b", "pkg:npm/@a/b", "1"));
  EXPECT_FALSE(is_same_package("pkg:github/n/stb#a.h", "pkg:github/n/stb#b.h", "1"));
  EXPECT_FALSE(is_same_package("", "", ""));
}

TEST(Evidence, outcomes_of_test_cases_and_patch_presence) {
  const auto tests = read_evidence(R"({"format": "stowaway-testcase-run-1", "outcomes": [
    {"case": "t", "advisory": "CVE-1", "component": "x", "path": "a", "verdict": "not-vulnerable",
     "evidence": "ran to its end"},
    {"case": "t", "advisory": "CVE-1", "component": "x", "path": "b", "verdict": "perhaps"},
    {"case": "t", "component": "x", "verdict": "error"}, 7]})");
  ASSERT_TRUE(tests) << tests.error().message;
  ASSERT_EQ(tests->size(), 1U);
  EXPECT_EQ(tests->at(0).testcase_verdict, TestcaseVerdict::not_vulnerable);
  EXPECT_EQ(tests->at(0).testcase_detail, "t: ran to its end");
  const auto patches = read_evidence(R"({"format": "stowaway-patches-1", "copies": [
    {"advisory": "CVE-1", "component": "x", "path": "a", "form": "fixed form", "detail": "inflate"}
    ]})");
  ASSERT_EQ(patches->size(), 1U);
  EXPECT_EQ(patches->at(0).patch_form, PatchForm::fixed_form);
  EXPECT_EQ(read_evidence("{}").error().code, ErrorCode::unsupported);
  EXPECT_EQ(read_evidence("[").error().code, ErrorCode::corrupt);
}

TEST(Vex, references_of_copies_are_uris) {
  EXPECT_EQ(copy_reference("a b/c#d", "x"), "copy:a%20b/c%23d#x");
  EXPECT_EQ(copy_reference("", "x"), "copy:#x");
}

}  // namespace
}  // namespace stowaway::advisory
