// What an author starts from when no variant of a case can be built against a copy.
#pragma once

#include <span>
#include <string>

#include "testcase/case.h"

namespace stowaway::testcase {

// Lines to put below `variants:` of the manifest, with the copy's versions, the compiler's errors
// as comments, and what there is to change.
std::string variant_skeleton(const Case& test, std::span<const std::string> versions,
                             std::span<const std::string> errors);

}  // namespace stowaway::testcase
