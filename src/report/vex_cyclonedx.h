// CycloneDX 1.6 with vulnerabilities and their analysis (VEX). Private to `report`.
#pragma once

#include "report/audit.h"

namespace stowaway::report {

// A bill of materials of the audited copies, and one vulnerability for each finding.
std::string write_vex_cyclonedx(const advisory::Audit& audit, const AuditOptions& options);

}  // namespace stowaway::report
