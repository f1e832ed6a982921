// What stands before a '{' at the top level of C or C++: the head of a function, of a type, of a
// namespace, or of something else. Private to the splitter. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "advisory/patch/tokens.h"

namespace stowaway::advisory::patch {

// The tokens since the last declaration ended, without directives and without what lies in braces:
// indices into `tokens`.
using Chunk = std::span<const std::size_t>;

struct FunctionHead {
  std::string name;               // with the class that it names: "Reader::next"
  std::size_t open = 0;           // index of the token '(' that opens the parameters
  bool has_initialisers = false;  // a constructor's, behind a ':'
  bool in_initialisers = false;   // the '{' belongs to one of them: the body is yet to come
};
std::optional<FunctionHead> function_head(const std::vector<Token>& tokens, Chunk chunk);

// "struct name", "union name", "class name": the chunk begins a type with members. The name alone
// may be "".
struct TypeHead {
  std::string keyword, name;
};
std::optional<TypeHead> type_head(const std::vector<Token>& tokens, Chunk chunk);

bool begins_space(const std::vector<Token>& tokens, Chunk chunk);  // namespace, extern "C"

// The name of a variable or type whose declaration ends here: "table", "enum colour".
std::string declared_name(const std::vector<Token>& tokens, Chunk chunk);

// Whether this is `name(a, b) type …`: an old-style head whose parameters are declared behind it.
bool may_be_old_style(const std::vector<Token>& tokens, Chunk chunk);

}  // namespace stowaway::advisory::patch
