#include "match/versions.h"

#include <algorithm>
#include <array>
#include <set>
#include <unordered_map>

#include "match/resemble.h"

namespace stowaway::match {
namespace {

// Supports that differ by less are equal: rounding, and a shingle more or less in a long changed
// file.
constexpr float kSupportTolerance = 0.02F;
// What the component only carries was updated on another's schedule: it decides where nothing else
// does.
constexpr float kCarriedSupport = 0.05F;
// A folder of the release counts as copied, so that a file missing there speaks against, when this
// much of it is there.
constexpr double kCopiedFolderShare = 0.75;
constexpr std::size_t kMinFolderFiles = 4;
// A file is an amalgamation when it holds so many files nearly whole.
constexpr std::size_t kMinParts = 3;

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

// For one release: which of its library files the copy lacks in folders that it otherwise has.
struct Presence {
  std::uint32_t missing = 0, present = 0, library = 0, headers = 0;
};

// For each of `releases`, in one pass over the component's paths.
std::vector<Presence> count_presence(const kb::Kb& kb, kb::ComponentId component,
                                     std::span<const std::uint32_t> releases,
                                     const std::set<kb::PathId>& found) {
  struct Counts {
    std::uint32_t there = 0, all = 0;
  };
  std::vector<Presence> presence(releases.size());
  std::unordered_map<std::string_view, std::vector<Counts>> folders;  // one count for each release
  const kb::Range paths = kb.component(component).paths;
  for (kb::PathId id = paths.first; id < paths.end; ++id) {
    const kb::PathView path = kb.path(id);
    if (path.role != static_cast<std::uint8_t>(fingerprint::FileRole::library)) continue;
    const bool there = found.contains(id), header = is_header(path.name);
    std::vector<Counts>& folder = folders[folder_of(path.name)];
    folder.resize(releases.size());
    for (std::uint32_t v = path.file_versions.first; v < path.file_versions.end; ++v)
      for (const auto span : kb.releases_of(v))
        for (auto r = static_cast<std::size_t>(std::ranges::lower_bound(releases, span.first) -
                                               releases.begin());
             r < releases.size() && releases[r] <= span.last; ++r) {
          ++folder[r].all;
          folder[r].there += there;
          ++presence[r].library;
          presence[r].headers += header;
          presence[r].present += there;
        }
  }
  for (const auto& [name, folder] : folders)
    for (std::size_t r = 0; r < releases.size(); ++r)
      if (folder[r].all >= kMinFolderFiles && folder[r].there >= kCopiedFolderShare * folder[r].all)
        presence[r].missing += folder[r].all - folder[r].there;
  return presence;
}

}  // namespace

bool is_header(std::string_view path) {
  static constexpr std::array<std::string_view, 5> kHeaders{".h", ".hh", ".hpp", ".hxx", ".inc"};
  return std::ranges::any_of(kHeaders,
                             [&](std::string_view suffix) { return path.ends_with(suffix); });
}

namespace {

// Raises to `value` what is known of each release that holds a file version.
void raise(std::vector<float>& support, const kb::Kb& kb, std::uint32_t file_version, float value) {
  for (const auto span : kb.releases_of(file_version))
    for (std::uint32_t r = span.first; r <= span.last && r < support.size(); ++r)
      support[r] = std::max(support[r], value);
}

// By the shingles that each release has in common with the file; the best has 1.
std::vector<float> support_of_similar(const Hit& hit, const ScannedFile& file, const kb::Kb& kb,
                                      std::size_t releases) {
  const auto all_paths = std::ranges::find_if(file.resembles, [&](const Resemblance& found) {
    return !found.windows_per_release.empty() && kb.path(found.path).component == hit.component;
  });
  std::vector<float> support(releases);
  if (all_paths != file.resembles.end()) {
    support = all_paths->windows_per_release;
  } else {
    const Resemblance& found = file.resembles[hit.resemblance];
    const kb::Range versions = kb.path(found.path).file_versions;
    for (std::uint32_t v = 0; v < versions.size() && v < found.matched_per_version.size(); ++v)
      raise(support, kb, versions.first + v, found.matched_per_version[v]);
  }
  const float best = support.empty() ? 0 : *std::ranges::max_element(support);
  for (float& value : support) value = best > 0 ? value / best : 0;
  return support;
}

}  // namespace

std::vector<float> support_of(const Hit& hit, const ScannedFile& file, const kb::Kb& kb) {
  const kb::Range releases = kb.component(hit.component).releases;
  if (hit.quality == HitQuality::similar) return support_of_similar(hit, file, kb, releases.size());
  std::vector<float> support(releases.size());
  // Where the component keeps the content as its own code, not as test data or as a copy of its own
  // older release.
  const auto rank = [&](const kb::Posting& posting, const kb::PathView& path) {
    return (posting.carried ? 0 : 2) +
           (path.role == static_cast<std::uint8_t>(fingerprint::FileRole::library) ? 1 : 0);
  };
  const auto for_each_place = [&](auto use) {
    for (kb::ContentId id = file.contents.first; id < file.contents.end; ++id)
      for (std::size_t i = 0; i < kb.posting_count(id); ++i) {
        const kb::Posting posting = kb.posting(id, i);
        const kb::PathView path = kb.path(kb.file_version(posting.file_version).path);
        if (path.component == hit.component) use(posting, rank(posting, path));
      }
  };
  int best = 0;
  for_each_place([&](const kb::Posting&, int place) { best = std::max(best, place); });
  for_each_place([&](const kb::Posting& posting, int place) {
    if (place == best) raise(support, kb, posting.file_version, 1.0F);
  });
  return support;
}

std::vector<kb::PathId> paths_of(const Hit& hit, const ScannedFile& file, const kb::Kb& kb) {
  if (hit.quality != HitQuality::similar) return {hit.path};
  std::vector<kb::PathId> parts;
  std::set<std::string_view> names;  // a file that moved resembles two paths of one name
  for (const Resemblance& found : file.resembles) {
    const kb::PathView path = kb.path(found.path);
    const bool part = path.component == hit.component && found.contained_ratio >= kContainedPart;
    if (part && names.insert(path.name.substr(path.name.rfind('/') + 1)).second)
      parts.push_back(found.path);
  }
  if (parts.size() < kMinParts) return {hit.path};
  return parts;
}

std::vector<std::uint32_t> missing_files(const kb::Kb& kb, kb::ComponentId component,
                                         std::span<const std::uint32_t> releases,
                                         const std::set<kb::PathId>& found) {
  std::vector<std::uint32_t> missing;
  for (const Presence& presence : count_presence(kb, component, releases, found))
    missing.push_back(presence.missing);
  return missing;
}

VersionEvidence infer_versions(kb::ComponentId component, std::span<const Hit> hits,
                               const std::vector<ScannedFile>& files, const kb::Kb& kb) {
  VersionEvidence evidence;
  const kb::Range releases = kb.component(component).releases;
  evidence.support.resize(releases.size());
  evidence.missing.resize(releases.size());
  std::set<kb::PathId> found;
  std::vector<std::vector<float>> supports;
  for (const Hit& hit : hits) {
    for (const kb::PathId path : paths_of(hit, files[hit.file], kb)) found.insert(path);
    supports.push_back(support_of(hit, files[hit.file], kb));
    const float share = hit.carried ? kCarriedSupport : 1.0F;
    for (std::size_t r = 0; r < supports.back().size(); ++r)
      evidence.support[r] += share * supports.back()[r];
  }
  if (evidence.support.empty()) return evidence;
  const float best = *std::ranges::max_element(evidence.support);
  evidence.best_support = best;
  std::vector<std::uint32_t> candidates;
  for (std::uint32_t r = 0; r < evidence.support.size(); ++r)
    if (evidence.support[r] > 0 && evidence.support[r] >= best - kSupportTolerance)
      candidates.push_back(r);
  // Missing files only choose between releases that the present files cannot tell apart.
  const auto presence = count_presence(kb, component, candidates, found);
  if (presence.empty()) return evidence;
  const auto fewest = std::ranges::min_element(presence, {}, &Presence::missing);
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    evidence.missing[candidates[i]] = presence[i].missing;
    if (presence[i].missing == fewest->missing) evidence.releases.push_back(candidates[i]);
  }
  const std::uint32_t chosen = evidence.releases.front();
  evidence.present = fewest->present;
  evidence.library_files = fewest->library;
  evidence.library_headers = fewest->headers;
  evidence.code_files = kb.release(releases.first + chosen).code_files;
  evidence.against_by_release.resize(releases.size());
  for (std::size_t i = 0; i < hits.size(); ++i) {
    const std::vector<float>& support = supports[i];
    if (hits[i].carried || support[chosen] > 0) continue;
    ++evidence.against;
    for (std::size_t r = 0; r < support.size(); ++r)
      evidence.against_by_release[r] += support[r] > 0;
  }
  return evidence;
}

}  // namespace stowaway::match
