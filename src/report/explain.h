// Why a scan says what it says about one copy, for people and as JSON (docs/formats/explain.md,
// schema/explain-1.schema.json). Like the writers: pure, hostile text escaped, safe from any
// thread.
#pragma once

#include <string>

#include "match/result.h"
#include "report/writer.h"

namespace stowaway::report {

// The files for, against, changed, missing and added, what the copy declares, and why the
// neighbouring releases lost. `copy.files` and `copy.rivals` must have been filled. At most 200
// files of each kind are listed; how many are left out is said.
std::string explain_text(const match::Copy& copy, const Options& options);

// The same with every file.
std::string explain_json(const match::Copy& copy, const Options& options);

}  // namespace stowaway::report
