#include "cli/find_testcases.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "base/text.h"
#include "cli/console.h"

namespace stowaway::cli {
namespace {

namespace fs = std::filesystem;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// The XDG directory, or its usual place below HOME; "" without either.
std::string base_directory(const char* variable, const char* below_home) {
  const std::string named = environment(variable), home = environment("HOME");
  if (!named.empty()) return named + "/stowaway";
  return home.empty() ? "" : home + below_home + "/stowaway";
}

std::vector<std::string> usual_places() {
  std::vector<std::string> places;
  if (const std::string data = base_directory("XDG_DATA_HOME", "/.local/share"); !data.empty())
    places.push_back(data + "/testcases");
  std::error_code failed;
  const fs::path program = fs::read_symlink("/proc/self/exe", failed).parent_path();
  if (!failed) {
    places.push_back(program.parent_path() / "share/stowaway/testcases");  // PREFIX/bin/stowaway
    places.push_back(program.parent_path().parent_path() / "testcases");   // build/release/stowaway
  }
  places.emplace_back("/usr/share/stowaway/testcases");
  return places;
}

bool is_wanted(const testcase::Case& test, const WantedCases& wanted) {
  const bool by_name =
      wanted.names.empty() || std::ranges::find(wanted.names, test.name) != wanted.names.end();
  const bool by_advisory =
      wanted.advisories.empty() || std::ranges::any_of(wanted.advisories, [&](const auto& id) {
        return names_advisory(test, id);
      });
  return by_name && by_advisory;
}

}  // namespace

Result<std::string> find_testcases(const std::string& option) {
  const std::string named = option.empty() ? environment("STOWAWAY_TESTCASES") : option;
  if (!named.empty()) return named;
  const auto places = usual_places();
  for (const std::string& place : places)
    if (std::error_code failed; fs::is_directory(place, failed)) return place;
  return fail(
      ErrorCode::unavailable,
      "no test cases. Name their directory with --testcases or STOWAWAY_TESTCASES. Looked for {}",
      fmt::join(places, ", "));
}

Result<std::vector<testcase::Case>> wanted_cases(const std::string& directory,
                                                 const WantedCases& wanted) {
  for (const std::string& name : wanted.names) {
    const auto named = testcase::read_case(directory + "/" + name);
    if (!named) return tl::unexpected<Error>(named.error());
  }
  STOWAWAY_TRY(testcase::CaseList list, testcase::read_cases(directory));
  if (wanted.names.empty())
    for (const Error& error : list.errors) print_error(error);
  for (const std::string& id : wanted.advisories)
    if (std::ranges::none_of(list.cases,
                             [&](const auto& test) { return names_advisory(test, id); }))
      return fail(ErrorCode::not_found, "no test case in {} is for {}", directory, id);
  std::erase_if(list.cases, [&](const testcase::Case& test) { return !is_wanted(test, wanted); });
  return std::move(list.cases);
}

std::string user_records(const std::string& option) {
  if (!option.empty()) return option;
  const std::string state = base_directory("XDG_STATE_HOME", "/.local/state");
  return state.empty() ? "" : state + "/testcase-controls.json";
}

std::string records_beside(const std::string& directory, const testcase::Case& test) {
  return directory + "/" + test.name + "/verified.json";
}

Result<std::vector<testcase::ControlRecord>> records_of(const std::string& directory,
                                                        const testcase::Case& test,
                                                        const std::string& user_file) {
  STOWAWAY_TRY(auto records, testcase::read_records(records_beside(directory, test)));
  if (user_file.empty()) return records;
  STOWAWAY_TRY(const auto own, testcase::read_records(user_file));
  records.insert(records.end(), own.begin(), own.end());
  return records;
}

}  // namespace stowaway::cli
