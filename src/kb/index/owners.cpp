#include "kb/index/owners.h"

#include <algorithm>
#include <map>

namespace stowaway::kb {
namespace {

// How many times larger a share must be to settle the origin by itself. A library that is carried
// whole shares most of itself and little of its carrier; forks share much of both and are left to
// the dates.
constexpr double kClearlyLarger = 3.0;
constexpr std::size_t kMinNameBytes = 3;  // of a name that may say whose a file is

std::string plain(std::string_view text) {
  std::string out;
  for (const char c : text)
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
      out.push_back(c);
    else if (c >= 'A' && c <= 'Z')
      out.push_back(static_cast<char>(c + 32));
  return out;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Each folder of the path, and the file's name before its first dot.
template <class F>
void for_each_part(std::string_view path, F use) {
  for (std::size_t from = 0, slash = path.find('/'); slash != std::string_view::npos;
       from = slash + 1, slash = path.find('/', from))
    use(path.substr(from, slash - from));
  const std::string_view file = file_name(path);
  use(file.substr(0, file.find('.')));
}

// "zlib-1.2.11" names zlib: what follows the name is no letter.
bool folder_names(std::string_view folder, std::string_view name) {
  if (name.size() < 2 || !folder.starts_with(name)) return false;
  return std::ranges::all_of(folder.substr(name.size()), is_digit);
}

}  // namespace

std::string_view file_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

void ComponentNames::add(const std::string& name, const std::vector<std::string>& aliases) {
  std::vector<std::string> names{plain(name)};
  for (const std::string& alias : aliases) names.push_back(plain(alias));
  for (const std::string& one : names)
    if (one.size() >= kMinNameBytes) component_of_name_.emplace(one, size());
  names_.push_back(std::move(names));
}

std::vector<std::uint32_t> ComponentNames::namesakes(std::uint32_t component,
                                                     std::string_view path) const {
  std::vector<std::uint32_t> found;
  for_each_part(path, [&](std::string_view part) {
    std::string name = plain(part);
    while (!name.empty() && is_digit(name.back()) && !component_of_name_.contains(name))
      name.pop_back();
    const auto other = component_of_name_.find(name);
    if (other != component_of_name_.end() && other->second != component)
      found.push_back(other->second);
  });
  return found;
}

bool ComponentNames::is_under_name_of(std::string_view path, std::uint32_t component) const {
  bool found = false;
  for_each_part(path, [&](std::string_view part) {
    const std::string name = plain(part);
    for (const std::string& candidate : names_[component])
      found = found || folder_names(name, candidate);
  });
  return found;
}

OwnerJudge::OwnerJudge(const ComponentNames& names, std::vector<std::uint32_t> contents)
    : names_(&names), contents_(std::move(contents)) {}

void OwnerJudge::count_shared(const std::vector<std::uint32_t>& components) {
  if (components.size() > kMaxSharers) return;
  for (const std::uint32_t a : components)
    for (const std::uint32_t b : components)
      if (a < b) ++shared_[std::uint64_t{a} << 32 | b];
}

void OwnerJudge::add_shared(std::uint32_t a, std::uint32_t b, std::uint32_t contents) {
  shared_[std::uint64_t{std::min(a, b)} << 32 | std::max(a, b)] += contents;
}

double OwnerJudge::share(std::uint32_t of, std::uint32_t with) const {
  const auto found = shared_.find(std::uint64_t{std::min(of, with)} << 32 | std::max(of, with));
  const double count = found == shared_.end() ? 0 : found->second;
  return count / std::max(1U, contents_[of]);
}

// Whether a's component owns the content rather than b's.
bool OwnerJudge::owns(const ContentPlace& a, const ContentPlace& b) const {
  const bool a_names_b = names_->is_under_name_of(a.path, b.component),
             b_names_a = names_->is_under_name_of(b.path, a.component);
  if (a_names_b != b_names_a) return b_names_a;
  if (a.foreign != b.foreign) return b.foreign;
  const double share_a = share(a.component, b.component), share_b = share(b.component, a.component);
  if (share_a > kClearlyLarger * share_b) return true;
  if (share_b > kClearlyLarger * share_a) return false;
  if (a.date != b.date) return a.date < b.date;
  return a.component < b.component;  // numbered in the order of their names
}

std::vector<bool> OwnerJudge::carried(const std::vector<ContentPlace>& places) const {
  // Per component: its least foreign, earliest place.
  std::map<std::uint32_t, const ContentPlace*> best;
  for (const ContentPlace& place : places) {
    const ContentPlace*& mine = best[place.component];
    if (mine == nullptr || std::pair(place.foreign, place.first_release) <
                               std::pair(mine->foreign, mine->first_release))
      mine = &place;
  }
  const ContentPlace* owner = nullptr;
  for (const auto& [component, place] : best)
    if (owner == nullptr || owns(*place, *owner)) owner = place;
  std::vector<bool> result;
  result.reserve(places.size());
  for (const ContentPlace& place : places)
    result.push_back(place.foreign || place.component != owner->component);
  return result;
}

}  // namespace stowaway::kb
