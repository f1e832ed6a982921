// An audit in Stowaway's own schema: schema/audit-1.schema.json. Private to `report`.
#pragma once

#include <string>

#include "report/audit.h"
#include "report/json_text.h"

namespace stowaway::report {

std::string write_audit_json(const advisory::Audit& audit, const AuditOptions& options);

// One advisory with everything that its records say, for `stowaway advisory show --json`.
Json advisory_json(const advisory::Advisory& advisory);

}  // namespace stowaway::report
