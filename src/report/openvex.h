// OpenVEX 0.2.0 (openvex.dev). Private to `report`.
#pragma once

#include "report/audit.h"

namespace stowaway::report {

// One statement for each finding, with the copy as a subcomponent of the subject. Without any
// finding the list is empty, which readers take and the schema does not. Fails with
// invalid_argument without a timestamp, which the format demands.
Result<std::string> write_openvex(const advisory::Audit& audit, const AuditOptions& options);

}  // namespace stowaway::report
