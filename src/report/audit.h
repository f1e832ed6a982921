// The door of `report` for audits: what the advisories say of a subject's copies, in the formats
// that people and programs read. As writer.h: pure, deterministic, everything foreign escaped.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "advisory/audit.h"
#include "base/result.h"
#include "report/writer.h"

namespace stowaway::report {

struct AuditOptions {
  Options common;                  // OpenVEX cannot do without the timestamp
  std::string author;              // of VEX documents; empty: "stowaway"
  bool with_not_affected = false;  // the table lists them, too; the other formats always do
};

// "table" first, which is the default; "json", "openvex", "cyclonedx".
std::span<const Format> audit_formats();

// The whole report, ending in a newline. Fails with invalid_argument if no format has that name, or
// if the format needs a timestamp and has none.
Result<std::string> write_audit(std::string_view format, const advisory::Audit& audit,
                                const AuditOptions& options);

}  // namespace stowaway::report
