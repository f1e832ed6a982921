// SPDX licence expressions (SPDX 2.3, annex D), as far as reports need them. Pure. Private to
// `report`.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace stowaway::report {

// True if `text` follows the grammar: licence ids, "+", LicenseRef-…, DocumentRef-…:LicenseRef-…,
// WITH, AND, OR and parentheses. Whether an id is on SPDX's list is not checked: the list grows,
// and the catalogue is tested against it.
bool is_licence_expression(std::string_view text);

// The distinct LicenseRef-… of this document in an expression, in the order of the text. Empty if
// it is none.
std::vector<std::string> licence_references(std::string_view expression);

// True if an expression leaves a choice of licences of which none is `denied`: of "MIT OR
// GPL-2.0-only" when GPL-2.0-only is. Licences with an exception are asked about as a whole:
// "GPL-2.0-only WITH Classpath-exception-2.0". What is no expression counts as one licence.
bool can_be_had_without(std::string_view expression,
                        const std::function<bool(std::string_view)>& denied);

}  // namespace stowaway::report
