// Finds the catalogue, and the place for downloads.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "kb/catalog/catalog.h"

namespace stowaway::cli {

// The named catalogue; without a name the installed one, the build tree's, or none: an empty list.
// Fails as kb::read_catalog does.
Result<std::vector<kb::CatalogEntry>> find_catalog(const std::string& option);

// The option, or $XDG_CACHE_HOME/stowaway; "" where no place is known.
std::string cache_directory(const std::string& option);

}  // namespace stowaway::cli
