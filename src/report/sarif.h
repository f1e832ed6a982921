// SARIF 2.1.0: docs/formats/sarif.md. Private to `report`; use writer.h.
#pragma once

#include <string>

#include "match/result.h"
#include "report/writer.h"

namespace stowaway::report {

std::string write_sarif(const match::ScanResult& result, const Options& options);

}  // namespace stowaway::report
