#include "cli/find_kb.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <vector>

namespace stowaway::cli {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// The first *.kb there by name, or the name to put one under.
std::string kb_in(const std::filesystem::path& directory) {
  std::error_code failed;
  std::string first;
  for (std::filesystem::directory_iterator item(directory, failed), end; !failed && item != end;
       item.increment(failed))
    if (item->path().extension() == ".kb" && (first.empty() || item->path().string() < first))
      first = item->path();
  return first.empty() ? (directory / "default.kb").string() : first;
}

// Where a knowledge base may lie when the user names none, in this order.
std::vector<std::string> usual_places() {
  std::vector<std::string> places;
  std::string data = environment("XDG_DATA_HOME");
  if (data.empty() && !environment("HOME").empty()) data = environment("HOME") + "/.local/share";
  if (!data.empty()) places.push_back(kb_in(data + "/stowaway"));
  std::error_code failed;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", failed);
  if (!failed) {
    places.push_back(program.parent_path().parent_path() /
                     "share/stowaway/starter.kb");                         // PREFIX/bin/stowaway
    places.push_back(program.parent_path().parent_path() / "starter.kb");  // build/release/stowaway
  }
  places.emplace_back("/usr/share/stowaway/starter.kb");
  return places;
}

}  // namespace

Result<kb::Kb> open_kb(const std::string& option) {
  const std::string named = named_kb(option);
  if (kb::is_cluster(named))
    return fail(
        ErrorCode::unsupported,
        "this command needs a knowledge base in a file; `scan` and `explain` can also ask a "
        "cluster");
  if (!named.empty()) return kb::Kb::open(named);
  const auto places = usual_places();
  for (const std::string& place : places)
    if (std::error_code failed; std::filesystem::exists(place, failed)) return kb::Kb::open(place);
  return fail(ErrorCode::unavailable,
              "no knowledge base. Build one with `stowaway kb build kb/*.pack -o FILE` and name it "
              "with --kb FILE or "
              "STOWAWAY_KB. Looked for {}",
              fmt::join(places, ", "));
}

std::string named_kb(const std::string& option) {
  return option.empty() ? environment("STOWAWAY_KB") : option;
}

kb::StoreOptions cluster_options() {
  return {environment("STOWAWAY_CLICKHOUSE_USER"), environment("STOWAWAY_CLICKHOUSE_PASSWORD"),
          environment("STOWAWAY_CLICKHOUSE_CA")};
}

Result<std::unique_ptr<kb::Store>> open_kb_store(const std::string& option) {
  const std::string named = named_kb(option);
  if (kb::is_cluster(named)) return kb::open_store(named, cluster_options());
  STOWAWAY_TRY(kb::Kb kb, open_kb(option));
  return kb::store_of(std::move(kb));
}

std::vector<std::string> expand_packs(const std::vector<std::string>& arguments) {
  std::vector<std::string> files;
  for (const std::string& argument : arguments) {
    std::error_code status;
    if (!std::filesystem::is_directory(argument, status)) {
      files.push_back(argument);
      continue;
    }
    for (const auto& item : std::filesystem::directory_iterator(argument, status))
      if (item.path().extension() == ".pack") files.push_back(item.path());
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace stowaway::cli
