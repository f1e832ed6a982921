#include "match/copies.h"

#include <tbb/info.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <optional>
#include <set>

#include "match/borrowed.h"
#include "match/declared_only.h"
#include "match/declared_versions.h"
#include "match/evidence.h"
#include "match/versions.h"

namespace stowaway::match {
namespace {

// Purity from which a component at the subject's root is the subject itself.
constexpr double kSelfPurity = 0.35, kSelfCoverage = 0.5, kTopFolderShare = 0.9;
// What lies all over the subject is a copy only if it is this much of the release, or of the
// subject.
constexpr double kTopCoverage = 0.1, kTopPurity = 0.3;
// A larger file holds a file of a release that has so many shingles, if so much of it is there.
constexpr std::uint32_t kMinWholeShingles = 12;
constexpr double kMostlyThere = 0.8;
// With less than this of the release there, it may be a part that the component only borrowed.
constexpr double kBorrowedCoverage = 0.3;

struct Draft {
  Copy copy;
  const Placement* placement;
  VersionEvidence evidence;
  std::optional<BorrowedPart> borrowed;
  double likeness = 0;  // mean over the hits: of the file there, or of the release's file in it
  std::uint32_t own_library_files = 0,
                own_sources = 0;  // hits that are not carried; sources: no C or C++ headers
};

double ratio(double part, double whole) {
  return whole <= 0 ? 0 : std::clamp(part / whole, 0.0, 1.0);
}

// Code files at or below `root`.
std::span<const ScannedFile> files_below(const std::vector<ScannedFile>& files,
                                         const std::string& root) {
  if (root.empty()) return files;
  const auto first = std::ranges::lower_bound(files, root + '/', {}, &ScannedFile::path);
  const auto last = std::ranges::lower_bound(files, root + '0', {}, &ScannedFile::path);
  return {first, last};
}

bool is_library(const kb::Kb& kb, kb::PathId path) {
  return kb.path(path).role == static_cast<std::uint8_t>(fingerprint::FileRole::library);
}

struct Likeness {
  double unchanged;  // share of the subject's file that the component explains
  double alike;      // or, if more, share of the component's file that it holds: a bundle holds all
};

Likeness likeness_of(const Hit& hit, const ScannedFile& file) {
  if (hit.quality != HitQuality::similar) return {1, 1};
  const Resemblance& found = file.resembles[hit.resemblance];
  const bool whole = found.matched >= kMinWholeShingles && found.contained_ratio >= kMostlyThere;
  return {found.explained_by_component,
          std::max(found.explained_by_component, whole ? found.contained_ratio : 0)};
}

Draft draft_copy(const Placement& placement, std::span<const Hit> hits,
                 const std::vector<ScannedFile>& files, const kb::Kb& kb) {
  Draft draft{{}, &placement, {}, {}, 0, 0, 0};
  std::vector<Hit> mine;
  double unchanged = 0;
  std::set<kb::PathId> paths;
  for (const std::uint32_t number : placement.hits) {
    const Hit& hit = hits[number];
    mine.push_back(hit);
    for (const kb::PathId path : paths_of(hit, files[hit.file], kb)) paths.insert(path);
    draft.own_library_files += !hit.carried && is_library(kb, hit.path);
    draft.own_sources += !hit.carried && !is_header(files[hit.file].path);
    switch (hit.quality) {
      case HitQuality::exact: ++draft.copy.counts.identical; break;
      case HitQuality::reformatted: ++draft.copy.counts.reformatted; break;
      case HitQuality::similar: ++draft.copy.counts.changed; break;
    }
    const auto [there, alike] = likeness_of(hit, files[hit.file]);
    unchanged += there;
    draft.likeness += alike;
  }
  draft.evidence = infer_versions(placement.component, mine, files, kb);
  const kb::ComponentView component = kb.component(placement.component);
  Copy& copy = draft.copy;
  copy.path = placement.root;
  if (placement.hits.size() == 1) copy.path = files[hits[placement.hits.front()].file].path;
  copy.component = component.name;
  copy.purl = component.purl;
  copy.licence = component.licence;
  copy.counts.other_release = draft.evidence.against;
  copy.coverage_ratio = ratio(static_cast<double>(paths.size()), draft.evidence.code_files);
  copy.purity_ratio = ratio(static_cast<double>(placement.hits.size()),
                            static_cast<double>(files_below(files, placement.root).size()));
  copy.unchanged_ratio = ratio(unchanged, static_cast<double>(placement.hits.size()));
  draft.likeness = ratio(draft.likeness, static_cast<double>(placement.hits.size()));
  for (const kb::ComponentId rival : placement.rivals)
    copy.alternatives.emplace_back(kb.component(rival).name);
  return draft;
}

double library_coverage(const Draft& draft) {
  return ratio(draft.evidence.present, draft.evidence.library_files);
}

// Whether what was found is enough to name the component at all. docs/matching.md, "Findings".
bool is_finding(const Draft& draft, bool named) {
  const double weight = draft.placement->own_weight;
  const double coverage = library_coverage(draft);
  if (draft.own_library_files == 0) return false;
  // Scattered over the subject's top and all below it: relatives and borrowed files, not a copy.
  const bool scattered = draft.placement->root.empty() && draft.placement->hits.size() > 1;
  if (scattered && !named && coverage < kTopCoverage && draft.copy.purity_ratio < kTopPurity)
    return false;
  // Likeness alone names nobody unless there is much of it.
  const bool only_similar = draft.copy.counts.identical + draft.copy.counts.reformatted == 0;
  if (only_similar && draft.likeness < (named ? 0.35 : 0.5)) return false;
  // Headers alone are the interface to a library that lies elsewhere, unless it consists of
  // headers.
  const bool of_headers = draft.evidence.library_headers * 2 > draft.evidence.library_files;
  if (draft.own_sources == 0 && !of_headers && coverage < 0.2) return named && weight >= 8;
  if (named || coverage >= 0.5) return weight >= 5;
  if (coverage >= 0.1) return weight >= 16 && draft.own_library_files >= 2;
  return draft.own_library_files >= 3 && weight >= 16 && (coverage >= 0.02 || weight >= 60);
}

Verdict verdict_of(const Draft& draft) {
  const Copy& copy = draft.copy;
  const bool touched =
      copy.counts.changed + copy.counts.reformatted + copy.counts.other_release > 0;
  if (library_coverage(draft) < 0.1) return Verdict::fragment;
  if (touched) return Verdict::modified;
  return copy.coverage_ratio >= 1.0 ? Verdict::identical : Verdict::subset;
}

// Chosen so that the reliability table of `make accuracy` never shows fewer right findings than
// stated. Weight and identity count most: bytes are not the same by chance; a name and a covered
// release add to it.
double confidence_of(const Draft& draft) {
  const Copy& copy = draft.copy;
  const double found = copy.counts.identical + copy.counts.reformatted + copy.counts.changed;
  const double same = ratio(copy.counts.identical + copy.counts.reformatted, found);
  const double confidence = 0.5 + 0.2 * std::min(1.0, draft.placement->own_weight / 40) +
                            0.12 * same + (draft.placement->named ? 0.12 : 0.0) +
                            0.06 * std::min(1.0, 4 * library_coverage(draft)) -
                            (same == 0 ? 0.1 : 0.0);
  return std::clamp(confidence, 0.05, 0.99);
}

// The whole description of what lies there; nothing if it is not enough for a finding.
std::optional<Draft> finding_at(const Placement& placement, std::span<const Hit> hits,
                                const Collected& collected, const kb::Kb& kb,
                                const ScanOptions& options) {
  Draft draft = draft_copy(placement, hits, collected.files, kb);
  if (!is_finding(draft, placement.named)) return std::nullopt;
  if (!placement.named && library_coverage(draft) < kBorrowedCoverage)
    draft.borrowed = borrowed_part(placement, hits, collected.files, kb);
  if (draft.borrowed) return draft;
  draft.copy.declared = declarations_of(placement, hits, collected, kb);
  settle_versions(draft.evidence, placement.component, options.declarations, kb, draft.copy);
  draft.copy.verdict = verdict_of(draft);
  draft.copy.confidence = confidence_of(draft);
  if (options.evidence)
    fill_evidence(placement, draft.evidence, hits, collected.files, kb, draft.copy);
  return draft;
}

// The component at the top, or in the one folder where nearly all of the subject lies ("src", an
// archive's own folder).
bool is_subject_itself(const Draft& draft, const std::vector<ScannedFile>& files) {
  const std::string& root = draft.placement->root;
  const double share = ratio(static_cast<double>(files_below(files, root).size()),
                             static_cast<double>(files.size()));
  const auto library = static_cast<double>(std::ranges::count(
      files_below(files, root), fingerprint::FileRole::library, &ScannedFile::role));
  const double purity = ratio(draft.own_library_files, library);
  const bool is_top =
      root.empty() || (root.find('/') == std::string::npos && share >= kTopFolderShare);
  return is_top && purity >= kSelfPurity && library_coverage(draft) >= kSelfCoverage;
}

void nest(std::vector<Copy>& copies) {
  for (std::size_t i = 0; i < copies.size(); ++i)
    for (std::size_t j = 0; j < copies.size(); ++j) {
      if (i == j || !lies_below(copies[i].path, copies[j].path)) continue;
      const bool closer =
          !copies[i].nested_in || copies[*copies[i].nested_in].path.size() < copies[j].path.size();
      if (closer) copies[i].nested_in = j;
    }
}

}  // namespace

void describe_copies(const std::vector<Placement>& placements, std::span<const Hit> hits,
                     const Collected& collected, const kb::Kb& kb, const ScanOptions& options,
                     ScanResult& result) {
  std::vector<std::optional<Draft>> drafts(placements.size());
  // More threads than processors help nobody here, and TBB warns on standard error.
  const auto jobs = static_cast<int>(source::effective_jobs(options.source));
  tbb::task_arena arena(std::min(jobs, tbb::info::default_concurrency()));
  arena.execute([&] {
    tbb::parallel_for(std::size_t{0}, placements.size(), [&](std::size_t i) {
      drafts[i] = finding_at(placements[i], hits, collected, kb, options);
    });
  });
  for (std::optional<Draft>& draft : drafts) {
    if (!draft) continue;
    Copy& copy = draft->copy;
    if (draft->borrowed) {
      const BorrowedPart& part = *draft->borrowed;
      result.declared_only.push_back(
          {part.path, part.name, {}, {}, part.origin + " of " + copy.component});
      continue;
    }
    if (result.self.empty() && is_subject_itself(*draft, collected.files))
      result.self.push_back({copy.component, copy.purl, copy.versions, copy.verdict,
                             copy.confidence, copy.coverage_ratio});
    else
      result.copies.push_back(std::move(copy));
  }
  std::ranges::sort(result.copies, [](const Copy& a, const Copy& b) {
    return std::tie(a.path, a.component) < std::tie(b.path, b.component);
  });
  nest(result.copies);
  std::ranges::move(declared_only(collected, result.copies, kb),
                    std::back_inserter(result.declared_only));
  std::ranges::stable_sort(result.declared_only, {}, &DeclaredOnly::path);
  auto& only = result.declared_only;
  const auto same_place = [](const auto& a, const auto& b) { return a.path == b.path; };
  only.erase(std::unique(only.begin(), only.end(), same_place), only.end());
}

}  // namespace stowaway::match
