#include "report/vex_common.h"

#include <fmt/core.h>

#include "fingerprint/identity.h"
#include "report/common.h"
#include "report/text.h"

namespace stowaway::report {

std::string purl_of(const advisory::AuditedCopy& copy) {
  const auto version = exact_version(copy.versions);
  return version ? purl_with_version(copy.purl, *version) : to_utf8(copy.purl);
}

std::string action_of(const advisory::Finding& finding) {
  if (finding.acceptance && !finding.acceptance->expired)
    return acceptance_text(*finding.acceptance);
  if (finding.fixed.empty()) return "no fixed version is known";
  return fmt::format("update the copy to {} or later, or bring the fix into it", finding.fixed);
}

std::string proof_of(const advisory::Finding& finding) {
  std::string text = finding.because;
  const auto add = [&text](std::string_view what, std::string_view name,
                           const std::string& detail) {
    text += fmt::format("; {}: {}{}{}", what, name, detail.empty() ? "" : ", ", detail);
  };
  if (finding.patch_form)
    add("patch presence", advisory::name_of(*finding.patch_form), finding.patch_detail);
  if (finding.testcase_verdict)
    add("test case", advisory::name_of(*finding.testcase_verdict), finding.testcase_detail);
  return text;
}

std::string acceptance_text(const advisory::Acceptance& acceptance) {
  std::string text = "accepted";
  if (!acceptance.by.empty()) text += " by " + acceptance.by;
  if (!acceptance.until.empty()) text += " until " + acceptance.until;
  if (acceptance.expired) text += ", which has passed";
  return acceptance.reason.empty() ? text : text + ": " + acceptance.reason;
}

std::string statement_text(const advisory::Statement& statement) {
  std::string text = "stated ";
  for (const char c : advisory::name_of(statement.status)) text += c == '_' ? ' ' : c;
  if (!statement.author.empty()) text += " by " + statement.author;
  if (!statement.file.empty()) text += " in " + statement.file;
  const std::string& why = statement.detail.empty() ? statement.justification : statement.detail;
  return why.empty() ? text : text + ": " + why;
}

std::string uuid_of(const std::string& content) {
  auto digest = fingerprint::sha256_of(fingerprint::as_bytes(content));
  digest.bytes[6] = static_cast<std::uint8_t>((digest.bytes[6] & 0x0FU) | 0x80U);  // version 8
  digest.bytes[8] = static_cast<std::uint8_t>((digest.bytes[8] & 0x3FU) | 0x80U);  // variant
  const std::string hex = fingerprint::to_hex(digest);
  return fmt::format("urn:uuid:{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4),
                     hex.substr(12, 4), hex.substr(16, 4), hex.substr(20, 12));
}

std::string link_of(const std::string& id) {
  if (id.starts_with("CVE-")) return "https://www.cve.org/CVERecord?id=" + percent_encode(id);
  for (const char* prefix : {"GHSA-", "OSV-", "DSA-", "DLA-", "PYSEC-"})
    if (id.starts_with(prefix)) return "https://osv.dev/vulnerability/" + percent_encode(id);
  return "";
}

}  // namespace stowaway::report
