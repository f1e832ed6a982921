// Patch presence for an audit: looks into the copies for the fixes of the advisories that may hit
// them. The one part of an audit that reads the source.
#pragma once

#include <string>
#include <vector>

#include "advisory/audit.h"
#include "advisory/patch_forms.h"
#include "base/result.h"
#include "source/source.h"

namespace stowaway::advisory {

// One observation for each finding of `audit` that its version does not clear and of whose
// advisory, under any of its names, `forms` knows something: in the order of the findings. A copy
// that the version clears is not looked at: code from before a flaw came in looks like the
// vulnerable form. Nothing for a subject of checksums. `subject` is opened only if there is
// something to look for. Fails as the source does.
Result<std::vector<Observation>> observe_patches(const Audit& audit, std::vector<Forms> forms,
                                                 const std::string& subject,
                                                 const source::Options& options);

}  // namespace stowaway::advisory
