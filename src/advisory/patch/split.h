// Cuts code into items: functions, macros, types and tables of C and C++; named functions of
// JavaScript, with what lies outside of them as one more item. No parser: braces are matched, and
// what stands before them tells what they are.
//
// Of #if … #else … #endif only one branch counts for the braces (the first; for `#if 0` the other
// one), but all of them belong to the body. K&R definitions, function-like macros that define
// (NAME(args) { … }), constructors with initialisers, operators, methods in classes, function
// expressions, arrow functions and methods of object literals are known. A function of a class is
// "Class::name"; namespaces do not count. What is not understood is no item.
//
// Any bytes give items. Pure; safe from any thread. Cost: linear in practice; an item's nesting is
// at most kMaxNesting deep, deeper code belongs to the item around it.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "advisory/patch/tokens.h"
#include "advisory/patch_forms.h"

namespace stowaway::advisory::patch {

inline constexpr std::size_t kMaxNesting = 256;
inline constexpr std::size_t kMaxItemNameBytes = 200;

using TokenRange = std::pair<std::size_t, std::size_t>;  // begin, end: indices into the tokens

struct Item {
  ItemKind kind = ItemKind::function;
  std::string name;       // "inflate", "Reader::next", "MAX", "struct z_stream"; "" for rest
  TokenRange head{0, 0};  // of a function: its parameters
  TokenRange body{0, 0};  // with the braces
  std::vector<TokenRange> holes;  // parts of the body that are items of their own; sorted
};

// In the order of their beginnings, but for `rest`, which is last.
std::vector<Item> split(const TokenList& list, Language language);

// The two halves of it.
std::vector<Item> split_c(const std::vector<Token>& tokens);
std::vector<Item> split_javascript(const std::vector<Token>& tokens);

}  // namespace stowaway::advisory::patch
