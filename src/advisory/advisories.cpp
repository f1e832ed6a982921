#include "advisory/advisories.h"

#include <algorithm>
#include <map>
#include <set>

namespace stowaway::advisory {
namespace {

constexpr int kMaxRounds = 8;  // a chain of aliases is two or three long

// Keeps the later of two records with one id.
class Pool {
 public:
  // True if the record was not there, or only in an older form.
  bool add(Record record) {
    const auto found = records_.find(record.id);
    if (found == records_.end()) {
      records_.emplace(record.id, std::move(record));
      return true;
    }
    if (record.modified <= found->second.modified) return false;
    found->second = std::move(record);
    return true;
  }
  const std::map<std::string, Record>& records() const { return records_; }
  std::vector<Record> take() {
    std::vector<Record> list;
    for (auto& [id, record] : records_) list.push_back(std::move(record));
    return list;
  }

 private:
  std::map<std::string, Record> records_;
};

// The names by which relatives are looked up: not those of a record about several CVEs, which would
// bring in every other vulnerability that the same update fixed.
std::vector<std::string> telling_names(const Record& record) {
  if (!is_cve(record.id) && std::ranges::count_if(record.aliases, is_cve) > 1) return {};
  std::vector<std::string> names;
  for (const std::string& alias : record.aliases)
    if (!is_cve(record.id) || !is_cve(alias)) names.push_back(alias);
  names.push_back(record.id);
  return names;
}

}  // namespace

Result<std::vector<Record>> Advisories::with_relatives(std::vector<Record> records) const {
  Pool pool;
  for (Record& record : records) pool.add(std::move(record));
  std::set<std::string> asked;
  for (int round = 0; round < kMaxRounds; ++round) {
    std::vector<std::string> names;
    for (const auto& [id, record] : pool.records())
      for (std::string& name : telling_names(record))
        if (asked.insert(name).second) names.push_back(std::move(name));
    if (names.empty()) break;
    for (const Store& store : stores_) {
      STOWAWAY_TRY(std::vector<Record> found, store.with_names(names));
      for (Record& record : found) pool.add(std::move(record));
    }
  }
  return pool.take();
}

Result<std::vector<Advisory>> Advisories::about(const Component& component) const {
  const std::vector<std::string> keys = keys_of(component);
  Pool pool;
  for (const Store& store : stores_) {
    STOWAWAY_TRY(std::vector<Record> found, store.with_keys(keys));
    for (Record& record : found) pool.add(std::move(record));
  }
  STOWAWAY_TRY(std::vector<Record> records, with_relatives(pool.take()));
  std::vector<Advisory> advisories = merge(std::move(records));
  // A relative may turn out to be about something else altogether.
  std::erase_if(advisories, [&](const Advisory& advisory) {
    return std::ranges::none_of(advisory.records, [&](const Record& record) {
      return std::ranges::any_of(
          record.affected, [&](const Affected& affected) { return concerns(affected, keys); });
    });
  });
  return advisories;
}

Result<std::optional<Advisory>> Advisories::named(const std::string& name) const {
  Pool pool;
  const std::vector<std::string> names{name};
  for (const Store& store : stores_) {
    STOWAWAY_TRY(std::vector<Record> found, store.with_names(names));
    for (Record& record : found) pool.add(std::move(record));
  }
  STOWAWAY_TRY(std::vector<Record> records, with_relatives(pool.take()));
  std::optional<Advisory> chosen;
  for (Advisory& advisory : merge(std::move(records))) {
    if (advisory.id == name) return std::optional(std::move(advisory));
    const bool alias = std::ranges::binary_search(advisory.aliases, name);
    if (alias && !chosen) chosen = std::move(advisory);
  }
  return chosen;
}

Result<std::vector<StoreInfo>> Advisories::stores() const {
  std::vector<StoreInfo> infos;
  for (const Store& store : stores_) {
    STOWAWAY_TRY(StoreInfo info, store.info());
    infos.push_back(std::move(info));
  }
  return infos;
}

Result<std::vector<Advisory>> Advisories::all() const {
  Pool pool;
  for (const Store& store : stores_)
    STOWAWAY_TRY_VOID(store.for_each([&](const Record& record) -> Result<void> {
      pool.add(record);
      return {};
    }));
  return merge(pool.take());
}

}  // namespace stowaway::advisory
