#include "cli/find_clone.h"

#include <filesystem>

namespace stowaway::cli {

Result<std::string> find_clone(const std::vector<std::string>& mirrors, const std::string& url) {
  const std::size_t slash = url.rfind('/'),
                    before = slash == std::string::npos ? slash : url.rfind('/', slash - 1);
  const std::string name = url.substr(slash + 1);
  const std::string owner =
      before == std::string::npos ? "" : url.substr(before + 1, slash - before - 1);
  std::vector<std::string> places{url};
  for (const std::string& mirror : mirrors)
    for (const std::string& place : {mirror + "/" + owner + "+" + name + "/repo",
                                     mirror + "/" + name + ".git", mirror + "/" + name})
      places.push_back(place);
  for (const std::string& place : places)
    for (const std::string& folder : {place + "/.git", place})
      if (std::error_code none; std::filesystem::exists(folder + "/objects", none)) return folder;
  return fail(ErrorCode::not_found,
              "no local clone of {}: clone it (git clone --bare) and name its folder with --mirror",
              url);
}

}  // namespace stowaway::cli
