// One self-contained page: docs/formats/html.md. Private to `report`; use writer.h.
#pragma once

#include <string>

#include "match/result.h"
#include "report/writer.h"

namespace stowaway::report {

// No script, nothing loaded from anywhere; a content security policy allows only the page's own
// style sheet.
std::string write_html(const match::ScanResult& result, const Options& options);

}  // namespace stowaway::report
