#include "advisory/keys.h"

#include <algorithm>
#include <array>

#include "advisory/sorted.h"
#include "base/text.h"

namespace stowaway::advisory {
namespace {

struct World {
  std::string_view ecosystem, purl_type, language;
};
constexpr std::array<World, 5> kWorlds{{{"npm", "npm", "javascript"},
                                        {"PyPI", "pypi", "python"},
                                        {"Packagist", "composer", "php"},
                                        {"RubyGems", "gem", "ruby"},
                                        {"crates.io", "cargo", "rust"}}};
constexpr std::array<std::string_view, 5> kWorldless{"", "Upstream", "OSS-Fuzz", "ConanCenter",
                                                     "GIT"};

// "https://github.com/madler/zlib.git" is "github.com/madler/zlib".
std::string repository(std::string_view url) {
  if (const std::size_t scheme = url.find("://"); scheme != std::string_view::npos)
    url.remove_prefix(scheme + 3);
  if (const std::size_t user = url.find('@'); user < url.find('/')) url.remove_prefix(user + 1);
  while (url.ends_with('/')) url.remove_suffix(1);
  if (url.ends_with(".git")) url.remove_suffix(4);
  return to_lower(url);
}

std::string plain_purl(std::string_view purl) {
  const std::size_t query = purl.find('?');
  if (query == std::string_view::npos) return to_lower(purl);
  const std::size_t subpath = purl.find('#', query);
  std::string plain(purl.substr(0, query));
  if (subpath != std::string_view::npos) plain += purl.substr(subpath);
  return to_lower(plain);
}

void add_purl(std::vector<std::string>& keys, std::string_view purl) {
  if (!purl.starts_with("pkg:")) return;
  const std::string plain = plain_purl(purl);
  keys.push_back("purl:" + plain);
  if (plain.find('#') != std::string::npos) return;
  for (const auto& [type, host] :
       {std::pair{"pkg:github/", "github.com/"}, std::pair{"pkg:gitlab/", "gitlab.com/"},
        std::pair{"pkg:bitbucket/", "bitbucket.org/"}})
    if (plain.starts_with(type))
      keys.push_back("git:" + std::string(host) + plain.substr(std::string_view(type).size()));
}

// "libpng1.6" is Debian's name of one branch of libpng. The suffix needs its dot: pcre2 is not
// pcre.
std::string without_branch(const std::string& name) {
  const std::size_t end = name.find_last_not_of("0123456789.");
  if (end == std::string::npos || name.find('.', end + 1) == std::string::npos) return name;
  return name.substr(0, end + 1);
}

void add_debian(std::vector<std::string>& keys, std::string_view name) {
  const std::string lower = to_lower(name);
  keys.push_back("deb:" + lower);
  if (const std::string branch = without_branch(lower); branch != lower && branch.size() > 1)
    keys.push_back("deb:" + branch);
}

std::vector<std::string> sorted_once(std::vector<std::string> keys) {
  sort_once(keys);
  return keys;
}

}  // namespace

bool is_debian(std::string_view ecosystem) {
  const std::string_view family = ecosystem.substr(0, ecosystem.find(':'));
  return family == "Debian" || family == "Ubuntu";
}

std::vector<std::string> keys_of(const Component& component) {
  std::vector<std::string> keys, names = component.aliases;
  names.push_back(component.name);
  add_purl(keys, component.purl);
  const std::string language = to_lower(component.language);
  for (const std::string& name : names) {
    if (name.empty()) continue;
    keys.push_back("name:" + to_lower(name));
    keys.push_back("deb:" + to_lower(name));
    for (const World& world : kWorlds)
      if (world.language == language || (language.empty() && component.purl.empty()))
        keys.push_back("purl:pkg:" + std::string(world.purl_type) + "/" + to_lower(name));
  }
  return sorted_once(std::move(keys));
}

std::vector<std::string> keys_of(const Affected& affected) {
  std::vector<std::string> keys;
  const bool debian = is_debian(affected.ecosystem);
  if (debian && !affected.name.empty()) add_debian(keys, affected.name);
  if (!debian) add_purl(keys, affected.purl);
  for (const World& world : kWorlds)
    if (affected.ecosystem == world.ecosystem && !affected.name.empty())
      add_purl(keys, "pkg:" + std::string(world.purl_type) + "/" + affected.name);
  const bool worldless = std::ranges::find(kWorldless, affected.ecosystem) != kWorldless.end();
  if (worldless && !affected.name.empty()) keys.push_back("name:" + to_lower(affected.name));
  for (const Range& range : affected.ranges)
    if (range.kind == RangeKind::git && !range.repo.empty())
      keys.push_back("git:" + repository(range.repo));
  return sorted_once(std::move(keys));
}

bool concerns(const Affected& affected, const std::vector<std::string>& component_keys) {
  return std::ranges::any_of(keys_of(affected), [&](const std::string& key) {
    return std::ranges::binary_search(component_keys, key);
  });
}

}  // namespace stowaway::advisory
