// Where in a subject components lie: hits → candidate copies → the few that explain the tree.
// DESIGN §5, steps 3 and 4. Pure; no I/O; safe from any thread. Deterministic: no result depends on
// the order of hits.
//
// Method: the common end of subject path and release path implies a root; roots of one component
// that belong together are merged; then greedy weighted cover (Chvátal 1979), heaviest explanation
// first. A component needs weight of its own: what it only carries never names it, but lets a fork
// that explains a place whole win over its parent.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "kb/kb.h"
#include "match/collect.h"
#include "match/hits.h"

namespace stowaway::match {

struct Placement {
  kb::ComponentId component;
  std::string root;                 // subject path; "" the subject itself
  std::vector<std::uint32_t> hits;  // positions in the hits; by file
  double own_weight = 0, total_weight = 0;
  bool named = false;                   // a folder or file of it is called as the component is
  std::vector<kb::ComponentId> rivals;  // explained most of the same files, and lost
};

// Every (component, root) with enough weight to be looked at, roots merged. By component, then
// root.
std::vector<Placement> candidate_placements(std::span<const Hit> hits,
                                            const std::vector<ScannedFile>& files,
                                            const kb::Kb& kb);

// The ones that explain the tree, heaviest first. A placement keeps only the hits that it explains
// itself.
std::vector<Placement> explain_tree(std::vector<Placement> candidates, std::span<const Hit> hits,
                                    const std::vector<ScannedFile>& files, const kb::Kb& kb);

bool lies_below(std::string_view path,
                std::string_view root);  // strictly; everything but "" lies below ""

}  // namespace stowaway::match
