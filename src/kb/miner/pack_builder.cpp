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

bool belongs_into_pack(std::string_view path) { return fingerprint::classify(path).is_code; }

PackBuilder::PackBuilder(Pack pack) {
  for (PackContent& content : pack.contents) {
    content_numbers_.emplace(content, static_cast<std::uint32_t>(contents_.size()));
    contents_.push_back(BuiltContent{content, 0, {}});
  }
  for (std::uint32_t i = 0; i < pack.releases.size(); ++i)
    release_numbers_[pack.releases[i].version] = i;
  take_over_paths(pack);
  pack.paths.clear();
  pack.contents.clear();
  head_ = std::move(pack);
}

void PackBuilder::take_over_paths(Pack& pack) {
  for (PackPath& path : pack.paths) {
    BuiltPath& built = paths_[path.path];
    built.known_exponent = path.density_exponent;
    for (const PackFileVersion& version : path.versions)
      for (const Span32 span : version.releases)
        for (std::uint32_t r = span.first; r <= span.last; ++r)
          built.releases_of[version.content].push_back(r);
    for (const PackShingle& shingle : path.shingles)
      for (const Span32 span : shingle.versions)
        for (std::uint32_t v = span.first; v <= span.last; ++v)
          built.known_keys[path.versions[v].content].push_back(shingle.key);
  }
}

bool PackBuilder::has_release(const std::string& version, const std::string& revision) const {
  const auto found = release_numbers_.find(version);
  return found != release_numbers_.end() && head_.releases[found->second].revision == revision;
}

std::uint32_t PackBuilder::add_content(FingerprintedContent content) {
  const auto [place, is_new] =
      content_numbers_.emplace(content.content, static_cast<std::uint32_t>(contents_.size()));
  if (is_new)
    contents_.push_back(
        BuiltContent{content.content, content.normalised_bytes, std::move(content.shingles)});
  else if (contents_[place->second].normalised_bytes ==
           0)  // taken over from a pack, which has no such detail
    contents_[place->second] =
        BuiltContent{content.content, content.normalised_bytes, std::move(content.shingles)};
  return place->second;
}

std::uint32_t PackBuilder::add_release(PackRelease release) {
  const auto [place, is_new] =
      release_numbers_.emplace(release.version, static_cast<std::uint32_t>(head_.releases.size()));
  if (is_new) head_.releases.push_back(std::move(release));
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
    sorted.back().code_files = 0;
    sorted.back().code_bytes = 0;
  }
  pack.releases = std::move(sorted);
  return position;
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
  std::ranges::sort(out.versions, {}, [](const PackFileVersion& version) {
    return std::pair(version.releases.front().first, version.content);
  });
  // A path that was taken over keeps its density: its old shingles cannot be thinned or thickened.
  const std::uint8_t exponent =
      path.known_exponent != 0 ? path.known_exponent : density_exponent_for(largest, wanted);
  std::map<std::uint64_t, std::vector<std::uint32_t>> versions_of;
  for (std::uint32_t v = 0; v < out.versions.size(); ++v) {
    const std::uint32_t content = out.versions[v].content;
    if (const auto known = path.known_keys.find(content); known != path.known_keys.end())
      for (const std::uint64_t key : known->second) versions_of[key].push_back(v);
    else
      for (const fingerprint::Shingle& shingle : contents_[content].shingles)
        if (shingle.exponent >= exponent) versions_of[shingle.key].push_back(v);
  }
  for (auto& [key, versions] : versions_of)
    out.shingles.push_back(PackShingle{key, spans_of(versions)});
  out.density_exponent =
      out.shingles.empty() && path.known_exponent == 0 ? std::uint8_t{0} : exponent;
  return out;
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

  std::vector<std::uint32_t> number(contents_.size(),
                                    UINT32_MAX);  // contents in order of first use
  for (PackPath& path : pack.paths)
    for (PackFileVersion& version : path.versions) {
      std::uint32_t& assigned = number[version.content];
      if (assigned == UINT32_MAX) {
        assigned = static_cast<std::uint32_t>(pack.contents.size());
        pack.contents.push_back(contents_[version.content].content);
      }
      version.content = assigned;
      for (const Span32 span : version.releases)
        for (std::uint32_t r = span.first; r <= span.last; ++r) {
          ++pack.releases[r].code_files;
          pack.releases[r].code_bytes += pack.contents[assigned].size_bytes;
        }
    }
  contents_.clear();
  content_numbers_.clear();
  paths_.clear();
  release_numbers_.clear();
  return pack;
}

}  // namespace stowaway::kb
