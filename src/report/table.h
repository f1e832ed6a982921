// The table for people: docs/formats/table.md. Private to `report`; use writer.h.
#pragma once

#include <string>

#include "match/result.h"
#include "report/writer.h"

namespace stowaway::report {

std::string write_table(const match::ScanResult& result, const Options& options);

}  // namespace stowaway::report
