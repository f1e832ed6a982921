#include "report/audit_json.h"

#include <algorithm>
#include <map>

#include "report/common.h"

namespace stowaway::report {
namespace {

// "not affected" is not_affected, "fixed form" fixed_form: names that programs can use.
std::string key_of(std::string_view name) {
  std::string key(name);
  std::ranges::replace_if(
      key, [](char c) { return c == ' ' || c == '-'; }, '_');
  return key;
}

Json rating_json(const advisory::Rating& rating) {
  Json out;
  out["level"] = advisory::name_of(rating.level);
  out["score"] = rating.score < 0 ? Json(nullptr) : Json(rating.score);
  out["vector"] = json_text(rating.vector);
  return out;
}

Json copy_json(const advisory::AuditedCopy& copy) {
  Json out;
  set_bytes(out, "path", copy.path);
  out["component"] = json_text(copy.component);
  out["purl"] = json_text(copy.purl);
  out["versions"] = json_texts(copy.versions);
  out["version_note"] = json_text(copy.version_note);
  out["verdict"] = json_text(copy.verdict);
  out["alternatives"] = json_texts(copy.alternatives);
  return out;
}

Json statement_json(const advisory::Statement& statement) {
  Json out;
  out["vulnerabilities"] = json_texts(statement.vulnerabilities);
  out["status"] = advisory::name_of(statement.status);
  out["product"] = json_text(statement.product);
  out["part"] = json_text(statement.part);
  out["justification"] = json_text(statement.justification);
  out["detail"] = json_text(statement.detail);
  out["author"] = json_text(statement.author);
  out["timestamp"] = json_text(statement.timestamp);
  set_bytes(out, "file", statement.file);
  return out;
}

Json acceptance_json(const advisory::Acceptance& acceptance) {
  Json out;
  out["reason"] = json_text(acceptance.reason);
  out["by"] = json_text(acceptance.by);
  out["since"] = json_text(acceptance.since);
  out["until"] = json_text(acceptance.until);
  out["expired"] = acceptance.expired;
  return out;
}

Json standing_json(const advisory::VersionStanding& at) {
  Json out;
  out["version"] = json_text(at.version);
  out["status"] = key_of(advisory::name_of(at.status));
  out["position"] = advisory::name_of(at.standing.position);
  out["since"] = json_text(at.standing.since);
  out["fixed"] = json_text(at.standing.fixed);
  out["record"] = json_text(at.record);
  if (!at.disagrees.empty()) out["disagrees"] = json_text(at.disagrees);
  return out;
}

Json finding_json(const advisory::Finding& finding, const advisory::Audit& audit) {
  const advisory::Advisory& advisory = audit.advisories[finding.advisory];
  Json out;
  out["copy"] = finding.copy;
  out["advisory"] = json_text(advisory.id);
  out["status"] = key_of(advisory::name_of(finding.status));
  out["open"] = finding.is_open();
  out["severity"] = advisory::name_of(advisory.rating.level);
  out["reason"] = advisory::name_of(finding.reason);
  out["because"] = json_text(finding.because);
  out["fixed_version"] = finding.fixed.empty() ? Json(nullptr) : json_text(finding.fixed);
  out["fix_commits"] = json_texts(finding.fix_commits);
  out["status_by_version"] = key_of(advisory::name_of(finding.status_by_version));
  Json versions = Json::array();
  for (const advisory::VersionStanding& at : finding.versions)
    versions.push_back(standing_json(at));
  out["versions"] = std::move(versions);
  out["patch_form"] =
      finding.patch_form ? Json(key_of(advisory::name_of(*finding.patch_form))) : Json(nullptr);
  if (!finding.patch_detail.empty()) out["patch_detail"] = json_text(finding.patch_detail);
  out["testcase_verdict"] = finding.testcase_verdict
                                ? Json(key_of(advisory::name_of(*finding.testcase_verdict)))
                                : Json(nullptr);
  if (!finding.testcase_detail.empty()) out["testcase_detail"] = json_text(finding.testcase_detail);
  Json statements = Json::array();
  for (const advisory::Statement& statement : finding.statements)
    statements.push_back(statement_json(statement));
  out["statements"] = std::move(statements);
  out["acceptance"] = finding.acceptance ? acceptance_json(*finding.acceptance) : Json(nullptr);
  return out;
}

Json summary_json(const advisory::Audit& audit) {
  std::size_t affected = 0, unknown = 0, open = 0;
  std::map<advisory::Level, std::size_t> levels;
  for (const advisory::Finding& finding : audit.findings) {
    affected += finding.status == advisory::Status::affected;
    unknown += finding.status == advisory::Status::unknown;
    if (!finding.is_open()) continue;
    ++open;
    ++levels[audit.advisories[finding.advisory].rating.level];
  }
  Json by_level;
  using advisory::Level;
  for (const Level level :
       {Level::critical, Level::high, Level::medium, Level::low, Level::none, Level::unknown})
    by_level[std::string(advisory::name_of(level))] = levels[level];
  Json out;
  out["findings"] = audit.findings.size();
  out["affected"] = affected;
  out["unknown"] = unknown;
  out["not_affected"] = audit.findings.size() - affected - unknown;
  out["open"] = open;
  out["open_by_severity"] = std::move(by_level);
  out["withdrawn_advisories"] = audit.withdrawn;
  out["declared_only_not_audited"] = audit.subject.declared_only;
  return out;
}

Json store_json(const advisory::StoreInfo& store) {
  Json out;
  set_bytes(out, "file", store.file);
  out["id"] = store.id;
  out["records"] = store.records;
  out["newest"] = json_text(store.newest);
  return out;
}

template <class Items, class Function>
Json list_of(const Items& items, Function function) {
  Json list = Json::array();
  for (const auto& item : items) list.push_back(function(item));
  return list;
}

Json event_json(const advisory::Event& event) {
  static constexpr const char* kNames[] = {"introduced", "fixed", "last_affected", "limit"};
  return {{kNames[static_cast<int>(event.kind)], json_text(event.version)}};
}

Json range_json(const advisory::Range& range) {
  static constexpr const char* kTypes[] = {"SEMVER", "ECOSYSTEM", "GIT"};
  Json out;
  out["type"] = kTypes[static_cast<int>(range.kind)];
  if (!range.repo.empty()) out["repo"] = json_text(range.repo);
  out["events"] = list_of(range.events, event_json);
  if (!range.stated.empty()) out["stated_versions"] = list_of(range.stated, event_json);
  return out;
}

Json affected_json(const advisory::Affected& affected) {
  Json out;
  out["ecosystem"] = json_text(affected.ecosystem);
  out["name"] = json_text(affected.name);
  out["purl"] = json_text(affected.purl);
  out["introduced_known"] = affected.introduced_known;
  out["ranges"] = list_of(affected.ranges, range_json);
  out["versions"] = json_texts(affected.versions);
  return out;
}

Json record_json(const advisory::Record& record) {
  Json out;
  out["id"] = json_text(record.id);
  out["aliases"] = json_texts(record.aliases);
  out["source"] = json_text(record.source);
  out["modified"] = json_text(record.modified);
  if (!record.withdrawn.empty()) out["withdrawn"] = json_text(record.withdrawn);
  out["ratings"] = list_of(record.ratings, rating_json);
  out["affected"] = list_of(record.affected, affected_json);
  return out;
}

// What findings refer to; the ranges stay with `advisory show`.
Json brief_json(const advisory::Advisory& advisory) {
  Json out;
  out["id"] = json_text(advisory.id);
  out["aliases"] = json_texts(advisory.aliases);
  out["summary"] = json_text(advisory.summary);
  out["modified"] = json_text(advisory.modified);
  out["rating"] = rating_json(advisory.rating);
  out["cwes"] = json_texts(advisory.cwes);
  return out;
}

}  // namespace

Json advisory_json(const advisory::Advisory& advisory) {
  Json out = brief_json(advisory);
  out["withdrawn"] = advisory.withdrawn;
  out["fix_commits"] = json_texts(advisory.fix_commits);
  out["records"] = list_of(advisory.records, record_json);
  return out;
}

std::string write_audit_json(const advisory::Audit& audit, const AuditOptions& options) {
  Json out;
  out["schema"] = "https://stowaway.invalid/schema/audit-1.json";
  out["format_version"] = 1;
  out["tool"] = {{"name", kToolName}, {"version", json_text(options.common.tool_version)}};
  if (!options.common.timestamp.empty()) out["timestamp"] = json_text(options.common.timestamp);
  Json subject;
  set_bytes(subject, "name", audit.subject.name);
  subject["kind"] = json_text(audit.subject.kind);
  subject["product"] = json_text(audit.subject.product);
  out["subject"] = std::move(subject);
  out["partial"] = audit.subject.partial;
  out["advisory_stores"] = list_of(audit.stores, store_json);
  out["copies"] = list_of(audit.subject.copies, copy_json);
  out["advisories"] = list_of(audit.advisories, brief_json);
  out["findings"] = list_of(audit.findings, [&](const advisory::Finding& finding) {
    return finding_json(finding, audit);
  });
  out["unused_statements"] = list_of(audit.unused, statement_json);
  out["summary"] = summary_json(audit);
  return to_document(out);
}

}  // namespace stowaway::report
