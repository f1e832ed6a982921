#include "cli/find_advisories.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "advisory/importer.h"

namespace stowaway::cli {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool is_sqlite(const std::string& file) {
  std::error_code status;
  if (!std::filesystem::is_regular_file(file, status)) return false;
  std::string head(15, '\0');
  std::ifstream(file, std::ios::binary)
      .read(head.data(), static_cast<std::streamsize>(head.size()));
  return head == "SQLite format 3";
}

Result<advisory::Store> open_one(const std::string& file) {
  if (is_sqlite(file)) return advisory::Store::open(file);
  STOWAWAY_TRY(advisory::Store store, advisory::Store::in_memory(file));
  STOWAWAY_TRY(const advisory::ImportCount count, advisory::import_osv(file, store, {}));
  static_cast<void>(count);
  return store;
}

// Where the starter set may lie: installed, or in the build tree.
std::vector<std::string> starter_places() {
  std::vector<std::string> places;
  std::error_code failed;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", failed);
  if (!failed) {
    const auto prefix = program.parent_path().parent_path();
    places.push_back(prefix / "share/stowaway/starter.advisories");  // PREFIX/bin/stowaway
    places.push_back(prefix / "starter.advisories");                 // build/release/stowaway
  }
  places.emplace_back("/usr/share/stowaway/starter.advisories");
  return places;
}

}  // namespace

Result<std::string> own_advisories() {
  std::string data = environment("XDG_DATA_HOME");
  if (data.empty() && !environment("HOME").empty()) data = environment("HOME") + "/.local/share";
  if (data.empty())
    return fail(
        ErrorCode::unavailable,
        "neither XDG_DATA_HOME nor HOME says where your advisories lie; name a file with -o "
        "or --advisories");
  return data + "/stowaway/advisories.db";
}

Result<advisory::Advisories> open_advisories(const std::vector<std::string>& named) {
  advisory::Advisories advisories;
  std::vector<std::string> files = named;
  if (const std::string file = environment("STOWAWAY_ADVISORIES"); files.empty() && !file.empty())
    files.push_back(file);
  std::vector<std::string> looked;
  if (files.empty()) {
    std::error_code failed;
    const auto add_first = [&](const std::vector<std::string>& places) {
      looked.insert(looked.end(), places.begin(), places.end());
      for (const std::string& place : places)
        if (std::filesystem::exists(place, failed)) return files.push_back(place);
    };
    add_first(starter_places());
    if (const auto own = own_advisories()) add_first({*own});
  }
  for (const std::string& file : files) {
    auto store = open_one(file);
    if (!store) return tl::unexpected<Error>(store.error().within(file));
    advisories.add(*std::move(store));
  }
  if (advisories.empty())
    return fail(ErrorCode::unavailable,
                "no advisories. Import some with `stowaway advisory import FILE`, or name a store "
                "with --advisories FILE. Looked for {}",
                fmt::join(looked, ", "));
  return advisories;
}

}  // namespace stowaway::cli
