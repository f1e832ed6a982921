#include "match/resemble.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

namespace stowaway::match {
namespace {

constexpr std::size_t kMaxResemblances = 24;
constexpr double kMinContained = 0.12;  // of the KB's file …
constexpr double kMinExplained = 0.12;  // … or of the subject's

}  // namespace

std::vector<Resemblance> Resembler::find(std::vector<fingerprint::Shingle>& shingles) {
  std::ranges::sort(shingles, {}, &fingerprint::Shingle::key);
  const auto same_key = [](const auto& a, const auto& b) { return a.key == b.key; };
  shingles.erase(std::unique(shingles.begin(), shingles.end(), same_key), shingles.end());
  keys_.clear();
  for (const auto& shingle : shingles) keys_.push_back(shingle.key);
  occurrences_.resize(keys_.size());
  kb_->occurrences(keys_, occurrences_);
  hits_.clear();
  for (std::uint32_t i = 0; i < shingles.size(); ++i) {
    const kb::Occurrences& occurrences = occurrences_[i];
    if (occurrences.size() > kMaxOccurrences) continue;
    for (const auto& occurrence : occurrences)
      hits_.push_back({occurrence.path, occurrence.first, occurrence.last, i});
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
    // Most hits are alone in their path: what of it lies elsewhere is not looked at then.
    const kb::PathNumbers path =
        end - from >= kMinMatched ? kb_->path_numbers(hits_[from].path) : kb::PathNumbers{};
    const std::uint32_t versions = path.file_versions.size();
    if (versions > 0) {
      std::vector<std::uint16_t> matched(versions);
      for (std::size_t i = from; i < end; ++i)
        for (std::uint32_t v = hits_[i].first; v <= hits_[i].last && v < versions; ++v)
          ++matched[v];
      const double in_file = std::max<std::uint32_t>(
          1, sample_sizes_[std::min<std::size_t>(path.density_exponent, 39)]);
      Resemblance best{hits_[from].path, 0, 0, 0, 0, {}, 0, 1, {}};
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
        best = {best.path, v, contained, explained, matched[v], {}, explained, 1, {}};
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
  add_windows_per_release(found);
  add_apart_ratios(found);
  return found;
}

void Resembler::add_apart_ratios(std::vector<Resemblance>& found) {
  std::map<kb::PathId, kb::ComponentId> component_of;
  for (const Resemblance& one : found)
    component_of[one.path] = kb_->path_numbers(one.path).component;
  std::map<std::uint32_t, std::set<kb::ComponentId>> holders;  // by shingle
  for (const Hit& hit : hits_)
    if (const auto path = component_of.find(hit.path); path != component_of.end())
      holders[hit.shingle].insert(path->second);
  struct Count {
    double alone = 0, all = 0;
  };
  std::map<kb::ComponentId, Count> counts;
  for (const auto& [shingle, components] : holders)
    for (const kb::ComponentId component : components) {
      counts[component].alone += components.size() == 1;
      ++counts[component].all;
    }
  for (Resemblance& one : found) {
    const Count& count = counts[component_of[one.path]];
    one.apart_ratio = count.alone / count.all;
  }
}

void Resembler::add_windows_per_release(std::vector<Resemblance>& found) {
  for (std::size_t i = 0; i < found.size(); ++i) {
    const kb::ComponentId component = kb_->path_numbers(found[i].path).component;
    const auto same = [&](const Resemblance& other) {
      return kb_->path_numbers(other.path).component == component;
    };
    if (std::ranges::any_of(std::span(found).first(i), same) ||
        std::ranges::count_if(found, same) < 2)
      continue;
    const std::size_t releases = kb_->component(component).releases.size();
    if (releases == 0) continue;  // a damaged KB
    const auto hits_where = [&](auto wanted) {
      std::vector<Hit> hits;
      for (const Hit& hit : hits_)
        if (std::ranges::any_of(found, [&](const Resemblance& other) {
              return other.path == hit.path && same(other) && wanted(other);
            }))
          hits.push_back(hit);
      return hits;
    };
    found[i].windows_per_release =
        windows_of(hits_where([](const Resemblance&) { return true; }), releases);
    // Parts that are there in little share furniture (a parser's skeleton), not code.
    const auto parts = windows_of(hits_where([](const Resemblance& other) {
                                    return other.contained_ratio >= kContainedPart;
                                  }),
                                  releases);
    const double explained = std::ranges::max(parts) / windows_in_file();
    for (Resemblance& other : found)
      if (same(other))
        other.explained_by_component = std::max(other.explained_ratio, std::min(1.0, explained));
  }
}

double Resembler::windows_in_file() const {
  constexpr unsigned kDensest = fingerprint::kMinDensityExponent;
  return std::max(1.0, std::ldexp(static_cast<double>(sample_sizes_[kDensest]), kDensest));
}

// A shingle counts once in a release, however many of its paths have it, and for as many windows as
// were sampled to find it: a release that is cut into more files does not count more.
std::vector<float> Resembler::windows_of(std::vector<Hit> hits, std::size_t releases) const {
  std::ranges::sort(hits, {}, &Hit::shingle);
  std::vector<float> total(releases), one(releases);
  for (std::size_t from = 0; from < hits.size();) {
    std::ranges::fill(one, 0.0F);
    std::size_t end = from;
    for (; end < hits.size() && hits[end].shingle == hits[from].shingle; ++end) {
      const kb::PathNumbers path = kb_->path_numbers(hits[end].path);
      const float windows = std::ldexp(1.0F, path.density_exponent);
      for (std::uint32_t v = hits[end].first; v <= hits[end].last && v < path.file_versions.size();
           ++v)
        for (const auto span : kb_->releases_of(path.file_versions.first + v))
          for (std::size_t r = span.first; r <= span.last && r < releases; ++r)
            one[r] = std::max(one[r], windows);
    }
    for (std::size_t r = 0; r < releases; ++r) total[r] += one[r];
    from = end;
  }
  return total;
}

}  // namespace stowaway::match
