// SPDX licence expressions (SPDX 2.3, annex D), as far as reports need them. Pure. Private to
// `report`.
#pragma once

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

}  // namespace stowaway::report
