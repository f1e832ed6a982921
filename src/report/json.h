// Stowaway's own JSON: docs/formats/json.md, schema/scan-1.schema.json. Private to `report`; use
// writer.h.
#pragma once

#include <string>

#include "match/result.h"
#include "report/json_text.h"
#include "report/writer.h"

namespace stowaway::report {

inline constexpr int kJsonFormatVersion = 1;

std::string write_json(const match::ScanResult& result, const Options& options);

// One entry of "copies": every field of the model; "files" and "rivals" only when they were filled.
// Without "nested_in", which needs the other copies.
Json copy_json(const match::Copy& copy);

}  // namespace stowaway::report
