// The Debian security tracker's dump (its data/json): {package: {CVE: {releases: {suite: {status,
// fixed_version, urgency}}}}}. Foreign input: bounded, fuzzed (fuzz/fuzz_tracker.cpp). Pure.
//
// The tracker speaks of Debian's packages: a fixed version may be a patch on an older upstream
// version. What that means for an embedded copy is decided in ranges.h.
#pragma once

#include <functional>
#include <string_view>

#include "advisory/record.h"
#include "base/result.h"

namespace stowaway::advisory {

// One record for each package and vulnerability, "DEBIAN-zlib-CVE-2022-37434", of ecosystem
// "Debian". Of the suites, unstable ("sid") counts where it is named, else the one with the highest
// fixed version. What never concerned Debian (fixed_version "0") or is undetermined gives no
// record. Calls use(record) as each ends; memory follows the largest package. Fails with corrupt
// (no JSON of this shape: nothing was found in it), or with what `use` fails.
Result<void> read_debian_tracker(std::string_view json,
                                 const std::function<Result<void>(Record)>& use);

}  // namespace stowaway::advisory
