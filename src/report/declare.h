// What a package says about itself: the Embeds field of Debian control files (docs/embeds-field.md)
// and RPM's bundled() provides (docs/formats/rpm.md). Private to `report`; use writer.h.
#pragma once

#include <string>

#include "match/result.h"
#include "report/writer.h"

namespace stowaway::report {

// "Embeds: libmemcached (= 0.31), zlib (>= 1.2.3) (<= 1.2.5)\n", folded where it is long. Sorted,
// each entry once. Empty if nothing is embedded: a field without value is not valid.
std::string write_deb822(const match::ScanResult& result, const Options& options);

// "Provides: bundled(libmemcached) = 0.31\n" for each, sorted, each once. A version that is not
// certain is not claimed: the line has none, and a comment above it says what is known. Holds no
// "%" and so no macro.
std::string write_rpm(const match::ScanResult& result, const Options& options);

}  // namespace stowaway::report
