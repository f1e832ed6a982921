// From the standing of each version to one answer for a copy. Pure. Private to `advisory`.
#pragma once

#include "advisory/audit.h"

namespace stowaway::advisory {

// What all records of an advisory say of one version. An answer beats "not known"; a record that
// knows the first affected version beats one that does not; "affected" against "fixed" is a
// disagreement, and then nothing is claimed.
VersionStanding standing_in_advisory(const std::string& version, const Advisory& advisory,
                                     const Component& component,
                                     const std::vector<std::string>& component_keys);

// Fills status, reason, because and fixed from `finding.versions`; an empty list is an unknown
// version.
void conclude_by_version(Finding& finding);

// Lets patch presence and the test case overrule: a seen flaw first, then the fixed form, then a
// test that did not show it, then the vulnerable form.
void conclude_by_evidence(Finding& finding);

}  // namespace stowaway::advisory
