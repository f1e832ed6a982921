#include "advisory/ranges.h"

#include <algorithm>
#include <compare>
#include <optional>

#include "base/text.h"
#include "base/versions.h"

namespace stowaway::advisory {
namespace {

bool is_semantic(std::string_view label) {
  if (label.starts_with('v')) label.remove_prefix(1);
  const std::string_view numbers = label.substr(0, label.find_first_of("-+"));
  return !numbers.empty() && numbers.find_first_not_of("0123456789.") == std::string_view::npos;
}

std::weak_ordering compare(bool semantic, const std::string& a, const std::string& b) {
  return semantic && is_semantic(a) && is_semantic(b) ? compare_semver(a, b)
                                                      : compare_versions(a, b);
}

// "curl-7_86_0" is "7_86_0": a tag in a list of versions.
std::string_view from_first_digit(std::string_view tag) {
  const std::size_t digit = tag.find_first_of("0123456789");
  return digit == std::string_view::npos ? tag : tag.substr(digit);
}

// The upstream part of a Debian version: "1:1.2.13.dfsg-1" is "1.2.13".
std::string upstream_of(std::string_view debian) {
  if (const std::size_t colon = debian.find(':'); colon != std::string_view::npos)
    debian.remove_prefix(colon + 1);
  debian = debian.substr(0, debian.rfind('-'));
  for (const std::string_view suffix : {"+dfsg", ".dfsg", "~dfsg", "+ds", "~ds", "+really", "+git"})
    debian = debian.substr(0, debian.find(suffix));
  return std::string(debian);
}

bool same_commit(std::string_view a, std::string_view b) {
  if (a.size() < 7 || b.size() < 7) return false;
  return a.starts_with(b) || b.starts_with(a);
}

std::optional<std::string> version_at_commit(const std::string& commit,
                                             const Component& component) {
  if (commit == "0") return commit;
  for (const KnownRelease& release : component.releases)
    if (same_commit(release.revision, commit)) return release.version;
  return std::nullopt;
}

// The events of a range as versions; nothing if a commit is no release that we know.
std::optional<std::vector<Event>> events_of(const Range& range, const Component& component) {
  if (range.kind != RangeKind::git) return range.events;
  std::vector<Event> events;
  for (const Event& event : range.events) {
    if (event.kind == EventKind::limit) continue;
    auto version = version_at_commit(event.version, component);
    if (!version) break;
    events.push_back({event.kind, *std::move(version)});
  }
  const auto commits = std::ranges::count_if(
      range.events, [](const Event& event) { return event.kind != EventKind::limit; });
  if (events.size() == static_cast<std::size_t>(commits) && !events.empty()) return events;
  if (!range.stated.empty()) return range.stated;
  return std::nullopt;
}

void sort_events(std::vector<Event>& events, bool semantic) {
  std::ranges::stable_sort(events, [&](const Event& a, const Event& b) {
    const bool first_a = a.version == "0", first_b = b.version == "0";
    if (first_a != first_b) return first_a;
    return compare(semantic, a.version, b.version) < 0;
  });
}

// The evaluation of the OSV schema, "affected[].ranges[].events": in version order, each event that
// is not after the version turns the answer.
Standing in_one_range(const std::string& version, std::vector<Event> events, bool semantic,
                      bool introduced_known) {
  sort_events(events, semantic);
  Standing standing;
  bool affected = false, from_the_start = false;
  for (const Event& event : events) {
    const auto order = event.version == "0" ? std::weak_ordering::greater
                                            : compare(semantic, version, event.version);
    switch (event.kind) {
      case EventKind::introduced:
        if (order >= 0) {
          affected = true;
          from_the_start = event.version == "0";
          standing.since = from_the_start ? "" : event.version;
          standing.fixed.clear();
        } else if (!affected && standing.bound.empty() && standing.fixed.empty()) {
          standing.bound = event.version;
        }
        break;
      case EventKind::fixed:
        if (order >= 0) {
          affected = false;
          standing.fixed = event.version;
        } else if (affected && standing.fixed.empty()) {
          standing.fixed = event.version;
        }
        break;
      case EventKind::last_affected:
        if (order > 0) affected = false;
        break;
      case EventKind::limit: break;
    }
  }
  if (!affected) standing.since.clear();
  if (affected)
    standing.position =
        from_the_start && !introduced_known ? Position::not_after_fix : Position::in_range;
  else if (!standing.fixed.empty())
    standing.position = Position::after_fix;
  else if (!standing.bound.empty())
    standing.position = Position::before_introduced;
  return standing;
}

// The tracker's fixed version may be a patch on the upstream version that it names. Older upstream
// versions have not got the fix. Later ones are in no package that Debian calls vulnerable.
Standing in_debian_range(const std::string& version, const Range& range) {
  Standing standing{Position::not_after_fix, "", "", ""};
  for (const Event& event : range.events) {
    if (event.kind != EventKind::fixed) continue;
    const auto order = compare_versions(version, upstream_of(event.version));
    if (order > 0)
      standing = {Position::after_fix, "", event.version, ""};
    else if (order == 0)
      standing = {Position::distribution_fix, "", event.version, ""};
    else if (standing.position == Position::not_after_fix)
      standing.fixed = event.version;
  }
  return standing;
}

// Which of two ranges' answers tells more; the order of the branches.
int rank_of(Position position) {
  switch (position) {
    case Position::in_range: return 0;
    case Position::not_after_fix: return 1;
    case Position::distribution_fix: return 2;
    case Position::commit_unknown: return 3;
    case Position::after_fix: return 4;
    case Position::before_introduced: return 5;
    case Position::outside: return 6;
  }
  return 7;
}

// Of several branches that do not hold the version the nearest bound is told.
bool tells_more(const Standing& a, const Standing& b, bool semantic) {
  if (a.position != b.position) return rank_of(a.position) < rank_of(b.position);
  if (a.position == Position::after_fix) return compare(semantic, a.fixed, b.fixed) > 0;
  if (a.position == Position::before_introduced) return compare(semantic, a.bound, b.bound) < 0;
  return false;
}

bool is_listed(const std::string& version, const std::vector<std::string>& versions, bool debian) {
  return std::ranges::any_of(versions, [&](const std::string& listed) {
    if (listed == version) return true;
    if (debian) return false;
    return compare_versions(from_first_digit(listed), from_first_digit(version)) == 0;
  });
}

Standing in_entry(const std::string& version, const Affected& affected,
                  const Component& component) {
  const bool debian = is_debian(affected.ecosystem);
  std::optional<Standing> best;
  bool unresolved = false;
  const bool npm = affected.ecosystem == "npm";
  const auto consider = [&](Standing standing, bool semantic) {
    if (!best || tells_more(standing, *best, semantic)) best = std::move(standing);
  };
  for (const Range& range : affected.ranges) {
    const bool semantic = npm || range.kind == RangeKind::semver;
    if (debian) {
      consider(in_debian_range(version, range), false);
    } else if (const auto events = events_of(range, component)) {
      consider(in_one_range(version, *events, semantic, affected.introduced_known), semantic);
    } else {
      unresolved = true;
    }
  }
  const bool listed = is_listed(version, affected.versions, debian);
  if (listed && (!best || best->position != Position::in_range))
    return {Position::in_range, "", best ? best->fixed : "", ""};
  if (unresolved && affected.versions.empty() && (!best || best->position != Position::in_range))
    return {Position::commit_unknown, "", "", ""};
  return best ? *best : Standing{};
}

}  // namespace

std::string_view name_of(Position position) {
  switch (position) {
    case Position::in_range: return "in_range";
    case Position::not_after_fix: return "not_after_fix";
    case Position::before_introduced: return "before_introduced";
    case Position::after_fix: return "after_fix";
    case Position::outside: return "outside";
    case Position::commit_unknown: return "commit_unknown";
    case Position::distribution_fix: return "distribution_fix";
  }
  return "outside";
}

Standing standing_of(const std::string& version, const Record& record, const Component& component,
                     const std::vector<std::string>& component_keys) {
  std::optional<Standing> best;
  for (const Affected& affected : record.affected) {
    if (!concerns(affected, component_keys)) continue;
    Standing standing = in_entry(version, affected, component);
    if (!best || tells_more(standing, *best, affected.ecosystem == "npm"))
      best = std::move(standing);
  }
  return best ? *best : Standing{};
}

}  // namespace stowaway::advisory
