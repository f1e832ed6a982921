// What of an item is hashed: docs/patch-presence.md, "Forms" and "Statements". Pure.
#pragma once

#include <vector>

#include "advisory/patch/split.h"

namespace stowaway::advisory::patch {

// A change of what is hashed, or of how code is cut, is a new version: forms of another one say
// nothing.
inline constexpr unsigned kFormsNormalisation = 1;

struct Print {
  FormHash body = 0;       // the body without the item's own name
  FormHash whole = 0;      // parameters and body; equal to `body` where there are none
  std::size_t tokens = 0;  // of the body
};
Print print_of(const TokenList& list, const Item& item);

// One hash for each statement, condition, label, directive or table entry, in order. Braces,
// indentation, line breaks and comments do not show.
std::vector<FormHash> statements_of(const TokenList& list, const Item& item, Language language);
// Of a piece of code that may begin and end anywhere: of a patch's hunk.
std::vector<FormHash> statements_of_piece(const TokenList& list, Language language);

// Hashes of neighbours, with the beginning and the end of the item as neighbours of the first and
// last statement if `bounded`.
std::vector<FormHash> pairs_of(const std::vector<FormHash>& statements, bool bounded);

// The difference of two sequences of statements: what only one of them has.
FormEdit edit_between(const std::vector<FormHash>& before, const std::vector<FormHash>& after,
                      bool bounded);

// Sorts and drops repeats.
void make_set(std::vector<FormHash>& hashes);

}  // namespace stowaway::advisory::patch
