// Finds the knowledge base: --kb, $STOWAWAY_KB, the user's data directory, the installed starter
// KB, the build tree's.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "kb/kb.h"

namespace stowaway::cli {

// Fails with unavailable (none found; says where it looked and how to get one) or as Kb::open does.
Result<kb::Kb> open_kb(const std::string& option);

// Packs named one by one, or all in a directory.
std::vector<std::string> expand_packs(const std::vector<std::string>& arguments);

}  // namespace stowaway::cli
