// What declares itself a third party's, at a place where no copy was found: ignorance made visible.
// DESIGN §5, step 7. Pure; no I/O; safe from any thread.
#pragma once

#include <vector>

#include "match/collect.h"
#include "match/result.h"

namespace stowaway::match {

// From manifests that are written for other people's code (moz.yaml, README.chromium, METADATA,
// qt_attribution.json), and from any manifest or version macro in a folder for it (third_party/).
// And scripts that nothing else is known of, whose title names a component of the KB (a build of
// jQuery that no release has). One for each folder, the topmost; sorted by path. `copies` are those
// that were found.
std::vector<DeclaredOnly> declared_only(const Collected& collected, const std::vector<Copy>& copies,
                                        const kb::Kb& kb);

}  // namespace stowaway::match
