#include "testcase/control.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/atomic_file.h"
#include "base/versions.h"
#include "fingerprint/identity.h"
#include "testcase/compiler.h"
#include "testcase/support.h"

namespace stowaway::testcase {
namespace {

constexpr std::uint64_t kMaxRecordBytes = std::uint64_t{4} << 20;

std::string text_in(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

const Release* find_release(const std::vector<Release>& releases, const std::string& version) {
  const auto found = std::ranges::find_if(releases, [&](const Release& release) {
    return compare_versions(release.version, version) == 0;
  });
  return found == releases.end() ? nullptr : &*found;
}

}  // namespace

std::string control_key(const Case& test) {
  std::string all;
  const auto add = [&](std::string_view text) {  // with its length, so that nothing can be shifted
    all += std::to_string(text.size()) + ":";
    all += text;
  };
  for (const auto& [name, text] : test.files) add(name), add(text);
  if (test.language == Language::javascript) {
    add(support_module());
  } else {
    add(support_header());
    for (const std::string& flag : sanitizer_flags()) add(flag);
  }
  return to_hex(fingerprint::sha256_of(fingerprint::as_bytes(all)));
}

Result<std::vector<ControlRecord>> read_records(const std::string& file) {
  std::vector<ControlRecord> records;
  const auto bytes = read_whole_file(file, kMaxRecordBytes);
  if (!bytes && bytes.error().code == ErrorCode::not_found) return records;
  if (!bytes) return tl::unexpected<Error>(bytes.error());
  const auto list = nlohmann::json::parse(bytes->begin(), bytes->end(), nullptr, false);
  if (!list.is_array()) return fail(ErrorCode::corrupt, "{} is no list of records", file);
  for (const auto& item : list)
    if (item.is_object())
      records.push_back({text_in(item, "key"), text_in(item, "ran_with"),
                         text_in(item, "vulnerable"), text_in(item, "fixed")});
  return records;
}

Result<void> write_record(const std::string& file, const ControlRecord& record,
                          bool only_this_key) {
  STOWAWAY_TRY(std::vector<ControlRecord> records, read_records(file));
  std::erase_if(records, [&](const ControlRecord& old) {
    return old.key == record.key ? old.ran_with == record.ran_with : only_this_key;
  });
  records.push_back(record);
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const ControlRecord& one : records)
    list.push_back({{"key", one.key},
                    {"ran_with", one.ran_with},
                    {"vulnerable", one.vulnerable},
                    {"fixed", one.fixed}});
  std::error_code failed;
  std::filesystem::create_directories(std::filesystem::path(file).parent_path(), failed);
  const std::string text = list.dump(2, ' ', true, nlohmann::json::error_handler_t::replace) + "\n";
  return write_file_atomically(file, std::as_bytes(std::span(text.data(), text.size())));
}

bool is_controlled(const std::vector<ControlRecord>& records, const Case& test,
                   const std::string& ran_with) {
  return std::ranges::binary_search(verified_with(records, test), ran_with);
}

std::vector<std::string> verified_with(const std::vector<ControlRecord>& records,
                                       const Case& test) {
  const std::string key = control_key(test);
  std::vector<std::string> compilers;
  for (const ControlRecord& record : records)
    if (record.key == key) compilers.push_back(record.ran_with);
  std::ranges::sort(compilers);
  return compilers;
}

Result<Verification> verify(const Runner& runner, const Case& test,
                            const std::vector<Release>& releases) {
  const Case* const one[] = {&test};
  const auto run = [&](const std::string& version) -> Result<CaseOutcome> {
    const Release* release = find_release(releases, version);
    if (release == nullptr)
      return fail(ErrorCode::not_found, "{} {} is not among the releases that can be had",
                  test.component, version);
    STOWAWAY_TRY(auto outcomes, runner.run(release->copy, one));
    return std::move(outcomes.front());
  };
  STOWAWAY_TRY(CaseOutcome vulnerable, run(test.vulnerable));
  STOWAWAY_TRY(CaseOutcome fixed, run(test.fixed));
  return Verification{std::move(vulnerable), std::move(fixed)};
}

}  // namespace stowaway::testcase
