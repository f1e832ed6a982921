// Where the git repositories that are mined lie on this machine.
#pragma once

#include <string>

#include "base/result.h"
#include "kb/miner/mine_options.h"

namespace stowaway::kb {

// The repository behind a URL or path, in this order: a path that exists; a clone in one of
// options.mirrors ("MIRROR/OWNER+NAME/repo", "MIRROR/NAME.git", "MIRROR/NAME"); a bare clone of our
// own below options.cache_directory, made or brought up to date with branches and tags only (once
// per process). Fails with not_found, unavailable (no answer; what an earlier run cloned stays),
// limit_exceeded, io or cancelled.
Result<std::string> find_repository(const std::string& url, const MineOptions& options);

}  // namespace stowaway::kb
