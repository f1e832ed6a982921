#include "report/openvex.h"

#include <map>
#include <utility>

#include "report/common.h"
#include "report/json_text.h"
#include "report/vex_common.h"

namespace stowaway::report {
namespace {

using advisory::Reason;
using advisory::StatementStatus;

// What the statements and the acceptance of others say is carried on; else what was found.
StatementStatus status_of(const advisory::Finding& finding) {
  if (!finding.statements.empty()) return finding.statements.back().status;
  switch (finding.status) {
    case advisory::Status::affected: return StatementStatus::affected;
    case advisory::Status::unknown: return StatementStatus::under_investigation;
    case advisory::Status::not_affected: break;
  }
  const bool fixed = finding.reason == Reason::after_fix || finding.reason == Reason::fixed_form;
  return fixed ? StatementStatus::fixed : StatementStatus::not_affected;
}

std::string justification_of(const advisory::Finding& finding) {
  if (!finding.statements.empty()) return finding.statements.back().justification;
  return "vulnerable_code_not_present";
}

std::string impact_of(const advisory::Finding& finding) {
  if (finding.statements.empty()) return proof_of(finding);
  return statement_text(finding.statements.back()) + "; " + proof_of(finding);
}

Json vulnerability_json(const advisory::Advisory& advisory) {
  Json out;
  if (const std::string link = link_of(advisory.id); !link.empty()) out["@id"] = link;
  out["name"] = json_text(advisory.id);
  if (!advisory.summary.empty()) out["description"] = json_text(advisory.summary);
  if (!advisory.aliases.empty()) out["aliases"] = json_texts(advisory.aliases);
  return out;
}

Json part_json(const advisory::AuditedCopy& copy) {
  Json out;
  out["@id"] = advisory::copy_reference(copy.path, copy.component);
  if (const std::string purl = purl_of(copy); !purl.empty()) out["identifiers"] = {{"purl", purl}};
  return out;
}

Json statement_json(const advisory::Finding& finding, const advisory::Audit& audit) {
  const StatementStatus status = status_of(finding);
  Json out;
  out["vulnerability"] = vulnerability_json(audit.advisories[finding.advisory]);
  Json product;
  product["@id"] = json_text(audit.subject.product);
  product["subcomponents"] = Json::array({part_json(audit.subject.copies[finding.copy])});
  out["products"] = Json::array({std::move(product)});
  out["status"] = advisory::name_of(status);
  if (status == StatementStatus::not_affected) {
    if (const std::string why = justification_of(finding); !why.empty())
      out["justification"] = json_text(why);
    out["impact_statement"] = json_text(impact_of(finding));
  } else {
    out["status_notes"] = json_text(impact_of(finding));
  }
  if (status == StatementStatus::affected) out["action_statement"] = json_text(action_of(finding));
  return out;
}

}  // namespace

Result<std::string> write_openvex(const advisory::Audit& audit, const AuditOptions& options) {
  if (options.common.timestamp.empty())
    return fail(ErrorCode::invalid_argument, "OpenVEX needs a timestamp");
  Json out;
  out["@context"] = "https://openvex.dev/ns/v0.2.0";
  out["@id"] = "";
  out["author"] = json_text(options.author.empty() ? std::string(kToolName) : options.author);
  out["timestamp"] = json_text(options.common.timestamp);
  out["version"] = 1;
  out["tooling"] = json_text(std::string(kToolName) + " " + options.common.tool_version);
  Json statements = Json::array();
  for (const advisory::Finding& finding : audit.findings)
    statements.push_back(statement_json(finding, audit));
  out["statements"] = std::move(statements);
  out["@id"] = options.common.serial.empty() ? uuid_of(out["statements"].dump())
                                             : "urn:uuid:" + options.common.serial;
  return to_document(out);
}

}  // namespace stowaway::report
