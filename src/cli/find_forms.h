// Finds what was learnt of fixes: --forms, $STOWAWAY_FORMS, else the forms that come with the
// program and the user's own.
#pragma once

#include <string>
#include <vector>

#include "advisory/patch_forms.h"
#include "base/result.h"

namespace stowaway::cli {

// The user's own, which `advisory learn` fills: $XDG_DATA_HOME/stowaway/forms. Fails with
// unavailable where there is no home.
Result<std::string> own_forms();

// The forms of every advisory in the directories that are there, merged; of `only`, if it names
// any. Fails with not_found where a named directory is missing, or as FormsDirectory does.
Result<std::vector<advisory::Forms>> load_forms(const std::vector<std::string>& named,
                                                const std::vector<std::string>& only);

}  // namespace stowaway::cli
