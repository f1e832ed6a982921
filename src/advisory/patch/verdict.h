// From sightings to a verdict: docs/patch-presence.md, "The verdict". Pure.
#pragma once

#include <vector>

#include "advisory/patch/match.h"

namespace stowaway::advisory::patch {

// `sightings` are those of one place and of forms number `number`, sorted by path and name.
PatchVerdict verdict_on(const Forms& forms, std::size_t number,
                        const std::vector<Sighting>& sightings);

}  // namespace stowaway::advisory::patch
