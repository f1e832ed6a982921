// The published test cases and the records of their controls: where they lie, and what was wanted
// of them.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "testcase/control.h"
#include "testcase/manifest.h"

namespace stowaway::cli {

// The directory: `option`, STOWAWAY_TESTCASES, the user's data directory, the installed one, the
// source tree's. Fails with unavailable (none; says where it looked).
Result<std::string> find_testcases(const std::string& option);

struct WantedCases {
  std::vector<std::string> names, advisories;  // empty: all
};
// Those that are wanted, by name; bad ones that nobody asked for by name are printed as notes.
// Fails with not_found if a name or an advisory names none, or as the bad one of that name says.
Result<std::vector<testcase::Case>> wanted_cases(const std::string& directory,
                                                 const WantedCases& wanted);

// The user's own records: `option`, or the state directory's; "" if there is no such place.
std::string user_records(const std::string& option);
// Those beside the case and the user's.
Result<std::vector<testcase::ControlRecord>> records_of(const std::string& directory,
                                                        const testcase::Case& test,
                                                        const std::string& user_file);
std::string records_beside(const std::string& directory, const testcase::Case& test);

}  // namespace stowaway::cli
