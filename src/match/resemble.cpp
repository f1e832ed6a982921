#include "match/resemble.h"

#include <algorithm>
#include <array>

namespace stowaway::match {
namespace {

constexpr std::size_t kMaxResemblances = 6;
// A shingle that stands in more paths than this is furniture (a common loop, a licence table) and
// names nobody.
constexpr std::size_t kMaxOccurrences = 48;
constexpr std::uint32_t kMinMatched = 3;  // fewer can be chance and common idioms
constexpr double kMinContained = 0.12;    // of the KB's file …
constexpr double kMinExplained = 0.12;    // … or of the subject's

}  // namespace

std::vector<Resemblance> Resembler::find(std::vector<fingerprint::Shingle>& shingles) {
  std::ranges::sort(shingles, {}, &fingerprint::Shingle::key);
  const auto same_key = [](const auto& a, const auto& b) { return a.key == b.key; };
  shingles.erase(std::unique(shingles.begin(), shingles.end(), same_key), shingles.end());
  for (const auto& shingle : shingles) kb_->prefetch(shingle.key);
  hits_.clear();
  for (const auto& shingle : shingles) {
    const auto occurrences = kb_->occurrences(shingle.key);
    if (occurrences.size() > kMaxOccurrences) continue;
    for (const auto& occurrence : occurrences)
      hits_.push_back({occurrence.path, occurrence.first, occurrence.last});
  }
  std::vector<Resemblance> found;
  if (hits_.size() < kMinMatched) return found;
  std::ranges::sort(hits_, {}, &Hit::path);
  // How many shingles the file has at each density.
  sample_sizes_.assign(40, 0);
  for (const auto& shingle : shingles) ++sample_sizes_[std::min<std::size_t>(shingle.exponent, 39)];
  for (std::size_t i = sample_sizes_.size() - 1; i-- > 0;) sample_sizes_[i] += sample_sizes_[i + 1];

  for (std::size_t from = 0; from < hits_.size();) {
    std::size_t end = from;
    while (end < hits_.size() && hits_[end].path == hits_[from].path) ++end;
    const kb::PathView path = kb_->path(hits_[from].path);
    const std::uint32_t versions = path.file_versions.size();
    if (end - from >= kMinMatched && versions > 0) {
      std::vector<std::uint16_t> matched(versions);
      for (std::size_t i = from; i < end; ++i)
        for (std::uint32_t v = hits_[i].first; v <= hits_[i].last && v < versions; ++v)
          ++matched[v];
      const double in_file = std::max<std::uint32_t>(
          1, sample_sizes_[std::min<std::size_t>(path.density_exponent, 39)]);
      Resemblance best{hits_[from].path, 0, 0, 0, 0, {}};
      double best_score = 0;
      for (std::uint32_t v = 0; v < versions; ++v) {
        if (matched[v] < kMinMatched) continue;
        const double in_version =
            std::max<std::uint32_t>(1, kb_->file_version(path.file_versions.first + v).shingles);
        const double contained = std::min(1.0, matched[v] / in_version),
                     explained = std::min(1.0, matched[v] / in_file);
        const double score = matched[v] / (in_version + in_file - matched[v] + 1e-9);
        if (score <= best_score) continue;
        best_score = score;
        best = {best.path, v, contained, explained, matched[v], {}};
      }
      if (best.contained_ratio >= kMinContained || best.explained_ratio >= kMinExplained) {
        best.matched_per_version = std::move(matched);
        found.push_back(std::move(best));
      }
    }
    from = end;
  }
  std::ranges::sort(found, [](const Resemblance& a, const Resemblance& b) {
    const double x = a.contained_ratio + a.explained_ratio,
                 y = b.contained_ratio + b.explained_ratio;
    return x != y ? x > y : a.path < b.path;
  });
  if (found.size() > kMaxResemblances) found.resize(kMaxResemblances);
  return found;
}

}  // namespace stowaway::match
