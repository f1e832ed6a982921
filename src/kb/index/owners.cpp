#include "kb/index/owners.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "fingerprint/file_class.h"

namespace stowaway::kb {
namespace {

// How many times larger a share must be to settle the origin by itself. A library that is carried
// whole shares most of itself and little of its carrier; forks share much of both and are left to
// the dates.
constexpr double kClearlyLarger = 3.0;

std::string plain(std::string_view text) {
  std::string out;
  for (const char c : text)
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
      out.push_back(c);
    else if (c >= 'A' && c <= 'Z')
      out.push_back(static_cast<char>(c + 32));
  return out;
}

template <class F>
void for_each_folder(std::string_view path, F use) {
  for (std::size_t from = 0, slash = path.find('/'); slash != std::string_view::npos;
       from = slash + 1, slash = path.find('/', from))
    use(path.substr(from, slash - from));
}

std::string_view last_part(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// "zlib-1.2.11" names zlib: what follows the name is no letter.
bool folder_names(std::string_view folder, std::string_view name) {
  if (name.size() < 2 || !folder.starts_with(name)) return false;
  return std::ranges::all_of(folder.substr(name.size()),
                             [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

OwnerJudge::OwnerJudge(const std::vector<Pack>& packs) : packs_(&packs) {
  for (const Pack& pack : packs) {
    std::vector<std::string> names{plain(pack.component)};
    for (const std::string& alias : pack.aliases) names.push_back(plain(alias));
    const auto number = static_cast<std::uint32_t>(names_.size());
    for (const std::string& name : names)
      if (name.size() > 2) component_of_name_.emplace(name, number);
    names_.push_back(std::move(names));
    auto& files = file_names_.emplace_back();
    for (const PackPath& path : pack.paths) files.insert(last_part(path.path));
  }
  for (std::uint32_t c = 0; c < packs.size(); ++c) {
    auto& foreign = foreign_.emplace_back();
    for (const PackPath& path : packs[c].paths)
      foreign.push_back(!fingerprint::foreign_project(path.path).empty() ||
                        named_after_other(c, path.path));
  }
}

// A folder or file called as another component, which has a file of that name: "common/xxhash.c",
// "libs/zlib/inflate.c".
bool OwnerJudge::named_after_other(std::uint32_t component, const std::string& path) const {
  const std::string_view file = last_part(path);
  bool found = false;
  const auto look = [&](std::string_view part) {
    std::string name = plain(part);
    while (!name.empty() && name.back() >= '0' && name.back() <= '9' &&
           !component_of_name_.contains(name))
      name.pop_back();
    const auto other = component_of_name_.find(name);
    found = found || (other != component_of_name_.end() && other->second != component &&
                      file_names_[other->second].contains(file));
  };
  for_each_folder(path, look);
  look(file.substr(0, file.find('.')));
  return found;
}

void OwnerJudge::count_shared(const std::vector<ContentPlace>& places) {
  std::set<std::uint32_t> components;
  for (const ContentPlace& place : places) components.insert(place.component);
  if (components.size() > 64) return;  // noise that everybody has tells nothing about two of them
  for (const std::uint32_t a : components)
    for (const std::uint32_t b : components)
      if (a < b) shared_.emplace_back(std::uint64_t{a} << 32 | b, 1);
}

double OwnerJudge::share(std::uint32_t of, std::uint32_t with) const {
  if (!sorted_) {
    auto& pairs = const_cast<OwnerJudge*>(this)->shared_;
    std::ranges::sort(pairs);
    std::vector<std::pair<std::uint64_t, std::uint32_t>> summed;
    for (const auto& [key, count] : pairs)
      if (!summed.empty() && summed.back().first == key)
        summed.back().second += count;
      else
        summed.emplace_back(key, count);
    pairs = std::move(summed);
    sorted_ = true;
  }
  const std::uint64_t key = std::uint64_t{std::min(of, with)} << 32 | std::max(of, with);
  const auto found =
      std::ranges::lower_bound(shared_, key, {}, &std::pair<std::uint64_t, std::uint32_t>::first);
  const std::uint32_t count = found != shared_.end() && found->first == key ? found->second : 0;
  return static_cast<double>(count) /
         static_cast<double>(std::max<std::size_t>(1, (*packs_)[of].contents.size()));
}

bool OwnerJudge::under_name_of(const ContentPlace& place, std::uint32_t component) const {
  bool found = false;
  const auto look = [&](std::string_view part) {
    const std::string name = plain(part);
    for (const std::string& candidate : names_[component])
      found = found || folder_names(name, candidate);
  };
  const std::string& path = (*packs_)[place.component].paths[place.path].path;
  for_each_folder(path, look);
  const std::string_view file = std::string_view(path).substr(path.rfind('/') + 1);
  look(file.substr(0, file.find('.')));
  return found;
}

bool OwnerJudge::in_foreign_folder(const ContentPlace& place) const {
  return foreign_[place.component][place.path];
}

// Whether a's component owns the content rather than b's.
bool OwnerJudge::owns(const ContentPlace& a, const ContentPlace& b) const {
  const bool a_names_b = under_name_of(a, b.component), b_names_a = under_name_of(b, a.component);
  if (a_names_b != b_names_a) return b_names_a;
  const bool a_foreign = in_foreign_folder(a), b_foreign = in_foreign_folder(b);
  if (a_foreign != b_foreign) return b_foreign;
  const double share_a = share(a.component, b.component), share_b = share(b.component, a.component);
  if (share_a > kClearlyLarger * share_b) return true;
  if (share_b > kClearlyLarger * share_a) return false;
  const std::string& date_a = (*packs_)[a.component].releases[a.first_release].date;
  const std::string& date_b = (*packs_)[b.component].releases[b.first_release].date;
  if (date_a != date_b) return date_a < date_b;
  return (*packs_)[a.component].component < (*packs_)[b.component].component;
}

std::vector<bool> OwnerJudge::carried(const std::vector<ContentPlace>& places) const {
  std::map<std::uint32_t, const ContentPlace*>
      best;  // per component: its least foreign, earliest place
  for (const ContentPlace& place : places) {
    const ContentPlace*& mine = best[place.component];
    if (mine == nullptr || std::pair(in_foreign_folder(place), place.first_release) <
                               std::pair(in_foreign_folder(*mine), mine->first_release))
      mine = &place;
  }
  const ContentPlace* owner = nullptr;
  for (const auto& [component, place] : best)
    if (owner == nullptr || owns(*place, *owner)) owner = place;
  std::vector<bool> result;
  for (const ContentPlace& place : places)
    result.push_back(in_foreign_folder(place) || place.component != owner->component);
  return result;
}

}  // namespace stowaway::kb
