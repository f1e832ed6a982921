#include "match/evidence.h"

#include <algorithm>
#include <set>

namespace stowaway::match {
namespace {

constexpr std::size_t kMaxRivals = 6;

std::string version_of(const kb::Kb& kb, kb::ComponentId component, std::uint32_t release) {
  return std::string(kb.release(kb.component(component).releases.first + release).version);
}

FileEvidence describe_hit(const Hit& hit, const ScannedFile& file, std::uint32_t chosen,
                          const kb::Kb& kb) {
  FileEvidence evidence{
      file.path, std::string(kb.path(hit.path).name), FileRelation::identical, 1.0, {}};
  const auto support = support_of(hit, file, kb);
  if (hit.quality == HitQuality::similar) {
    evidence.relation = FileRelation::changed;
    const Resemblance& found = file.resembles[hit.resemblance];
    evidence.similarity_ratio = std::min(found.contained_ratio, found.explained_ratio);
  } else if (chosen < support.size() && support[chosen] > 0) {
    evidence.relation =
        hit.quality == HitQuality::exact ? FileRelation::identical : FileRelation::reformatted;
  } else {
    evidence.relation = FileRelation::other_release;
    const auto first = std::ranges::find_if(support, [](float s) { return s > 0; });
    const auto last = std::find_if(support.rbegin(), support.rend(), [](float s) { return s > 0; });
    if (first != support.end()) {
      evidence.versions = {
          version_of(kb, hit.component, static_cast<std::uint32_t>(first - support.begin())),
          version_of(kb, hit.component, static_cast<std::uint32_t>(support.rend() - last - 1))};
    }
  }
  return evidence;
}

void add_rivals(const Placement& placement, const VersionEvidence& evidence,
                std::span<const Hit> hits, const std::vector<ScannedFile>& files,
                const std::set<kb::PathId>& found, const kb::Kb& kb, Copy& copy) {
  std::vector<RivalRelease> all;
  for (std::uint32_t r = 0; r < evidence.support.size(); ++r)
    all.push_back({version_of(kb, placement.component, r), 0, 0, 0});
  for (const std::uint32_t number : placement.hits) {
    const auto support = support_of(hits[number], files[hits[number].file], kb);
    for (std::size_t r = 0; r < support.size(); ++r)
      ++(support[r] >= 0.99F ? all[r].files_for : all[r].files_against);
  }
  const std::uint32_t chosen = evidence.releases.empty() ? 0 : evidence.releases.front();
  std::vector<std::uint32_t> order;
  for (std::uint32_t r = 0; r < all.size(); ++r)
    if (evidence.support[r] > 0) order.push_back(r);
  std::ranges::stable_sort(order, [&](std::uint32_t a, std::uint32_t b) {
    if ((a == chosen) != (b == chosen)) return a == chosen;
    return evidence.support[a] > evidence.support[b];
  });
  if (order.size() > kMaxRivals) order.resize(kMaxRivals);
  std::vector<std::uint32_t> ascending = order;
  std::ranges::sort(ascending);
  const auto missing = missing_files(kb, placement.component, ascending, found);
  for (std::size_t i = 0; i < ascending.size(); ++i) all[ascending[i]].files_missing = missing[i];
  for (const std::uint32_t r : order) copy.rivals.push_back(all[r]);
}

}  // namespace

void fill_evidence(const Placement& placement, const VersionEvidence& evidence,
                   std::span<const Hit> hits, const std::vector<ScannedFile>& files,
                   const kb::Kb& kb, Copy& copy) {
  const std::uint32_t chosen = evidence.releases.empty() ? 0 : evidence.releases.front();
  std::set<std::string_view> mine;
  std::set<kb::PathId> found;
  for (const std::uint32_t number : placement.hits) {
    const Hit& hit = hits[number];
    copy.files.push_back(describe_hit(hit, files[hit.file], chosen, kb));
    mine.insert(files[hit.file].path);
    for (const kb::PathId path : paths_of(hit, files[hit.file], kb)) found.insert(path);
  }
  for (const ScannedFile& file : files)
    if (lies_below(file.path, placement.root) && !mine.contains(file.path) &&
        placement.hits.size() > 1)
      copy.files.push_back({file.path, "", FileRelation::added, 0, {}});
  for_each_file_of(kb, placement.component, chosen, [&](kb::PathId id, std::uint32_t) {
    if (!found.contains(id))
      copy.files.push_back({std::string(kb.path(id).name),
                            std::string(kb.path(id).name),
                            FileRelation::missing,
                            0,
                            {}});
  });
  std::ranges::sort(copy.files, [](const FileEvidence& a, const FileEvidence& b) {
    return std::tie(a.path, a.relation) < std::tie(b.path, b.relation);
  });
  for (const FileEvidence& file : copy.files) {
    copy.counts.added += file.relation == FileRelation::added;
    copy.counts.missing += file.relation == FileRelation::missing;
  }
  add_rivals(placement, evidence, hits, files, found, kb, copy);
}

}  // namespace stowaway::match
