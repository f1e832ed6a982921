#include "advisory/merge.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

#include "advisory/sorted.h"

namespace stowaway::advisory {
namespace {

std::vector<std::string> names_of(const Record& record) {
  std::vector<std::string> names = record.aliases;
  names.push_back(record.id);
  return names;
}

std::vector<std::string> cves_of(const Record& record) {
  if (is_cve(record.id)) return {record.id};
  std::vector<std::string> cves;
  for (const std::string& name : record.aliases)
    if (is_cve(name)) cves.push_back(name);
  return cves;
}

// Union of names by number; the smallest number stands for its set.
class Sets {
 public:
  std::size_t number(const std::string& name) {
    const auto [found, is_new] = numbers_.emplace(name, parents_.size());
    if (is_new) {
      parents_.push_back(parents_.size());
      cves_.emplace_back(is_cve(name) ? name : "");
    }
    return root(found->second);
  }
  // Does nothing where that would bring two CVEs together.
  void join(std::size_t a, std::size_t b) {
    a = root(a);
    b = root(b);
    if (a == b || (!cves_[a].empty() && !cves_[b].empty())) return;
    if (b < a) std::swap(a, b);
    parents_[b] = a;
    if (cves_[a].empty()) cves_[a] = cves_[b];
  }

 private:
  std::size_t root(std::size_t number) {
    while (parents_[number] != number) number = parents_[number] = parents_[parents_[number]];
    return number;
  }
  std::map<std::string, std::size_t> numbers_;
  std::vector<std::size_t> parents_;
  std::vector<std::string> cves_;
};

int rank_of(const std::string& name) {
  if (is_cve(name)) return 0;
  return name.starts_with("GHSA-") ? 1 : 2;
}

void choose_names(Advisory& advisory, const std::string& cve) {
  std::vector<std::string> names;
  for (const Record& record : advisory.records)
    for (std::string& name : names_of(record))
      if (!is_cve(name) || cve.empty() || name == cve) names.push_back(std::move(name));
  sort_once(names);
  const auto best = std::ranges::min_element(names, {}, [](const std::string& name) {
    return std::tuple(rank_of(name), name.size(), name);
  });
  advisory.id = cve.empty() ? *best : cve;
  std::erase(names, advisory.id);
  advisory.aliases = std::move(names);
}

Advisory advisory_of(std::vector<Record> records, const std::string& cve) {
  Advisory advisory;
  std::ranges::sort(records, {}, &Record::id);
  advisory.records = std::move(records);
  choose_names(advisory, cve);  // withdrawn records still lend their names
  advisory.withdrawn = std::ranges::all_of(
      advisory.records, [](const Record& record) { return !record.withdrawn.empty(); });
  if (!advisory.withdrawn)
    std::erase_if(advisory.records, [](const Record& record) { return !record.withdrawn.empty(); });
  for (const Record& record : advisory.records) {
    if (advisory.summary.empty()) advisory.summary = record.summary;
    advisory.modified = std::max(advisory.modified, record.modified);
    for (const Rating& rating : record.ratings)
      if (weighs_more(rating, advisory.rating)) advisory.rating = rating;
    advisory.cwes.insert(advisory.cwes.end(), record.cwes.begin(), record.cwes.end());
    advisory.fix_commits.insert(advisory.fix_commits.end(), record.fix_commits.begin(),
                                record.fix_commits.end());
  }
  sort_once(advisory.cwes);
  sort_once(advisory.fix_commits);
  return advisory;
}

}  // namespace

bool is_cve(std::string_view name) { return name.starts_with("CVE-"); }

std::vector<Advisory> merge(std::vector<Record> records) {
  std::ranges::sort(records, {}, &Record::id);
  Sets sets;
  for (const Record& record : records) {
    if (cves_of(record).size() > 1) continue;
    const std::size_t own = sets.number(record.id);
    for (const std::string& alias : record.aliases)
      if (!is_cve(record.id) || !is_cve(alias)) sets.join(own, sets.number(alias));
  }
  std::map<std::size_t, std::pair<std::vector<Record>, std::string>> groups;  // records, their CVE
  const auto add = [&](std::size_t set, const Record& record, const std::string& cve) {
    auto& [members, name] = groups[set];
    members.push_back(record);
    if (!cve.empty()) name = cve;
  };
  for (const Record& record : records) {
    const std::vector<std::string> cves = cves_of(record);
    if (cves.size() > 1)
      for (const std::string& cve : cves) add(sets.number(cve), record, cve);
    else
      add(sets.number(record.id), record, cves.empty() ? "" : cves.front());
  }
  std::vector<Advisory> advisories;
  for (auto& [set, group] : groups)
    advisories.push_back(advisory_of(std::move(group.first), group.second));
  std::ranges::sort(advisories, {}, &Advisory::id);
  return advisories;
}

}  // namespace stowaway::advisory
