// Where the rescan cache of a subject lies, and what it depends on (match/cache.h).
#pragma once

#include <string>

#include "kb/kb.h"
#include "match/scan.h"

namespace stowaway::cli {

// In XDG_CACHE_HOME or ~/.cache; the directory is made. No cache where the subject is no directory,
// or where there is no home.
match::CacheOptions cache_for(const std::string& subject, const kb::Kb& kb,
                              const match::ScanOptions& options);

}  // namespace stowaway::cli
