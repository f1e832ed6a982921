// What a package declares that it embeds, against what a scan found. Pure; safe from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/embeds.h"

namespace stowaway::report {

struct DeclaredEmbeds {
  std::vector<EmbedsEntry> entries;  // of all paragraphs together
  bool has_field = false;            // there is such a field at all
  bool filled_by_build = false;      // one holds ${stowaway:Embeds}: all that is found is declared
};

// The Embeds fields (XS-Embeds, XB-Embeds …) of a control file: debian/control, or a .dsc, signed
// or not, or the control file of a .deb. Fails with corrupt, naming the paragraph, or as
// parse_embeds does.
Result<DeclaredEmbeds> read_declared(std::string_view control_file);

struct EmbedsDifference {
  std::optional<EmbedsEntry> declared, found;  // at least one
};

// Found copies that nothing declared agrees with, and declarations that no copy agrees with; those
// of one component stand together. `found` has paths. In the order of `found`, then of `declared`.
//
// A declaration agrees with a copy of the same component (or of one of the alternatives) with the
// same marks, at the same path if it says one, whose versions it says as closely or more closely:
// who knows that it is 1.2.4 may say so where the files fit 1.2.3 to 1.2.5. With a copy of unknown
// version any version agrees. Marks other than modified and fragment do not count.
std::vector<EmbedsDifference> compare_embeds(const std::vector<EmbedsEntry>& declared,
                                             const std::vector<EmbedsEntry>& found);

// "zlib (= 1.2.11) {src/zlib}: found, not declared"
std::string text_of(const EmbedsDifference& difference);

}  // namespace stowaway::report
