// Exit codes: one table, in the manual and here.
#pragma once

#include "base/error.h"

namespace stowaway::cli {

enum ExitCode : int {
  kDone = 0,
  kFailOnMatched = 1,  // done, and --fail-on matched, even if partial
  kWrongUse = 2,       // usage or configuration
  kPartial = 3,        // something was not read, or a limit was hit
  kNothing = 4,        // nothing to scan
  kNoKb = 5,           // no usable knowledge base or store
  kOtherFailure = 6,
  kInterrupted = 130,
};

ExitCode exit_code_of(const Error& error);

}  // namespace stowaway::cli
