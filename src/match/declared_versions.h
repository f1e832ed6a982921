// Weighs what a copy's files state about its version against what its contents support.
// docs/matching.md, "Versions". Pure; safe from any thread.
#pragma once

#include <string>
#include <vector>

#include "match/collect.h"
#include "match/hits.h"
#include "match/place.h"
#include "match/result.h"
#include "match/versions.h"

namespace stowaway::match {

// Statements of the copy's own files and of the manifests in its root, the most telling first.
std::vector<Declaration> declarations_of(const Placement& placement, std::span<const Hit> hits,
                                         const Collected& collected, const kb::Kb& kb);

// Sets copy.versions, copy.version_note and copy.declared[].agrees.
void settle_versions(const VersionEvidence& evidence, kb::ComponentId component,
                     bool use_declarations, const kb::Kb& kb, Copy& copy);

}  // namespace stowaway::match
