#include "ledger/changes.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

#include "ledger/names.h"

namespace stowaway::ledger {
namespace {

using Copies = std::vector<const match::Copy*>;

CopyState state_of(const match::Copy& copy) {
  return {copy.path, copy.versions, copy.version_note, std::string(match::name_of(copy.verdict))};
}

// Whether the versions of one set are later than those of another as a whole.
std::optional<ChangeKind> direction(const match::Copy& before, const match::Copy& after) {
  if (before.versions.empty() || after.versions.empty()) return std::nullopt;
  const auto oldest =
      compare_component_versions(after.purl, before.versions.front(), after.versions.front());
  const auto newest =
      compare_component_versions(after.purl, before.versions.back(), after.versions.back());
  if (oldest == 0 && newest == 0) return std::nullopt;
  if (oldest <= 0 && newest <= 0) return ChangeKind::upgraded;
  if (oldest >= 0 && newest >= 0) return ChangeKind::downgraded;
  return std::nullopt;
}

std::optional<ChangeKind> kind_of(const match::Copy& before, const match::Copy& after) {
  if (const auto kind = direction(before, after)) return kind;
  if (before.versions != after.versions || before.verdict != after.verdict ||
      before.version_note != after.version_note)
    return ChangeKind::changed;
  if (before.path != after.path) return ChangeKind::moved;
  return std::nullopt;
}

void compare_component(const std::string& component, Copies before, Copies after,
                       std::vector<Change>& changes) {
  const auto note = [&](const match::Copy& a, const match::Copy& b) {
    if (const auto kind = kind_of(a, b))
      changes.push_back({*kind, component, state_of(a), state_of(b)});
  };
  for (const match::Copy*& a : before)
    for (const match::Copy*& b : after)
      if (a != nullptr && b != nullptr && a->path == b->path) {
        note(*a, *b);
        a = b = nullptr;
      }
  std::erase(before, nullptr);
  std::erase(after, nullptr);
  const std::size_t both = std::min(before.size(), after.size());
  for (std::size_t i = 0; i < both; ++i) note(*before[i], *after[i]);
  for (std::size_t i = both; i < before.size(); ++i)
    changes.push_back({ChangeKind::lost, component, state_of(*before[i]), {}});
  for (std::size_t i = both; i < after.size(); ++i)
    changes.push_back({ChangeKind::gained, component, {}, state_of(*after[i])});
}

}  // namespace

std::string_view name_of(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::gained: return "gained";
    case ChangeKind::lost: return "lost";
    case ChangeKind::upgraded: return "upgraded";
    case ChangeKind::downgraded: return "downgraded";
    case ChangeKind::changed: return "changed";
    case ChangeKind::moved: return "moved";
  }
  return "";
}

std::vector<Change> changes_between(const match::ScanResult& before,
                                    const match::ScanResult& after) {
  std::map<std::string, std::pair<Copies, Copies>> by_component;
  for (const match::Copy& copy : before.copies) by_component[copy.component].first.push_back(&copy);
  for (const match::Copy& copy : after.copies) by_component[copy.component].second.push_back(&copy);
  std::vector<Change> changes;
  for (auto& [component, copies] : by_component)
    compare_component(component, copies.first, copies.second, changes);
  std::ranges::sort(changes, [](const Change& a, const Change& b) {
    const auto path = [](const Change& change) {
      return change.kind == ChangeKind::lost ? change.before.path : change.after.path;
    };
    return std::tuple(path(a), a.component, a.kind) < std::tuple(path(b), b.component, b.kind);
  });
  return changes;
}

}  // namespace stowaway::ledger
