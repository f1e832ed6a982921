#include "match/declared_versions.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "base/versions.h"
#include "match/names.h"

namespace stowaway::match {
namespace {

constexpr std::size_t kMaxDeclarations = 6;
// A stated release wins over a better supported one when the copy was changed and the stated one is
// supported this well. With this share of the files identical to one release, what is stated
// elsewhere is only shown.
constexpr double kCertainShare = 0.97;
constexpr double kStatedSupport = 0.85;
// A version that the KB does not have is believed when the statement names the component and lies
// this close, in releases, to the best supported one. A copy of the newest release known with this
// share of its files changed may well be a later one.
constexpr double kMostlyChanged = 0.6;
// Statement and contents are named side by side when they contradict each other, unless that makes
// a long list.
constexpr std::size_t kMaxConflict = 3;
constexpr std::uint32_t kConflictDistance = 12;
constexpr int kBelievedScore = 6;
constexpr std::uint32_t kBelievedDistance = 4;

std::string_view last_part(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

// The letters and digits that most file names of the copy begin with ("b2" of b2World.h, b2Body.cpp
// …); may be empty.
std::string common_prefix(const Placement& placement, std::span<const Hit> hits,
                          const std::vector<ScannedFile>& files) {
  constexpr std::size_t kMinFiles = 4, kMinPrefix = 2;
  if (placement.hits.size() < kMinFiles) return {};
  std::map<std::string, std::size_t> counts;
  for (const std::uint32_t number : placement.hits) {
    const std::string name = plain_name(last_part(files[hits[number].file].path));
    for (std::size_t size = kMinPrefix; size <= std::min<std::size_t>(6, name.size()); ++size)
      ++counts[name.substr(0, size)];
  }
  std::string best;
  for (const auto& [prefix, count] : counts)
    if (count * 2 > placement.hits.size() && prefix.size() > best.size()) best = prefix;
  return best;
}

struct Scored {
  Declaration declaration;
  int score;
};

// How telling a statement is: one that names the component, in a file that does, before all others.
int score_of(const Statement& statement, std::string_view path,
             const std::vector<std::string>& names, const std::string& prefix, bool carried) {
  int score = carried ? -4 : 0;
  const std::string stem = plain_name(statement.name);
  const std::string file = plain_name(last_part(path).substr(0, last_part(path).find('.')));
  const bool title = statement.method == "banner" && !stem.empty();
  const bool named =
      title ? is_title_of(statement.name, names)
            : !stem.empty() && (stem == file || stem == prefix ||
                                std::ranges::any_of(names, [&](const std::string& name) {
                                  return stem.find(name) != std::string::npos ||
                                         (stem.size() > 2 && name.find(stem) != std::string::npos);
                                }));
  if (named)
    score += 4;
  else if (stem.empty() && mentions(names, last_part(path)))
    score += 2;
  else if (stem.size() > 2 && statement.method != "macro")
    score -= 3;  // another package's
  if (mentions(names, last_part(path))) score += 2;
  if (statement.method == "macro" || statement.method == "constant") score += 2;
  if (statement.method == "banner") score += 1;
  return score;
}

bool is_release_of(const kb::Kb& kb, const kb::ComponentView& component, const std::string& version,
                   std::uint32_t& number) {
  for (std::uint32_t r = 0; r < component.releases.size(); ++r)
    if (compare_versions(kb.release(component.releases.first + r).version, version) == 0) {
      number = r;
      return true;
    }
  return false;
}

// Whether a file that a release holds as it is states a version that no release has.
bool misstates(const Hit& hit, const std::string& version, const kb::Kb& kb) {
  std::uint32_t number = 0;
  return hit.quality != HitQuality::similar &&
         !is_release_of(kb, kb.component(hit.component), version, number);
}

// The releases of the KB just below and above a version that it does not have.
std::string neighbours(const kb::Kb& kb, const kb::ComponentView& component,
                       const std::string& version) {
  std::string below, above;
  for (std::uint32_t r = 0; r < component.releases.size(); ++r) {
    const std::string release(kb.release(component.releases.first + r).version);
    if (compare_versions(release, version) < 0)
      below = release;
    else if (above.empty())
      above = release;
  }
  std::string out;
  if (!below.empty()) out = "after " + below;
  if (!above.empty()) out += (out.empty() ? "before " : ", before ") + above;
  return out;
}

// Whether a version between releases, or after the last, lies near those that the contents support.
bool believable(const kb::Kb& kb, const kb::ComponentView& component, const std::string& version,
                const VersionEvidence& evidence, std::uint32_t distance) {
  std::uint32_t position = 0;  // releases below it
  while (position < component.releases.size() &&
         compare_versions(kb.release(component.releases.first + position).version, version) < 0)
    ++position;
  const std::uint32_t low = evidence.releases.front(), high = evidence.releases.back() + 1;
  return position + distance >= low && position <= high + distance;
}

// Of a copy whose files do not all come from the chosen release: a state between two releases, or a
// mixture.
template <class VersionAt>
std::string mixed_note(const VersionEvidence& evidence, std::uint32_t others,
                       const VersionAt& version_at) {
  const auto& by_release = evidence.against_by_release;
  const std::uint32_t first = evidence.releases.front(), last = evidence.releases.back();
  const std::string files = others == 1 ? "1 file" : fmt::format("{} files", others);
  const auto between = [&](std::uint32_t before, std::uint32_t after, std::uint32_t theirs) {
    return fmt::format("after {}, before {}: {} of {}", version_at(before), version_at(after),
                       files, version_at(theirs));
  };
  if (last + 1 < by_release.size() && by_release[last + 1] == others)
    return between(last, last + 1, last + 1);
  if (first > 0 && by_release[first - 1] == others) return between(first - 1, first, first - 1);
  const auto most = std::ranges::max_element(by_release);
  const std::string other = version_at(static_cast<std::uint32_t>(most - by_release.begin()));
  if (*most == others)
    return fmt::format("mixed: {} with {} of {}", version_at(last), files, other);
  return fmt::format("mixed: {} with {} of other releases", version_at(last), files);
}

}  // namespace

std::vector<Declaration> declarations_of(const Placement& placement, std::span<const Hit> hits,
                                         const Collected& collected, const kb::Kb& kb) {
  const auto names = plain_names_of(kb.component(placement.component));
  const std::string prefix = common_prefix(placement, hits, collected.files);
  std::vector<Scored> scored;
  std::set<std::uint32_t> mine;
  for (const std::uint32_t number : placement.hits) {
    mine.insert(hits[number].file);
    const ScannedFile& file = collected.files[hits[number].file];
    for (const Statement& statement : file.statements)
      scored.push_back({{statement.version, file.path, statement.method, false,
                         misstates(hits[number], statement.version, kb)},
                        score_of(statement, file.path, names, prefix, hits[number].carried)});
  }
  for (std::uint32_t i = 0; i < collected.files.size();
       ++i) {  // headers called after the component, in its folder
    const ScannedFile& file = collected.files[i];
    if (file.statements.empty() || mine.contains(i) || folder_of(file.path) != placement.root ||
        !mentions(names, last_part(file.path)))
      continue;
    for (const Statement& statement : file.statements)
      scored.push_back({{statement.version, file.path, statement.method, false},
                        score_of(statement, file.path, names, prefix, false)});
  }
  for (const Manifest& manifest : collected.manifests) {
    if (folder_of(manifest.path) != placement.root) continue;
    for (const Statement& statement : manifest.statements)
      if (statement.name.empty() || mentions(names, statement.name))
        scored.push_back({{statement.version, manifest.path, statement.method, false},
                          score_of(statement, manifest.path, names, prefix, false) + 2});
  }
  std::ranges::stable_sort(scored, [](const Scored& a, const Scored& b) {
    return a.score != b.score ? a.score > b.score
                              : std::tie(a.declaration.path, a.declaration.version) <
                                    std::tie(b.declaration.path, b.declaration.version);
  });
  std::vector<Declaration> out;
  for (Scored& item : scored) {
    if (out.size() == kMaxDeclarations || item.score < scored.front().score - 2 ||
        item.score < kBelievedScore - 1)
      break;
    const bool repeated = std::ranges::any_of(
        out, [&](const Declaration& d) { return d.version == item.declaration.version; });
    if (!repeated) out.push_back(std::move(item.declaration));
  }
  return out;
}

namespace {

void choose_versions(const VersionEvidence& evidence, kb::ComponentId component_id,
                     bool use_declarations, const kb::Kb& kb, Copy& copy) {
  const kb::ComponentView component = kb.component(component_id);
  const auto version_at = [&](std::uint32_t release) {
    return std::string(kb.release(component.releases.first + release).version);
  };
  for (const std::uint32_t release : evidence.releases) {
    // Two tags may be one version (2.5 and 2.5.0): one of them is enough.
    const std::string version = version_at(release);
    if (copy.versions.empty() || compare_versions(copy.versions.back(), version) != 0)
      copy.versions.push_back(version);
  }
  const auto supported = copy.versions;
  for (Declaration& declared : copy.declared)
    declared.agrees = std::ranges::any_of(supported, [&](const std::string& version) {
      return compare_versions(version, declared.version) == 0;
    });
  if (evidence.releases.empty()) return;
  const bool touched = copy.counts.changed + copy.counts.other_release > 0;
  const std::string best = version_at(evidence.releases.back());
  const double found = copy.counts.identical + copy.counts.reformatted + copy.counts.changed;
  const bool certain =
      found - copy.counts.changed - copy.counts.other_release >= kCertainShare * found;
  const auto agreeing = std::ranges::find_if(copy.declared, &Declaration::agrees);
  if (use_declarations && agreeing != copy.declared.end()) {
    std::erase_if(copy.versions, [&](const std::string& version) {
      return compare_versions(version, agreeing->version) != 0;
    });
    if (supported.size() > 1)
      copy.version_note = fmt::format("{} says so in {}", agreeing->method, agreeing->path);
    return;
  }
  for (const Declaration& declared : copy.declared) {
    if (!use_declarations) break;
    if (declared.overruled) continue;
    std::uint32_t number = 0;
    const bool is_release = is_release_of(kb, component, declared.version, number);
    if (!touched || certain) continue;  // the bytes are a release's: a statement cannot change that
    const bool plausible =
        is_release && evidence.support[number] >= kStatedSupport * evidence.best_support;
    if (plausible) {
      copy.versions = {version_at(number)};
      copy.version_note =
          fmt::format("stated in {}; changed files resemble {} more", declared.path, best);
      return;
    }
    const bool unseen =
        !is_release || evidence.support[number] == 0;  // or its tag lacks the built file
    if (unseen && believable(kb, component, declared.version, evidence, kBelievedDistance)) {
      copy.versions = {is_release ? version_at(number) : declared.version};
      if (is_release)
        copy.version_note = fmt::format(
            "stated in {}; the knowledge base has that release without this file", declared.path);
      else
        copy.version_note =
            fmt::format("stated in {}, not in the knowledge base ({}); contents resemble {} most",
                        declared.path, neighbours(kb, component, declared.version), best);
      return;
    }
    if (is_release && copy.versions.size() < kMaxConflict &&
        believable(
            kb, component, declared.version, evidence,
            kConflictDistance)) {  // files of a later state under an older number, or the reverse
      copy.version_note = fmt::format(
          "stated in {}: {}; contents resemble {} most: a state between releases, or mixed",
          declared.path, declared.version, best);
      copy.versions.insert(
          number < evidence.releases.front() ? copy.versions.begin() : copy.versions.end(),
          version_at(number));
      return;
    }
  }
  const bool newest = evidence.releases.back() + 1 == component.releases.size();
  const std::uint32_t all = copy.counts.identical + copy.counts.reformatted + copy.counts.changed;
  if (newest && copy.counts.changed > kMostlyChanged * all) {
    copy.version_note =
        fmt::format("{} or later: the newest release known, and {} of {} files differ from it",
                    best, copy.counts.changed, all);
    return;
  }
  if (copy.counts.other_release > 0)
    copy.version_note = mixed_note(evidence, copy.counts.other_release, version_at);
}

}  // namespace

void settle_versions(const VersionEvidence& evidence, kb::ComponentId component,
                     bool use_declarations, const kb::Kb& kb, Copy& copy) {
  choose_versions(evidence, component, use_declarations, kb, copy);
  for (Declaration& declared : copy.declared)
    declared.agrees =
        declared.agrees || std::ranges::any_of(copy.versions, [&](const std::string& version) {
          return compare_versions(version, declared.version) == 0;
        });
}

}  // namespace stowaway::match
