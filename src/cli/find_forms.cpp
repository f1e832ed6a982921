#include "cli/find_forms.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "cli/find_advisories.h"

namespace stowaway::cli {
namespace {

std::vector<std::string> usual_places() {
  std::vector<std::string> places;
  std::error_code failed;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", failed);
  if (!failed) {
    const auto folder = program.parent_path();
    places.push_back(folder.parent_path() / "share/stowaway/forms");            // PREFIX/bin
    places.push_back(folder.parent_path().parent_path() / "advisories/forms");  // build/release
  }
  places.emplace_back("/usr/share/stowaway/forms");
  for (const std::string& place : places)
    if (std::filesystem::is_directory(place, failed)) {
      places = {place};
      break;
    }
  if (auto own = own_forms()) places.push_back(*std::move(own));
  return places;
}

}  // namespace

Result<std::string> own_forms() {
  STOWAWAY_TRY(const std::string store, own_advisories());
  return std::string(std::filesystem::path(store).parent_path() / "forms");
}

Result<std::vector<advisory::Forms>> load_forms(const std::vector<std::string>& named,
                                                const std::vector<std::string>& only) {
  std::vector<std::string> places = named;
  std::error_code failed;
  for (const std::string& place : named)
    if (!std::filesystem::is_directory(place, failed))
      return fail(ErrorCode::not_found, "{}: no directory of forms", place);
  if (const char* file = std::getenv("STOWAWAY_FORMS"); places.empty() && file != nullptr)
    places.emplace_back(file);
  if (places.empty()) places = usual_places();
  std::map<std::string, advisory::Forms> all;
  for (const std::string& place : places) {
    const advisory::FormsDirectory directory(place);
    for (const std::string& name : directory.advisories()) {
      if (!only.empty() && std::ranges::find(only, name) == only.end()) continue;
      STOWAWAY_TRY(advisory::Forms forms, directory.of(name));
      merge(all[name], std::move(forms));
    }
  }
  std::vector<advisory::Forms> out;
  for (auto& [name, forms] : all) out.push_back(std::move(forms));
  return out;
}

}  // namespace stowaway::cli
