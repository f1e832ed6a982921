#include "cli/find_catalog.h"

#include <cstdlib>
#include <filesystem>

namespace stowaway::cli {

Result<std::vector<kb::CatalogEntry>> find_catalog(const std::string& option) {
  if (!option.empty()) return kb::read_catalog(option);
  std::error_code failed;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", failed).parent_path();
  std::vector<std::filesystem::path> places;
  if (!failed) {
    places.push_back(program.parent_path() / "share/stowaway/catalog");  // PREFIX/bin/stowaway
    places.push_back(program.parent_path().parent_path() / "catalog/components");  // build/release
  }
  places.emplace_back("/usr/share/stowaway/catalog");
  for (const auto& place : places)
    if (std::error_code none; std::filesystem::is_directory(place, none))
      return kb::read_catalog(place.string());
  return std::vector<kb::CatalogEntry>{};
}

std::string cache_directory(const std::string& option) {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
  if (!option.empty()) return option;
  const std::string home = variable("HOME");
  std::string cache = variable("XDG_CACHE_HOME");
  if (cache.empty() && !home.empty()) cache = home + "/.cache";
  return cache.empty() ? "" : cache + "/stowaway";
}

}  // namespace stowaway::cli
