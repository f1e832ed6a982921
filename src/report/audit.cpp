#include "report/audit.h"

#include <algorithm>
#include <array>

#include "report/audit_json.h"
#include "report/audit_table.h"
#include "report/openvex.h"
#include "report/vex_cyclonedx.h"

namespace stowaway::report {
namespace {

struct AuditWriter {
  Format format;
  Result<std::string> (*write)(const advisory::Audit& audit, const AuditOptions& options);
};

template <std::string (*function)(const advisory::Audit&, const AuditOptions&)>
Result<std::string> always(const advisory::Audit& audit, const AuditOptions& options) {
  return function(audit, options);
}

constexpr std::array kWriters = {
    AuditWriter{{"table", "for people: fits the terminal", "text/plain; charset=utf-8", ".txt"},
                always<write_audit_table>},
    AuditWriter{{"json", "every finding, in Stowaway's own schema", "application/json", ".json"},
                always<write_audit_json>},
    AuditWriter{{"openvex", "OpenVEX 0.2.0 document", "application/json", ".openvex.json"},
                write_openvex},
    AuditWriter{{"cyclonedx", "CycloneDX 1.6 with vulnerabilities and their analysis",
                 "application/vnd.cyclonedx+json; version=1.6", ".vex.cdx.json"},
                always<write_vex_cyclonedx>},
};

constexpr auto kFormats = [] {
  std::array<Format, kWriters.size()> formats{};
  std::transform(kWriters.begin(), kWriters.end(), formats.begin(),
                 [](const AuditWriter& writer) { return writer.format; });
  return formats;
}();

}  // namespace

std::span<const Format> audit_formats() { return kFormats; }

Result<std::string> write_audit(std::string_view format, const advisory::Audit& audit,
                                const AuditOptions& options) {
  for (const AuditWriter& writer : kWriters)
    if (writer.format.name == format) return writer.write(audit, options);
  std::string names;
  for (const Format& each : kFormats) names += (names.empty() ? "" : ", ") + std::string(each.name);
  return fail(ErrorCode::invalid_argument, "an audit has no format \"{}\"; there are: {}", format,
              names);
}

}  // namespace stowaway::report
