// Where the clone of a git repository lies on this machine.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace stowaway::cli {

// "https://host/owner/name" lies at MIRROR/owner+name/repo, or is a bare or plain clone at
// MIRROR/name.git or MIRROR/name; a path is itself. Gives the git directory. Fails with not_found.
Result<std::string> find_clone(const std::vector<std::string>& mirrors, const std::string& url);

}  // namespace stowaway::cli
