// An audit for people. Private to `report`.
#pragma once

#include "report/audit.h"

namespace stowaway::report {

// A block for each copy: a heading, then a line for each advisory, worst first. What has an
// acceptance, a statement, a patch form or a test case gets lines below. Fits common.width_columns.
std::string write_audit_table(const advisory::Audit& audit, const AuditOptions& options);

}  // namespace stowaway::report
