#include "match/hits.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <span>

namespace stowaway::match {
namespace {

constexpr std::size_t kMaxHolders = 40;
constexpr std::size_t kMaxPostings = 4000;
constexpr double kRenamedLikeness = 0.6, kRenamedFactor = 0.2;

// How much of a finding a file can carry that the release keeps in such a place. Where the subject
// keeps it does not matter: Doxygen's jquery.js lies in docs/.
double role_factor(std::uint8_t role) {
  switch (static_cast<fingerprint::FileRole>(role)) {
    case fingerprint::FileRole::library: return 1.0;
    case fingerprint::FileRole::test:
    case fingerprint::FileRole::example:
    case fingerprint::FileRole::documentation: return 0.35;
    case fingerprint::FileRole::boilerplate: return 0.05;
  }
  return 0;
}

// Bits by which a file's length exceeds a trivial one: a kilobyte of code is not by chance the
// same.
double length_weight(const ScannedFile& file) {
  const double bytes = file.normalised_bytes != 0 ? file.normalised_bytes
                                                  : 0.7 * static_cast<double>(file.size_bytes);
  return std::clamp(std::log2(bytes / 32.0), 0.0, 14.0);
}

struct Best {
  kb::PathId path = 0;
  unsigned parts = 0;
  bool carried = true, set = false;
};

}  // namespace

unsigned common_end_parts(std::string_view a, std::string_view b) {
  unsigned parts = 0;
  while (true) {
    const std::size_t slash_a = a.rfind('/'), slash_b = b.rfind('/');
    const std::string_view last_a = slash_a == std::string_view::npos ? a : a.substr(slash_a + 1);
    const std::string_view last_b = slash_b == std::string_view::npos ? b : b.substr(slash_b + 1);
    if (last_a != last_b) return parts;
    ++parts;
    if (slash_a == std::string_view::npos || slash_b == std::string_view::npos) return parts;
    a = a.substr(0, slash_a);
    b = b.substr(0, slash_b);
  }
}

std::string_view root_of(std::string_view path, unsigned parts) {
  for (unsigned i = 0; i < std::max(parts, 1U); ++i) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string_view::npos) return {};
    path = path.substr(0, slash);
  }
  return path;
}

namespace {

void add_identity_hits(std::uint32_t number, const ScannedFile& file, const kb::Kb& kb,
                       std::vector<Hit>& hits) {
  std::map<kb::ComponentId, Best> by_component;
  std::size_t seen = 0;
  for (kb::ContentId id = file.contents.first; id < file.contents.end; ++id)
    for (std::size_t i = 0; i < kb.posting_count(id) && seen < kMaxPostings; ++i, ++seen) {
      const kb::Posting posting = kb.posting(id, i);
      const kb::PathId path_id = kb.file_version(posting.file_version).path;
      const kb::PathView path = kb.path(path_id);
      Best& best = by_component[path.component];
      const unsigned parts = common_end_parts(file.path, path.name);
      // Where the component owns a content is its place, rather than where it keeps another copy of
      // it.
      if (!best.set || std::pair(!posting.carried, parts) > std::pair(!best.carried, best.parts))
        best = {path_id, parts, posting.carried, true};
    }
  if (by_component.size() > kMaxHolders) return;
  const double weight = length_weight(file) * (file.exact ? 1.0 : 0.95);
  for (const auto& [component, best] : by_component)
    hits.push_back({number, component, best.path, static_cast<std::uint16_t>(best.parts),
                    file.exact ? HitQuality::exact : HitQuality::reformatted, best.carried, 0,
                    static_cast<float>(weight * role_factor(kb.path(best.path).role))});
}

// Components that have the file itself, among the hits from `before` on, are not said to have a
// similar one.
void add_similar_hits(std::uint32_t number, const ScannedFile& file, const kb::Kb& kb,
                      std::size_t before, std::vector<Hit>& hits) {
  std::map<kb::ComponentId, Hit> by_component;
  for (std::size_t i = 0; i < file.resembles.size(); ++i) {
    const Resemblance& found = file.resembles[i];
    const kb::PathView path = kb.path(found.path);
    const unsigned parts = common_end_parts(file.path, path.name);
    // A file of another name is only believed when most of it is there: generated parsers and
    // tables share their skeletons.
    const double alike = std::max(found.contained_ratio, found.explained_by_component);
    const bool renamed = parts == 0 && alike < kRenamedLikeness;
    const double likeness = alike * (renamed ? kRenamedFactor : 1.0);
    const double weight = length_weight(file) * role_factor(path.role) * likeness *
                          std::min(1.0, found.matched / 8.0);
    const Hit hit{number,
                  path.component,
                  found.path,
                  static_cast<std::uint16_t>(parts),
                  HitQuality::similar,
                  kb.file_version(path.file_versions.first + found.best_version).carried,
                  static_cast<std::uint8_t>(i),
                  static_cast<float>(weight)};
    const auto [place, is_new] = by_component.emplace(path.component, hit);
    const bool better = parts > place->second.common_parts && weight > 0.7 * place->second.weight;
    if (!is_new && better) place->second = hit;
  }
  for (const auto& [component, hit] : by_component) {
    const auto known = std::span(hits).subspan(before);
    if (std::ranges::find(known, component, &Hit::component) == known.end()) hits.push_back(hit);
  }
}

}  // namespace

std::vector<Hit> find_hits(const std::vector<ScannedFile>& files, const kb::Kb& kb) {
  std::vector<Hit> hits;
  for (std::uint32_t i = 0; i < files.size(); ++i) {
    const std::size_t before = hits.size();
    if (files[i].known()) add_identity_hits(i, files[i], kb, hits);
    if (!files[i].resembles.empty()) add_similar_hits(i, files[i], kb, before, hits);
  }
  return hits;
}

}  // namespace stowaway::match
