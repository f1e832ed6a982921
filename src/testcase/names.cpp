#include "testcase/names.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

namespace stowaway::testcase {
namespace {

constexpr std::size_t kMaxIdentifiers = 2'000'000;

bool begins_word(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool in_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Behind the comment or literal that begins at `at`; `at` itself if none does.
std::size_t skip_quiet(std::string_view code, std::size_t at) {
  const std::size_t end = code.size();
  if (code.substr(at).starts_with("//")) return std::min(code.find('\n', at), end);
  if (code.substr(at).starts_with("/*")) {
    const std::size_t close = code.find("*/", at + 2);
    return close == std::string_view::npos ? end : close + 2;
  }
  if (code[at] != '"' && code[at] != '\'') return at;
  std::size_t i = at + 1;
  while (i < end && code[i] != code[at] && code[i] != '\n') i += code[i] == '\\' ? 2 : 1;
  return std::min(i + 1, end);
}

// The symbol without its arguments.
std::string_view plain_name(std::string_view symbol) { return symbol.substr(0, symbol.find('(')); }

// How `name` carries `entry` at its end; npos if it does not. Otherwise the length of what is
// before.
std::size_t before_entry(std::string_view name, std::string_view entry) {
  return name.ends_with(entry) ? name.size() - entry.size() : std::string_view::npos;
}

FoundEntry find_c(std::string_view entry, std::span<const std::string> symbols) {
  FoundEntry best;
  for (const std::string& symbol : symbols) {
    const std::string_view name = plain_name(symbol);
    const std::size_t before = before_entry(name, entry);
    if (before == std::string_view::npos) continue;
    FoundEntry one{true, std::string(name.substr(0, before)), {}, {}};
    if (one.prefix.ends_with("::")) {
      one.scope = one.prefix.substr(0, one.prefix.size() - 2);
      one.prefix.clear();
    }
    const std::size_t cost = one.prefix.size() + one.scope.size();
    if (!best.found || cost < best.prefix.size() + best.scope.size()) best = std::move(one);
  }
  return best;
}

}  // namespace

void add_identifiers(std::string_view code, Identifiers& all) {
  for (std::size_t i = 0; i < code.size() && all.size() < kMaxIdentifiers;) {
    if (const std::size_t behind = skip_quiet(code, i); behind != i) {
      i = behind;
      continue;
    }
    if (!begins_word(code[i])) {
      // A number takes its letters with it: 0x1f, 10UL.
      if (std::isdigit(static_cast<unsigned char>(code[i])) != 0)
        while (i < code.size() && in_word(code[i])) ++i;
      else
        ++i;
      continue;
    }
    std::size_t end = i;
    while (end < code.size() && in_word(code[end])) ++end;
    all.emplace(code.substr(i, end - i));
    i = end;
  }
}

FoundEntry find_entry(std::string_view entry, std::span<const std::string> symbols) {
  FoundEntry found = find_c(entry, symbols);
  // A class may have lost its own namespace to another one.
  for (std::string_view rest = entry; !found.found && rest.find("::") != std::string_view::npos;) {
    rest.remove_prefix(rest.find("::") + 2);
    if (rest.find("::") == std::string_view::npos) break;  // a bare method's name says nothing
    found = find_c(rest, symbols);
    if (!found.prefix.empty()) found = {};
    if (found.found) found.dropped = entry.substr(0, entry.size() - rest.size() - 2);
  }
  return found;
}

std::string renaming_lines(std::span<const std::string> entries,
                           std::span<const std::string> symbols, const Identifiers& program,
                           const Identifiers& known, const Identifiers& defined) {
  std::map<std::string, std::string> macros;  // name in the program to name in the copy
  std::set<std::string> prefixes, usings;
  for (const std::string& entry : entries) {
    const FoundEntry found = find_entry(entry, symbols);
    if (!found.found || defined.contains(entry)) continue;  // the copy's own headers rename it
    if (!found.prefix.empty()) {
      macros[entry] = found.prefix + entry;
      prefixes.insert(found.prefix);
    }
    if (!found.dropped.empty())
      usings.insert(found.scope.empty() ? "#define " + found.dropped
                                        : "namespace " + found.dropped + " = " + found.scope + ";");
    else if (!found.scope.empty())
      usings.insert("using namespace " + found.scope + ";");
  }
  // Types and macros of the library go by the same prefix.
  for (const std::string& word : program)
    for (const std::string& prefix : prefixes)
      if (!known.contains(word) && known.contains(prefix + word))
        macros.emplace(word, prefix + word);
  std::string lines;
  for (const auto& [name, other] : macros) lines += "#define " + name + " " + other + "\n";
  for (const std::string& line : usings) lines += line + "\n";
  return lines;
}

}  // namespace stowaway::testcase
