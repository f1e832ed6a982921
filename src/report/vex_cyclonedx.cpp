#include "report/vex_cyclonedx.h"

#include <fmt/core.h>

#include <map>
#include <set>
#include <utility>

#include "report/common.h"
#include "report/json_text.h"
#include "report/text.h"
#include "report/vex_common.h"

namespace stowaway::report {
namespace {

using advisory::Reason;
using advisory::StatementStatus;
using advisory::Status;

constexpr const char* kSubjectReference = "subject";

// OpenVEX's words for why something is not affected, in CycloneDX's.
constexpr std::pair<std::string_view, std::string_view> kJustifications[] = {
    {"component_not_present", "code_not_present"},
    {"vulnerable_code_not_present", "code_not_present"},
    {"vulnerable_code_not_in_execute_path", "code_not_reachable"},
    {"vulnerable_code_cannot_be_controlled_by_adversary", "protected_by_mitigating_control"},
    {"inline_mitigations_already_exist", "protected_by_mitigating_control"}};
constexpr std::string_view kOwnJustifications[] = {
    "code_not_present",     "code_not_reachable",     "requires_configuration",
    "requires_dependency",  "requires_environment",   "protected_by_compiler",
    "protected_at_runtime", "protected_at_perimeter", "protected_by_mitigating_control"};

std::string justification_of(const std::string& word) {
  for (const auto& [open_vex, own] : kJustifications)
    if (word == open_vex) return std::string(own);
  for (const std::string_view own : kOwnJustifications)
    if (word == own) return std::string(own);
  return "";
}

std::string state_of(const advisory::Finding& finding) {
  if (!finding.statements.empty()) switch (finding.statements.back().status) {
      case StatementStatus::not_affected: return "not_affected";
      case StatementStatus::affected: return "exploitable";
      case StatementStatus::fixed: return "resolved";
      case StatementStatus::under_investigation: return "in_triage";
    }
  if (finding.status == Status::affected) return "exploitable";
  if (finding.status == Status::unknown) return "in_triage";
  const bool fixed = finding.reason == Reason::after_fix || finding.reason == Reason::fixed_form;
  return fixed ? "resolved" : "not_affected";
}

Json analysis_json(const advisory::Finding& finding) {
  Json out;
  const std::string state = state_of(finding);
  out["state"] = state;
  const std::string justification = finding.statements.empty()
                                        ? "code_not_present"
                                        : justification_of(finding.statements.back().justification);
  if (state == "not_affected" && !justification.empty()) out["justification"] = justification;
  const bool accepted = finding.acceptance && !finding.acceptance->expired;
  if (accepted)
    out["response"] = Json::array({"will_not_fix"});
  else if (state == "exploitable" && !finding.fixed.empty())
    out["response"] = Json::array({"update"});
  std::string detail = proof_of(finding);
  for (const advisory::Statement& statement : finding.statements)
    detail += "; " + statement_text(statement);
  if (finding.acceptance) detail += "; " + acceptance_text(*finding.acceptance);
  out["detail"] = json_text(detail);
  return out;
}

Json rating_json(const advisory::Rating& rating) {
  Json out;
  if (rating.score >= 0) out["score"] = rating.score;
  out["severity"] = advisory::name_of(rating.level);
  if (!rating.vector.empty()) {
    const std::string_view method = rating.vector.starts_with("CVSS:4")     ? "CVSSv4"
                                    : rating.vector.starts_with("CVSS:3.1") ? "CVSSv31"
                                    : rating.vector.starts_with("CVSS:3")   ? "CVSSv3"
                                                                            : "CVSSv2";
    out["method"] = method;
    out["vector"] = json_text(rating.vector);
  }
  return out;
}

Json cwes_json(const std::vector<std::string>& cwes) {
  Json out = Json::array();
  for (const std::string& cwe : cwes) {
    const std::string number = cwe.starts_with("CWE-") ? cwe.substr(4) : "";
    const bool is_number = !number.empty() && number.size() < 7 &&
                           number.find_first_not_of("0123456789") == std::string::npos &&
                           number[0] != '0';
    if (is_number) out.push_back(std::stoi(number));
  }
  return out;
}

// Which versions the copy may have, and what each of them means.
Json versions_json(const advisory::Finding& finding) {
  Json out = Json::array();
  std::set<std::string> seen;
  for (const advisory::VersionStanding& at : finding.versions) {
    if (!seen.insert(at.version).second) continue;
    const std::string_view status = at.status == Status::affected       ? "affected"
                                    : at.status == Status::not_affected ? "unaffected"
                                                                        : "unknown";
    out.push_back({{"version", json_text(at.version)}, {"status", status}});
  }
  return out;
}

Json vulnerability_json(const advisory::Finding& finding, const advisory::Advisory& advisory,
                        const std::string& reference, std::size_t number) {
  Json out;
  out["bom-ref"] = fmt::format("finding:{}", number);
  out["id"] = json_text(advisory.id);
  if (const std::string link = link_of(advisory.id); !link.empty()) out["source"] = {{"url", link}};
  Json references = Json::array();
  for (const std::string& alias : advisory.aliases) {
    const std::string link = link_of(alias);
    if (!link.empty())
      references.push_back({{"id", json_text(alias)}, {"source", {{"url", link}}}});
  }
  if (!references.empty()) out["references"] = std::move(references);
  out["ratings"] = Json::array({rating_json(advisory.rating)});
  if (Json cwes = cwes_json(advisory.cwes); !cwes.empty()) out["cwes"] = std::move(cwes);
  if (!advisory.summary.empty()) out["description"] = json_text(advisory.summary);
  if (finding.status != Status::not_affected) out["recommendation"] = json_text(action_of(finding));
  out["analysis"] = analysis_json(finding);
  Json affects;
  affects["ref"] = reference;
  if (Json versions = versions_json(finding); !versions.empty())
    affects["versions"] = std::move(versions);
  out["affects"] = Json::array({std::move(affects)});
  return out;
}

Json component_json(const advisory::AuditedCopy& copy, const std::string& reference) {
  Json out;
  out["type"] = "library";
  out["bom-ref"] = reference;
  out["name"] = json_text(copy.component);
  if (const auto version = exact_version(copy.versions)) out["version"] = json_text(*version);
  if (!copy.purl.empty()) out["purl"] = purl_of(copy);
  out["evidence"] = {
      {"occurrences",
       Json::array({Json{{"location", copy.path.empty() ? Json(".") : json_text(copy.path)}}})}};
  return out;
}

std::vector<std::string> references_of(const advisory::AuditSubject& subject) {
  std::vector<std::string> references;
  std::set<std::string> taken{kSubjectReference};
  for (const advisory::AuditedCopy& copy : subject.copies) {
    const std::string wanted = advisory::copy_reference(copy.path, copy.component);
    std::string reference = wanted;
    for (unsigned n = 2; !taken.insert(reference).second; ++n)
      reference = fmt::format("{}~{}", wanted, n);
    references.push_back(std::move(reference));
  }
  return references;
}

Json metadata_json(const advisory::Audit& audit, const AuditOptions& options) {
  Json metadata;
  if (!options.common.timestamp.empty())
    metadata["timestamp"] = json_text(options.common.timestamp);
  Json tool = {{"type", "application"}, {"name", kToolName}};
  if (!options.common.tool_version.empty())
    tool["version"] = json_text(options.common.tool_version);
  metadata["tools"] = {{"components", Json::array({std::move(tool)})}};
  if (!options.author.empty())
    metadata["authors"] = Json::array({Json{{"name", json_text(options.author)}}});
  Json subject = {{"type", "application"}, {"bom-ref", kSubjectReference}};
  subject["name"] = json_text(audit.subject.name.empty() ? "subject" : audit.subject.name);
  if (audit.subject.product.starts_with("pkg:")) subject["purl"] = json_text(audit.subject.product);
  metadata["component"] = std::move(subject);
  return metadata;
}

Json dependencies_json(const std::vector<std::string>& references) {
  Json all = Json::array();
  all.push_back({{"ref", kSubjectReference}, {"dependsOn", references}});
  for (const std::string& reference : references) all.push_back({{"ref", reference}});
  return all;
}

}  // namespace

std::string write_vex_cyclonedx(const advisory::Audit& audit, const AuditOptions& options) {
  const std::vector<std::string> references = references_of(audit.subject);
  Json out;
  out["$schema"] = "http://cyclonedx.org/schema/bom-1.6.schema.json";
  out["bomFormat"] = "CycloneDX";
  out["specVersion"] = "1.6";
  out["serialNumber"] = "";
  out["version"] = 1;
  out["metadata"] = metadata_json(audit, options);
  Json components = Json::array();
  for (std::size_t i = 0; i < references.size(); ++i)
    components.push_back(component_json(audit.subject.copies[i], references[i]));
  out["components"] = std::move(components);
  out["dependencies"] = dependencies_json(references);
  Json vulnerabilities = Json::array();
  for (const advisory::Finding& finding : audit.findings)
    vulnerabilities.push_back(vulnerability_json(finding, audit.advisories[finding.advisory],
                                                 references[finding.copy],
                                                 vulnerabilities.size() + 1));
  out["vulnerabilities"] = std::move(vulnerabilities);
  out["serialNumber"] = options.common.serial.empty() ? uuid_of(out["vulnerabilities"].dump())
                                                      : "urn:uuid:" + options.common.serial;
  return to_document(out);
}

}  // namespace stowaway::report
