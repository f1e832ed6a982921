// Writes down what a finding rests on, for `explain`: each file's relation to the chosen release,
// what is missing, what was added, and how the neighbouring releases compare. Pure; safe from any
// thread.
#pragma once

#include <span>
#include <vector>

#include "match/place.h"
#include "match/result.h"
#include "match/versions.h"

namespace stowaway::match {

// Fills copy.files, copy.rivals, counts.added and counts.missing.
void fill_evidence(const Placement& placement, const VersionEvidence& evidence,
                   std::span<const Hit> hits, const std::vector<ScannedFile>& files,
                   const kb::Kb& kb, Copy& copy);

}  // namespace stowaway::match
