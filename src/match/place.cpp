#include "match/place.h"

#include <algorithm>
#include <map>
#include <set>

#include "match/names.h"

namespace stowaway::match {
namespace {

constexpr double kMinCandidateWeight = 2.0;
// Two roots whose release paths coincide this much are two copies, not two parts of one.
constexpr double kSameFilesRatio = 0.3;
// A common folder may be the root of parts that lie beside each other when this much of its code is
// theirs.
constexpr double kMinFolderPurity = 0.4;
// A part so light is no second copy, whatever files it has.
constexpr double kCrumbShare = 0.05;
// A root far lighter than the one below it is a stray file, not a root, unless it is called as the
// component is and holds little else.
constexpr double kMinRootShare = 0.15, kMinTopShare = 1.0;
// A folder in which so little is the component's is a place for many, not its root.
constexpr double kMinMergedPurity = 0.08;
// A candidate must keep this much of its own weight when heavier ones have taken theirs.
constexpr double kMinRemaining = 0.35;
// A root in which so little of the code is the copy's is narrowed to the folder that holds all of
// it.
constexpr double kMinRootPurity = 0.3;
// A candidate that lost most of its files to a heavier one around it, and keeps less than this
// share of that one's weight.
constexpr double kKinShare = 0.25;

// Of two components that explain a place, the one that the place is called after wins unless the
// other explains far more.
constexpr double kNamedFactor = 3.0;
constexpr double kCarriedFactor = 0.5;

// Components of whose matched shingles so much is theirs alone are parts of a bundle, not forks.
constexpr double kApartRatio = 0.8;
// A loser that explains this much of the same place is worth naming: a fork.
constexpr double kRivalShare = 0.7, kMinForkCoverage = 0.03;

struct Part {
  std::vector<std::uint32_t> hits;
  std::set<kb::PathId> paths;
  double own_weight = 0;  // of hits that are not carried
};
using Parts = std::map<std::string, Part, std::less<>>;

std::string_view parent_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

std::string_view last_part(std::string_view path) { return path.substr(path.rfind('/') + 1); }

bool same_files(const Part& a, const Part& b) {
  std::size_t common = 0;
  for (const kb::PathId path : a.paths) common += b.paths.contains(path);
  return static_cast<double>(common) >
         kSameFilesRatio * static_cast<double>(std::min(a.paths.size(), b.paths.size()));
}

void merge_into(Part& into, Part& from) {
  into.hits.insert(into.hits.end(), from.hits.begin(), from.hits.end());
  into.paths.insert(from.paths.begin(), from.paths.end());
  into.own_weight += from.own_weight;
}

// Counts code files below any folder.
class Folders {
 public:
  explicit Folders(const std::vector<ScannedFile>& files) : files_(&files) {}
  std::size_t code_files(std::string_view folder) const {
    if (folder.empty()) return files_->size();
    const std::string low = std::string(folder) + '/',
                      high = std::string(folder) + '0';  // '0' follows '/'
    const auto first = std::ranges::lower_bound(*files_, low, {}, &ScannedFile::path);
    const auto last = std::ranges::lower_bound(*files_, high, {}, &ScannedFile::path);
    return static_cast<std::size_t>(last - first);
  }

