// SPDX 2.3 as JSON and as tag-value: docs/formats/spdx.md. Private to `report`; use writer.h.
#pragma once

#include <string>

#include "base/result.h"
#include "match/result.h"
#include "report/writer.h"

namespace stowaway::report {

// Both fail with invalid_argument without a timestamp.
Result<std::string> write_spdx_json(const match::ScanResult& result, const Options& options);
Result<std::string> write_spdx_tag_value(const match::ScanResult& result, const Options& options);

}  // namespace stowaway::report
