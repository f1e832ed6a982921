// Reads test cases. A case is foreign: everything is checked, nothing is run, no link is followed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "testcase/case.h"

namespace stowaway::testcase {

inline constexpr const char* kManifestName = "case.yaml";

// The manifest alone, without the case's files. Fails with corrupt (not YAML, a key that is not
// known, a value of the wrong shape; the message names it) or limit_exceeded.
Result<Case> parse_manifest(std::string_view text);

// A case's directory. Fails as above; with corrupt also if a file that the manifest names is not
// there, or an entry is no plain file; with limit_exceeded for more than 64 files or 4 MiB.
Result<Case> read_case(const std::string& directory);

// All directories below `directory` that hold a manifest, by name. A bad case is an entry of
// `errors` and stops nothing. Fails with not_found or io if the directory cannot be read.
struct CaseList {
  std::vector<Case> cases;
  std::vector<Error> errors;
};
Result<CaseList> read_cases(const std::string& directory);

// True if `id` is the case's advisory or one of its aliases; letters of either case.
bool names_advisory(const Case& test, std::string_view id);

}  // namespace stowaway::testcase