 private:
  const std::vector<ScannedFile>* files_;
};

// Moves the hits whose files lie below `root`, and whose release paths `to` does not have, from one
// part to another.
void take_lying_below(const std::string& root, Part& from, Part& to, std::span<const Hit> hits,
                      const std::vector<ScannedFile>& files) {
  std::vector<std::uint32_t> left;
  for (const std::uint32_t number : from.hits) {
    const Hit& hit = hits[number];
    if (!lies_below(files[hit.file].path, root) || to.paths.contains(hit.path)) {
      left.push_back(number);
      continue;
    }
    to.hits.push_back(number);
    to.paths.insert(hit.path);
    const double own = hit.carried ? 0.0 : hit.weight;
    to.own_weight += own;
    from.own_weight -= own;
  }
  from.hits = std::move(left);
}

// Deeper roots join the nearest root above them.
void merge_downwards(Parts& parts, const std::vector<std::string>& names, const Folders& folders,
                     std::span<const Hit> hits, const std::vector<ScannedFile>& files) {
  std::vector<std::string> roots;
  for (const auto& [root, part] : parts) roots.push_back(root);
  std::ranges::stable_sort(roots, std::greater<>(),
                           [](const std::string& root) { return root.size(); });
  for (const std::string& root : roots) {
    if (root.empty() || !parts.contains(root)) continue;
    for (std::string_view above = parent_of(root);; above = parent_of(above)) {
      const auto found = parts.find(above);
      if (found != parts.end()) {
        Part& part = parts.at(root);
        // The subject's top is a root of its own component only: what lies below joins it when most
        // of it lies there.
        const double share = above.empty() ? kMinTopShare : kMinRootShare;
        const double purity =
            static_cast<double>(found->second.hits.size() + part.hits.size()) /
            static_cast<double>(std::max<std::size_t>(1, folders.code_files(above)));
        const bool light = found->second.own_weight < share * part.own_weight;
        const bool named = above.empty() || mentions(names, last_part(above));
        const bool stray = light ? purity < kMinFolderPurity || !named : purity < kMinMergedPurity;
        const bool crumb = part.own_weight < kCrumbShare * found->second.own_weight;
        if (!stray && (crumb || !same_files(part, found->second))) {
          merge_into(found->second, part);
          parts.erase(root);
          break;
        }
        if (!stray) break;
        // What little hangs from the folder above, but lies below this root, belongs to this root.
        if (!above.empty() && found->second.own_weight < share * part.own_weight) {
          take_lying_below(root, found->second, part, hits, files);
          if (found->second.hits.empty()) parts.erase(found);
        }
      }
      if (above.empty()) break;
    }
  }
}

// Roots that lie beside each other (a moved include/ and src/) join in their common folder.
void merge_sideways(Parts& parts, const Folders& folders) {
  for (bool changed = true; changed;) {
    changed = false;
    std::map<std::string, std::vector<std::string>> by_parent;
    for (const auto& [root, part] : parts)
      if (!root.empty() && !parent_of(root).empty())
        by_parent[std::string(parent_of(root))].push_back(root);
    for (const auto& [parent, roots] : by_parent) {
      if (roots.size() < 2) continue;
      std::size_t hits = 0;
      bool apart = true;
      for (std::size_t i = 0; i < roots.size(); ++i) {
        hits += parts.at(roots[i]).hits.size();
        for (std::size_t j = 0; j < i; ++j)
          apart = apart && !same_files(parts.at(roots[i]), parts.at(roots[j]));
      }
      const double purity = static_cast<double>(hits) / static_cast<double>(std::max<std::size_t>(
                                                            1, folders.code_files(parent)));
      if (!apart || purity < kMinFolderPurity) continue;
      Part joined;
      for (const std::string& root : roots) {
        merge_into(joined, parts.at(root));
        parts.erase(root);
      }
      merge_into(parts[parent], joined);
      changed = true;
      break;
    }
  }
}

// "deps", where only deps/googletest holds the copy's files, becomes deps/googletest, when deps
// holds much else or the folder below is called as the component is.
void narrow_root(Placement& placement, std::span<const Hit> hits,
                 const std::vector<ScannedFile>& files, const std::vector<std::string>& names,
                 const Folders& folders) {
  if (placement.hits.size() < 2) return;
  const auto purity = [&] {
    return static_cast<double>(placement.hits.size()) /
           static_cast<double>(std::max<std::size_t>(1, folders.code_files(placement.root)));
  };
  for (;;) {
    const std::size_t start = placement.root.empty() ? 0 : placement.root.size() + 1;
    const std::string& first = files[hits[placement.hits.front()].file].path;
    const std::size_t slash = first.find('/', start);
    if (slash == std::string::npos) return;
    const std::string below = first.substr(0, slash);
    const bool all = std::ranges::all_of(placement.hits, [&](std::uint32_t number) {
      return lies_below(files[hits[number].file].path, below);
    });
    const bool better_named =
        mentions(names, last_part(below)) && !mentions(names, last_part(placement.root));
    if (!all || (purity() >= kMinRootPurity && !better_named)) return;
    placement.root = below;
  }
}

// Whether a folder or file of the copy is called as the component is: "deps/lua/src",
// "jquery-3.6.0.min.js".
bool bears_name(const Placement& placement, std::span<const Hit> hits,
                const std::vector<ScannedFile>& files, const kb::Kb& kb) {
  const auto names = plain_names_of(kb.component(placement.component));
  if (mentions(names, last_part(placement.root))) return true;
  return std::ranges::any_of(placement.hits, [&](std::uint32_t number) {
    const std::string& path = files[hits[number].file].path;
    return mentions(names, last_part(path));
  });
}

// Whether what was found is enough of the component's newest release to call it a fork; a file or
// two that it shares with the winner are not.
bool is_fork(const Placement& candidate, const kb::Kb& kb) {
  const kb::Range releases = kb.component(candidate.component).releases;
  if (releases.empty()) return false;
  return static_cast<double>(candidate.hits.size()) >=
         kMinForkCoverage * kb.release(releases.end - 1).code_files;
}

bool is_apart(const Hit& hit, const ScannedFile& file) {
  return hit.quality == HitQuality::similar &&
         file.resembles[hit.resemblance].apart_ratio >= kApartRatio;
}

// What is carried counts for less than what is owned, so that a component goes before those that
// embed it, but enough for a fork, which owns its own part and carries its parent's, to go before
// the parent.
double rank_of(const Placement& placement) {
  const double carried = placement.total_weight - placement.own_weight;
  return (placement.own_weight + kCarriedFactor * carried) * (placement.named ? kNamedFactor : 1);
}

}  // namespace

bool lies_below(std::string_view path, std::string_view root) {
  if (root.empty()) return !path.empty();
  return path.size() > root.size() && path.starts_with(root) && path[root.size()] == '/';
}

std::vector<Placement> candidate_placements(std::span<const Hit> hits,
                                            const std::vector<ScannedFile>& files,
                                            const kb::Kb& kb) {
  std::map<kb::ComponentId, Parts> by_component;
  for (std::uint32_t i = 0; i < hits.size(); ++i) {
    const Hit& hit = hits[i];
    if (hit.weight <= 0) continue;
    Part& part =
        by_component[hit.component][std::string(root_of(files[hit.file].path, hit.common_parts))];
    part.hits.push_back(i);
    part.paths.insert(hit.path);
    part.own_weight += hit.carried ? 0.0 : hit.weight;
  }
  const Folders folders(files);
  std::vector<Placement> candidates;
  for (auto& [component, parts] : by_component) {
    double own = 0;
    for (const auto& [root, part] : parts)
      for (const std::uint32_t hit : part.hits) own += hits[hit].carried ? 0.0 : hits[hit].weight;
    if (own < kMinCandidateWeight) continue;
    const auto names = plain_names_of(kb.component(component));
    merge_downwards(parts, names, folders, hits, files);
    merge_sideways(parts, folders);
    merge_downwards(parts, names, folders, hits, files);
    for (auto& [root, part] : parts) {
      Placement placement{component, root, std::move(part.hits), 0, 0, false, {}};
      std::ranges::sort(placement.hits);
      for (const std::uint32_t hit : placement.hits) {
        placement.total_weight += hits[hit].weight;
        placement.own_weight += hits[hit].carried ? 0.0 : hits[hit].weight;
      }
      placement.named = bears_name(placement, hits, files, kb);
      if (placement.own_weight >= kMinCandidateWeight) candidates.push_back(std::move(placement));
    }
  }
  return candidates;
}

std::vector<Placement> explain_tree(std::vector<Placement> candidates, std::span<const Hit> hits,
                                    const std::vector<ScannedFile>& files, const kb::Kb& kb) {
  std::ranges::stable_sort(candidates, [](const Placement& a, const Placement& b) {
    const double x = rank_of(a), y = rank_of(b);
    return x != y ? x > y : std::tie(a.root, a.component) < std::tie(b.root, b.component);
  });
  // Which accepted placements explain a file: as its own, or as something that it carries.
  struct Claim {
    std::size_t placement;
    bool own;
    bool apart;  // explains a part of the file that no other component does
  };
  std::vector<std::vector<Claim>> claims(files.size());
  std::map<kb::ComponentId, std::vector<std::string>> names;
  std::vector<bool> file_named(hits.size());  // the file is called as the hit's component
  for (const Placement& candidate : candidates) {
    if (!names.contains(candidate.component))
      names[candidate.component] = plain_names_of(kb.component(candidate.component));
    for (const std::uint32_t number : candidate.hits) {
      const std::string& path = files[hits[number].file].path;
      file_named[number] = mentions(names[candidate.component], last_part(path));
    }
  }
  const Folders folders(files);
  std::vector<Placement> accepted;
  for (Placement& candidate : candidates) {
    double left = 0, left_with_carried = 0;
    std::vector<std::uint32_t> kept;
    struct Loss {
      double weight = 0;
      std::size_t files = 0;
    };
    std::map<std::size_t, Loss> lost_to;
    for (const std::uint32_t number : candidate.hits) {
      const Hit& hit = hits[number];
      const Claim* taker = nullptr;
      for (const Claim& claim : claims[hit.file]) {
        // What a winner only carries stays free for a component deeper down, and for one that the
        // file is called after.
        // And the parts of a bundle are free for each other.
        const bool carried =
            !claim.own &&
            (lies_below(candidate.root, accepted[claim.placement].root) || file_named[number]);
        const bool free = carried || (claim.apart && is_apart(hit, files[hit.file]));
        if (!free) taker = &claim;
      }
      if (taker != nullptr) {
        Loss& loss = lost_to[taker->placement];
        loss.weight += hit.carried ? 0.0 : hit.weight;
        ++loss.files;
        continue;
      }
      kept.push_back(number);
      left += hit.carried ? 0.0 : hit.weight;
      left_with_carried += hit.weight;
    }
    bool lost = left < kMinCandidateWeight || left < kMinRemaining * candidate.own_weight;
    for (const auto& [placement, loss] : lost_to) {
      const std::string& root = accepted[placement].root;
      if (candidate.root != root && !lies_below(candidate.root, root)) continue;
      // What remains of a relative of the winner (pcre beside pcre2) is no second copy.
      const bool kin =
          loss.files > kept.size() && left < kKinShare * accepted[placement].own_weight;
      lost = lost || kin;
    }
    if (lost) {
      for (const auto& [placement, loss] : lost_to)
        if (candidate.root == accepted[placement].root && is_fork(candidate, kb) &&
            loss.weight > kRivalShare * accepted[placement].total_weight)
          accepted[placement].rivals.push_back(candidate.component);
      continue;
    }
    for (const std::uint32_t number : kept)
      claims[hits[number].file].push_back({accepted.size(), !hits[number].carried,
                                           is_apart(hits[number], files[hits[number].file])});
    candidate.hits = std::move(kept);
    candidate.own_weight = left;
    candidate.total_weight = left_with_carried;
    narrow_root(candidate, hits, files, names[candidate.component], folders);
    accepted.push_back(std::move(candidate));
  }
  return accepted;
}

}  // namespace stowaway::match
