// Finds the advisories: --advisories, $STOWAWAY_ADVISORIES, else the user's own store together with
// the starter set that comes with the program.
#pragma once

#include <string>
#include <vector>

#include "advisory/advisories.h"
#include "base/result.h"

namespace stowaway::cli {

// Each of `named` is a store, or OSV records in any form that `advisory import` takes, which are
// then read into memory. Fails with unavailable (none found; says where it looked), or as the store
// does.
Result<advisory::Advisories> open_advisories(const std::vector<std::string>& named);

// The user's own store, which `advisory import` fills: $XDG_DATA_HOME/stowaway/advisories.db. Fails
// with unavailable where there is no home.
Result<std::string> own_advisories();

}  // namespace stowaway::cli
