#include "match/names.h"

#include <algorithm>
#include <array>

namespace stowaway::match {

std::string plain_name(std::string_view text) {
  std::string out;
  for (const char c : text)
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
      out.push_back(c);
    else if (c >= 'A' && c <= 'Z')
      out.push_back(static_cast<char>(c + 32));
  return out;
}

std::vector<std::string> plain_names_of(const kb::ComponentView& component) {
  std::vector<std::string> names;
  const auto add = [&](std::string_view name) {
    if (std::string plain = plain_name(name); plain.size() > 2) names.push_back(std::move(plain));
  };
  add(component.name);
  for (std::string_view aliases = component.aliases; !aliases.empty();) {
    const std::size_t comma = std::min(aliases.find(','), aliases.size());
    add(aliases.substr(0, comma));
    aliases.remove_prefix(std::min(comma + 1, aliases.size()));
  }
  return names;
}

bool mentions(const std::vector<std::string>& plain_names, std::string_view text) {
  const std::string plain = plain_name(text);
  return std::ranges::any_of(
      plain_names, [&](const std::string& name) { return plain.find(name) != std::string::npos; });
}

bool is_generic(std::string_view rest) {
  static constexpr std::array<std::string_view, 9> kGeneric{
      "js", "javascript", "library", "lib", "core", "css", "min", "framework", "plugin"};
  for (bool cut = true; cut && !rest.empty();) {
    cut = false;
    for (const std::string_view word : kGeneric)
      if (rest.starts_with(word)) {
        rest.remove_prefix(word.size());
        cut = true;
      }
  }
  return rest.empty();
}

bool is_title_of(std::string_view title, const std::vector<std::string>& plain_names) {
  const std::string plain = plain_name(title);
  return std::ranges::any_of(plain_names, [&](const std::string& name) {
    return plain.starts_with(name) && is_generic(std::string_view(plain).substr(name.size()));
  });
}

}  // namespace stowaway::match
