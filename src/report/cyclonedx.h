// CycloneDX 1.6 JSON: docs/formats/cyclonedx.md. Private to `report`; use writer.h.
#pragma once

#include <string>

#include "match/result.h"
#include "report/writer.h"

namespace stowaway::report {

std::string write_cyclonedx(const match::ScanResult& result, const Options& options);

}  // namespace stowaway::report
