// Where one version of a component stands to what one record says is affected. Pure.
//
// Versions are compared in the order of the component: compare_semver() for SEMVER ranges and for
// npm where both labels are semantic versions, dpkg's order for Debian, else compare_versions(),
// which knows openssl's 1.0.2za and libjpeg's 6b.
//
// Several ranges are several maintained branches: a version is affected if any of them holds it,
// and what fixes it is the fix of that branch.
#pragma once

#include <string>

#include "advisory/keys.h"
#include "advisory/record.h"

namespace stowaway::advisory {

enum class Position {
  in_range,           // affected
  not_after_fix,      // older than a fix; how far back the flaw goes is not known
  before_introduced,  // not affected: older than the first affected version
  after_fix,          // not affected: the fix or a later version
  outside,            // not affected: in no range, between the branches or not in the list
  commit_unknown,     // the range is given by commits that are no release of the knowledge base
  distribution_fix,   // Debian fixed that upstream version, perhaps by a patch
};
std::string_view name_of(Position position);  // "in_range"

struct Standing {
  Position position = Position::outside;
  std::string since;  // of in_range: first affected version of that branch; "" from the first on
  std::string fixed;  // what fixes it: of in_range and not_after_fix the next fix, "" if none is
                      // known; of after_fix the fix that it has; of distribution_fix Debian's
  std::string bound;  // of before_introduced: the first affected version
};

// What `record` says of `version`; only its entries that concern the component count, and there is
// at least one.
Standing standing_of(const std::string& version, const Record& record, const Component& component,
                     const std::vector<std::string>& component_keys);

}  // namespace stowaway::advisory
