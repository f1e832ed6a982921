#include "kb/miner/pack_builder.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <set>

#include "base/versions.h"
#include "fingerprint/file_class.h"

namespace stowaway::kb {
namespace {

// Turns ascending positions into spans of neighbours.
std::vector<Span32> spans_of(const std::vector<std::uint32_t>& positions) {
  std::vector<Span32> spans;
  for (const std::uint32_t position : positions) {
    if (!spans.empty() && spans.back().last + 1 == position)
      spans.back().last = position;
    else
      spans.push_back(Span32{position, position});
  }
  return spans;
}

// What labels of one version have in common: no ".0" at the end of nothing but numbers.
std::string plain_version(const std::string& label) {
  if (label.find_first_not_of("0123456789.") != std::string::npos) return label;
  std::string plain = label;
  while (plain.size() > 2 && plain.ends_with(".0")) plain.resize(plain.size() - 2);
  return plain;
}

// Of two accounts of one revision: the earlier date, and the signature that says more.
void complete(PackOrigin& origin, const PackOrigin& other) {
  const auto better = [](std::string& mine, const std::string& theirs) {
    if (!theirs.empty() && (mine.empty() || theirs < mine)) mine = theirs;
  };
  better(origin.date, other.date);
  better(origin.signature, other.signature);
}

// Makes `release` hold all origins of both: the one with the earliest date as its own.
void add_origins(PackRelease& release, const PackRelease& more) {
  std::vector<PackOrigin> all = release.others;
  all.push_back({release.date, release.revision, release.signature});
  all.insert(all.end(), more.others.begin(), more.others.end());
  all.push_back({more.date, more.revision, more.signature});
  std::ranges::sort(all, {}, &PackOrigin::revision);
  std::vector<PackOrigin> distinct;
  for (PackOrigin& origin : all)
    if (!distinct.empty() && distinct.back().revision == origin.revision)
      complete(distinct.back(), origin);
    else
      distinct.push_back(std::move(origin));
  if (distinct.size() > 1)  // what is known makes room for nothing known
    std::erase_if(distinct, [](const PackOrigin& o) { return o == PackOrigin{}; });
  const auto first = std::ranges::min_element(distinct, {}, [](const PackOrigin& origin) {
    return std::tuple(origin.date.empty(), origin.date, origin.revision);
  });
  release.date = first->date;
  release.revision = first->revision;
  release.signature = first->signature;
  distinct.erase(first);
  std::ranges::sort(distinct);
  release.others = std::move(distinct);
}

}  // namespace

std::uint8_t density_exponent_for(std::uint64_t normalised_bytes, std::uint64_t wanted) {
  const std::uint64_t ratio = normalised_bytes / wanted;
  const unsigned exponent = ratio < 2 ? 0 : static_cast<unsigned>(std::bit_width(ratio) - 1);
  return static_cast<std::uint8_t>(
      std::clamp(exponent, fingerprint::kMinDensityExponent, fingerprint::kMaxDensityExponent));
}

FingerprintedContent fingerprint_content(fingerprint::Bytes bytes, std::string_view path) {
  thread_local std::vector<std::byte> buffer;
  const fingerprint::FileClass type = fingerprint::classify(path);
  const fingerprint::Bytes normalised = fingerprint::normalise(bytes, type.comments, buffer);
  FingerprintedContent result;
  result.normalised_bytes = normalised.size();
  result.content.size_bytes = bytes.size();
  result.content.normalised = fingerprint::normalised_id(normalised);
  const auto md5 = fingerprint::md5_of(bytes);
  const auto sha256 = fingerprint::sha256_of(bytes);
  std::copy_n(md5.bytes.begin(), kMd5PrefixBytes, result.content.md5.begin());
  std::copy_n(sha256.bytes.begin(), kSha256PrefixBytes, result.content.sha256.begin());
  if (!fingerprint::looks_like_text(bytes) || type.role != fingerprint::FileRole::library)
    return result;
  fingerprint::sample_shingles(normalised, result.shingles);
  std::ranges::sort(result.shingles, {},
                    [](const fingerprint::Shingle& shingle) { return std::uint64_t{shingle.key}; });
  const auto same_key = [](const auto& a, const auto& b) { return a.key == b.key; };
  result.shingles.erase(std::unique(result.shingles.begin(), result.shingles.end(), same_key),
                        result.shingles.end());
  return result;
}

bool belongs_into_pack(std::string_view path) {
  return path.size() <= kMaxTextBytes && fingerprint::classify(path).is_code;
}

PackBuilder::PackBuilder(Pack pack) {
  head_.component = pack.component;
  head_.purl = pack.purl;
  head_.language = pack.language;
  head_.licence = pack.licence;
  head_.aliases = pack.aliases;
  head_.rank = pack.rank;
  head_.sources = pack.sources;
  take_over(std::move(pack));
}

void PackBuilder::take_over(Pack pack) {
  std::vector<std::uint32_t> contents, releases;
  for (const PackContent& content : pack.contents) {
    const auto [place, is_new] =
        content_numbers_.emplace(content, static_cast<std::uint32_t>(contents_.size()));
    if (is_new) contents_.push_back(BuiltContent{content, 0, {}});
    contents.push_back(place->second);
  }
  for (PackRelease& release : pack.releases) releases.push_back(add_release(std::move(release)));
  take_over_paths(pack, contents, releases);
}

void PackBuilder::take_over_paths(const Pack& pack, const std::vector<std::uint32_t>& contents,
                                  const std::vector<std::uint32_t>& releases) {
  for (const PackPath& path : pack.paths) {
    BuiltPath& built = paths_[path.path];
    built.known_exponent = std::max(built.known_exponent, path.density_exponent);
    std::vector<KnownSample> samples(path.versions.size());
    for (const PackShingle& shingle : path.shingles)
      for (const Span32 span : shingle.versions)
        for (std::uint32_t v = span.first; v <= span.last; ++v)
          samples[v].keys.push_back(shingle.key);
    for (std::size_t v = 0; v < path.versions.size(); ++v) {
      const std::uint32_t content = contents[path.versions[v].content];
      for (const Span32 span : path.versions[v].releases)
        for (std::uint32_t r = span.first; r <= span.last; ++r)
          built.releases_of[content].push_back(releases[r]);
      samples[v].exponent = path.density_exponent;
      built.known[content].push_back(std::move(samples[v]));
    }
  }
}

bool PackBuilder::has_release(const std::string& version, const std::string& revision) const {
  const auto found = release_numbers_.find(plain_version(version));
  if (found == release_numbers_.end()) return false;
  const PackRelease& release = head_.releases[found->second];
  return release.revision == revision ||
         std::ranges::find(release.others, revision, &PackOrigin::revision) != release.others.end();
}

std::uint32_t PackBuilder::add_content(FingerprintedContent content) {
  const auto [place, is_new] =
      content_numbers_.emplace(content.content, static_cast<std::uint32_t>(contents_.size()));
  BuiltContent built{content.content, content.normalised_bytes, std::move(content.shingles)};
  if (is_new)
    contents_.push_back(std::move(built));
  else if (BuiltContent& known = contents_[place->second];
           known.normalised_bytes == 0 || known.shingles.empty())
    known = std::move(built);  // from a pack, or seen first among tests, which are not sampled
  return place->second;
}

std::uint32_t PackBuilder::add_release(PackRelease release) {
  const auto [place, is_new] = release_numbers_.emplace(
      plain_version(release.version), static_cast<std::uint32_t>(head_.releases.size()));
  if (is_new) {
    head_.releases.push_back(std::move(release));
    return place->second;
  }
  PackRelease& known = head_.releases[place->second];
  add_origins(known, release);
  if (release.version.size() < known.version.size()) known.version = release.version;
  return place->second;
}

void PackBuilder::add_file(std::uint32_t release, const std::string& path, std::uint32_t content) {
  paths_[path].releases_of[content].push_back(release);
}

std::vector<std::uint32_t> PackBuilder::order_releases(Pack& pack) const {
  std::vector<std::uint32_t> order(pack.releases.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, [&](std::uint32_t a, std::uint32_t b) {
    const auto by_version = compare_versions(pack.releases[a].version, pack.releases[b].version);
    return by_version != 0 ? by_version < 0 : pack.releases[a].version < pack.releases[b].version;
  });
  std::vector<PackRelease> sorted;
  std::vector<std::uint32_t> position(order.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) {
    position[order[i]] = i;
    sorted.push_back(std::move(pack.releases[order[i]]));
  }
  pack.releases = std::move(sorted);
  return position;
}

// The shingles of a content at a path, at the path's density; ascending.
std::vector<std::uint64_t> PackBuilder::keys_of(const BuiltPath& path, bool is_library,
                                                std::uint32_t content,
                                                std::uint8_t exponent) const {
  std::set<std::uint64_t> keys, denser;
  bool exact = false;
  if (const auto known = path.known.find(content); known != path.known.end())
    for (const KnownSample& sample : known->second) {
      exact = exact || sample.exponent == exponent;
      (sample.exponent == exponent ? keys : denser).insert(sample.keys.begin(), sample.keys.end());
    }
  if (!exact && is_library)
    for (const fingerprint::Shingle& shingle : contents_[content].shingles)
      if (shingle.exponent >= exponent) keys.insert(shingle.key);
  if (exact || !keys.empty() || denser.empty()) return {keys.begin(), keys.end()};
  // Only a denser sample is there, which does not say how rare its shingles are: those count that
  // a sample of the wanted density has as well.
  for (const auto& [other, samples] : path.known)
    for (const KnownSample& sample : samples)
      if (sample.exponent == exponent)
        std::ranges::copy_if(sample.keys, std::inserter(keys, keys.end()),
                             [&](std::uint64_t key) { return denser.contains(key); });
  return {keys.begin(), keys.end()};
}

PackPath PackBuilder::finish_path(const std::string& name, const BuiltPath& path,
                                  const std::vector<std::uint32_t>& position,
                                  std::uint64_t wanted) const {
  PackPath out;
  out.path = name;
  std::uint64_t largest = 0;
  for (const auto& [content, releases] : path.releases_of) {
    std::vector<std::uint32_t> positions;
    for (const std::uint32_t release : releases) positions.push_back(position[release]);
    std::ranges::sort(positions);
    positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
    out.versions.push_back(PackFileVersion{content, spans_of(positions)});
    largest = std::max(largest, contents_[content].normalised_bytes);
  }
  std::ranges::sort(out.versions, {}, [&](const PackFileVersion& version) {
    return std::pair(version.releases.front().first, contents_[version.content].content);
  });
  // A path that was taken over keeps its density: its old shingles cannot be thickened.
  const std::uint8_t exponent =
      path.known_exponent != 0 ? path.known_exponent : density_exponent_for(largest, wanted);
  const bool is_library = fingerprint::classify(name).role == fingerprint::FileRole::library;
  std::map<std::uint64_t, std::vector<std::uint32_t>> versions_of;
  for (std::uint32_t v = 0; v < out.versions.size(); ++v)
    for (const std::uint64_t key : keys_of(path, is_library, out.versions[v].content, exponent))
      versions_of[key].push_back(v);
  for (auto& [key, versions] : versions_of)
    out.shingles.push_back(PackShingle{key, spans_of(versions)});
  out.density_exponent =
      out.shingles.empty() && path.known_exponent == 0 ? std::uint8_t{0} : exponent;
  return out;
}

// Numbers contents in the order of their first use; those without use are left out.
void PackBuilder::number_contents(Pack& pack) {
  std::vector<std::uint32_t> number(contents_.size(), UINT32_MAX);
  for (PackPath& path : pack.paths)
    for (PackFileVersion& version : path.versions) {
      std::uint32_t& assigned = number[version.content];
      if (assigned == UINT32_MAX) {
        assigned = static_cast<std::uint32_t>(pack.contents.size());
        pack.contents.push_back(contents_[version.content].content);
      }
      version.content = assigned;
    }
}

Pack PackBuilder::finish() {
  Pack pack = std::move(head_);
  const std::vector<std::uint32_t> position = order_releases(pack);
  std::size_t library_paths = 0;
  for (const auto& [name, path] : paths_)
    library_paths += fingerprint::classify(name).role == fingerprint::FileRole::library;
  const std::uint64_t wanted =
      library_paths <= kFewPaths ? kShinglesPerFileOfFew : kShinglesPerFile;
  for (const auto& [name, path] : paths_)
    pack.paths.push_back(finish_path(name, path, position, wanted));
  number_contents(pack);
  count_code(pack);
  *this = PackBuilder(Pack{});
  return pack;
}

}  // namespace stowaway::kb
