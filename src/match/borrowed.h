// Places that a component explains without being what lies there: both hold a third project, whose
// own releases the KB does not have (Draco in Blender, known from assimp's contrib/draco). Pure; no
// I/O; safe from any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kb/kb.h"
#include "match/collect.h"
#include "match/hits.h"
#include "match/place.h"

namespace stowaway::match {

struct BorrowedPart {
  std::string path;    // folder of the subject: "extern/draco"
  std::string name;    // "draco"
  std::string origin;  // where the component keeps it: "contrib/draco"
};

// Something when most of the placement lies below a folder that the release has under the same
// name, which is not the component's, and which joined the component later or lies in its contrib/.
std::optional<BorrowedPart> borrowed_part(const Placement& placement, std::span<const Hit> hits,
                                          const std::vector<ScannedFile>& files, const kb::Kb& kb);

}  // namespace stowaway::match
