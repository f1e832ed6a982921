// Turns placements into the copies of a result: version, verdict, confidence, counts; decides which
// are findings at all and whether the subject itself is a known release. docs/matching.md defines
// verdicts and confidence.
#pragma once

#include <span>
#include <vector>

#include "match/place.h"
#include "match/result.h"
#include "match/scan.h"

namespace stowaway::match {

// Fills result.self and result.copies, sorted and nested.
void describe_copies(const std::vector<Placement>& placements, std::span<const Hit> hits,
                     const Collected& collected, const kb::Kb& kb, const ScanOptions& options,
                     ScanResult& result);

}  // namespace stowaway::match
