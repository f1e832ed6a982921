// Copies often carry their library under other names: a prefix (Z_PREFIX, MOZ_Z_, png_z_) or a
// namespace, so that two copies in one program do not clash. What lets an unchanged program speak
// them. Pure; safe from any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace stowaway::testcase {

using Identifiers = std::unordered_set<std::string>;

// Adds the identifiers of C or C++ code; comments and literals do not count. At most 2,000,000.
void add_identifiers(std::string_view code, Identifiers& all);

// How the copy's symbols relate to one entry of the manifest.
struct FoundEntry {
  bool found = false;
  std::string prefix;   // the symbol is prefix + entry; "" its own name
  std::string scope;    // C++: the symbol is scope + "::" + entry; "" its own name
  std::string dropped;  // C++: leading scope of the entry that the symbol lacks: "tinyxml2"
};

// `symbols` are demangled ("tinyxml2::XMLDocument::Parse(char const*)"). The plainest match wins:
// the very name, then the shortest prefix or scope.
FoundEntry find_entry(std::string_view entry, std::span<const std::string> symbols);

// C preprocessor and C++ lines that give the copy's names to `program`: they belong after the
// copy's headers. `defined`: macros that the copy's headers themselves define. `known`: identifiers
// of the copy's headers. Empty when nothing is renamed.
std::string renaming_lines(std::span<const std::string> entries,
                           std::span<const std::string> symbols, const Identifiers& program,
                           const Identifiers& known, const Identifiers& defined);

}  // namespace stowaway::testcase
