#include <cstring>
#include <nlohmann/json.hpp>

#include "kb/pack/bytes.h"
#include "kb/pack/container.h"
#include "kb/pack/layout.h"
#include "kb/pack/pack.h"

namespace stowaway::kb {
namespace {

Result<void> decode_meta(const std::vector<std::byte>& bytes, Pack& pack) {
  const auto* data = reinterpret_cast<const char*>(bytes.data());
  const auto meta = nlohmann::json::parse(data, data + bytes.size(), nullptr, false);
  if (!meta.is_object()) return fail(ErrorCode::corrupt, "the meta section is no JSON object");
  try {
    if (meta.at("normalisation") != fingerprint::kNormalisationVersion)
      return fail(ErrorCode::unsupported,
                  "fingerprints of another normalisation; mine the pack again");
    meta.at("component").get_to(pack.component);
    meta.at("purl").get_to(pack.purl);
    meta.at("language").get_to(pack.language);
    meta.at("licence").get_to(pack.licence);
    meta.at("aliases").get_to(pack.aliases);
    meta.at("rank").get_to(pack.rank);
    for (const auto& source : meta.value("sources", nlohmann::json::array()))
      pack.sources.push_back(PackSource{source.at("kind"), source.at("location"), source.at("rule"),
                                        source.at("subpath")});
  } catch (const nlohmann::json::exception& error) {
    return fail(ErrorCode::corrupt, "meta section: {}", error.what());
  }
  if (pack.component.empty()) return fail(ErrorCode::corrupt, "a pack without a component's name");
  return {};
}

bool decode_spans(ByteReader& in, std::uint32_t limit, std::vector<Span32>& spans) {
  const std::uint64_t more = in.varint();
  if (more >= limit) return false;
  spans.resize(more + 1);
  std::uint64_t next = 0;
  for (std::size_t i = 0; i < spans.size(); ++i) {
    const std::uint64_t gap = in.varint(), length = in.varint();
    if (gap > limit || length > limit) return false;
    const std::uint64_t first = next + gap;
    if (i + 1 == spans.size() && length + 1 + first > limit) return false;
    const std::uint64_t last = i + 1 == spans.size() ? limit - 1 - length : first + length;
    if (last >= limit) return false;
    spans[i] = Span32{static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(last)};
    next = last + 2;
  }
  return in.ok();
}

Result<void> decode_releases(ByteReader in, Pack& pack) {
  const std::uint64_t count = in.varint();
  if (count > kMaxReleases || count > in.left())
    return fail(ErrorCode::corrupt, "{} releases", count);
  for (std::uint64_t i = 0; i < count; ++i) {
    PackRelease release;
    release.version = in.text(kMaxTextBytes);
    release.date = in.text(kMaxTextBytes);
    release.revision = in.text(kMaxTextBytes);
    release.signature = in.text(kMaxTextBytes);
    release.code_files = static_cast<std::uint32_t>(in.varint());
    release.code_bytes = in.varint();
    pack.releases.push_back(std::move(release));
  }
  if (!in.ok() || !in.at_end())
    return fail(ErrorCode::corrupt, "the release section is cut short or too long");
  return {};
}

// Releases in ascending order, each with what it holds besides its first origin.
Result<void> decode_origins(ByteReader in, Pack& pack) {
  std::uint64_t release = 0;
  for (std::uint64_t left = in.varint(); left > 0 && in.ok(); --left) {
    const std::uint64_t skipped = in.varint(), count = in.varint();
    if (skipped >= pack.releases.size() - release || count == 0 || count > in.left())
      return fail(ErrorCode::corrupt, "the origins name a release that is not there, or nothing");
    release += skipped;
    for (std::uint64_t i = 0; i < count; ++i) {
      PackOrigin origin;
      for (std::string* text : {&origin.date, &origin.revision, &origin.signature})
        *text = in.text(kMaxTextBytes);
      pack.releases[release].others.push_back(std::move(origin));
    }
    if (++release > pack.releases.size()) break;
  }
  if (!in.ok() || !in.at_end())
    return fail(ErrorCode::corrupt, "the origin section is cut short or too long");
  return {};
}

Result<void> decode_paths(ByteReader in, ByteReader info, Pack& pack,
                          std::vector<std::uint32_t>& version_counts,
                          std::vector<std::uint32_t>& shingle_counts) {
  const std::uint64_t count = in.varint();
  if (count > in.left()) return fail(ErrorCode::corrupt, "{} paths", count);
  std::string previous;
  std::uint64_t all_bytes = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t shared = in.varint();
    const std::string_view rest = in.text(kMaxTextBytes);
    if (!in.ok() || shared > previous.size())
      return fail(ErrorCode::corrupt, "path {} is malformed", i);
    std::string path = previous.substr(0, shared).append(rest);
    if (path.empty() || path.size() > kMaxTextBytes || (i > 0 && path <= previous))
      return fail(ErrorCode::corrupt, "path {} is empty, too long or out of order", i);
    if ((all_bytes += path.size()) > kMaxAllPathBytes)
      return fail(ErrorCode::limit_exceeded, "paths of more than {} bytes", kMaxAllPathBytes);
    const std::uint8_t exponent = info.u8();
    const std::uint64_t versions = info.varint(), shingles = info.varint();
    if (versions == 0 || versions > kMaxFileVersions || exponent > kMaxExponent ||
        shingles > kMaxRawBytes)
      return fail(ErrorCode::corrupt, "path {} has impossible counts", i);
    version_counts.push_back(static_cast<std::uint32_t>(versions));
    shingle_counts.push_back(static_cast<std::uint32_t>(shingles));
    previous = path;
    pack.paths.push_back(PackPath{std::move(path), exponent, {}, {}});
  }
  if (!in.ok() || !in.at_end() || !info.ok() || !info.at_end())
    return fail(ErrorCode::corrupt, "path sections disagree");
  return {};
}

Result<void> decode_contents(ByteReader sizes, std::span<const std::byte> md5,
                             std::span<const std::byte> sha256, ByteReader normalised, Pack& pack) {
  const std::size_t count = md5.size() / kMd5PrefixBytes;
  if (md5.size() != count * kMd5PrefixBytes || sha256.size() != count * kSha256PrefixBytes ||
      normalised.left() != count * 8)
    return fail(ErrorCode::corrupt, "the content sections disagree on their number");
  pack.contents.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    PackContent& content = pack.contents[i];
    content.size_bytes = sizes.varint();
    std::memcpy(content.md5.data(), md5.data() + i * kMd5PrefixBytes, kMd5PrefixBytes);
    std::memcpy(content.sha256.data(), sha256.data() + i * kSha256PrefixBytes, kSha256PrefixBytes);
    content.normalised = normalised.fixed(8);
  }
  if (!sizes.ok() || !sizes.at_end())
    return fail(ErrorCode::corrupt, "the size section is cut short or too long");
  return {};
}

Result<void> decode_file_versions(ByteReader in, const std::vector<std::uint32_t>& counts,
                                  Pack& pack) {
  const auto releases = static_cast<std::uint32_t>(pack.releases.size());
  std::int64_t content = -1;
  for (std::size_t p = 0; p < pack.paths.size(); ++p) {
    if (counts[p] > in.left()) return fail(ErrorCode::corrupt, "file versions are cut short");
    pack.paths[p].versions.resize(counts[p]);
    for (PackFileVersion& version : pack.paths[p].versions) {
      const std::int64_t delta = in.zigzag();
      if (delta > std::int64_t{kMaxContents} || delta < -std::int64_t{kMaxContents})
        return fail(ErrorCode::corrupt, "a content out of range");
      content += delta + 1;
      if (content < 0 || static_cast<std::size_t>(content) >= pack.contents.size())
        return fail(ErrorCode::corrupt, "a file version names content {}, there are {}", content,
                    pack.contents.size());
      version.content = static_cast<std::uint32_t>(content);
      if (!decode_spans(in, releases, version.releases))
        return fail(ErrorCode::corrupt, "release spans are malformed");
    }
  }
  if (!in.ok() || !in.at_end())
    return fail(ErrorCode::corrupt, "the file version section is cut short or too long");
  return {};
}

Result<void> decode_shingles(ByteReader keys, ByteReader spans,
                             const std::vector<std::uint32_t>& counts, Pack& pack) {
  for (std::size_t p = 0; p < pack.paths.size(); ++p) {
    PackPath& path = pack.paths[p];
    if (counts[p] > keys.left() / kKeyBytes)
      return fail(ErrorCode::corrupt, "shingle keys are cut short");
    path.shingles.resize(counts[p]);
    std::uint64_t previous = 0;
    for (std::size_t i = 0; i < counts[p]; ++i) {
      PackShingle& shingle = path.shingles[i];
      shingle.key = keys.fixed(kKeyBytes);
      if (i > 0 && shingle.key <= previous)
        return fail(ErrorCode::corrupt, "shingle keys are out of order");
      previous = shingle.key;
      if (!decode_spans(spans, static_cast<std::uint32_t>(path.versions.size()), shingle.versions))
        return fail(ErrorCode::corrupt, "shingle spans are malformed");
    }
  }
  if (!keys.at_end() || !spans.ok() || !spans.at_end())
    return fail(ErrorCode::corrupt, "the shingle sections are too long");
  return {};
}

}  // namespace

Result<Pack> decode_pack(std::span<const std::byte> bytes) {
  STOWAWAY_TRY(auto sections, read_container(kPackFormat, bytes, kMaxRawBytes));
  for (std::uint32_t id = kMeta; id <= kShingleSpans; ++id)
    if (!sections.contains(id)) return fail(ErrorCode::corrupt, "section {} is missing", id);
  Pack pack;
  std::vector<std::uint32_t> version_counts, shingle_counts;
  STOWAWAY_TRY_VOID(decode_meta(sections[kMeta], pack));
  STOWAWAY_TRY_VOID(decode_releases(ByteReader(sections[kReleases]), pack));
  if (sections.contains(kOrigins))
    STOWAWAY_TRY_VOID(decode_origins(ByteReader(sections[kOrigins]), pack));
  STOWAWAY_TRY_VOID(decode_paths(ByteReader(sections[kPaths]), ByteReader(sections[kPathInfo]),
                                 pack, version_counts, shingle_counts));
  STOWAWAY_TRY_VOID(decode_contents(ByteReader(sections[kSizes]), sections[kMd5], sections[kSha256],
                                    ByteReader(sections[kNormalised]), pack));
  STOWAWAY_TRY_VOID(
      decode_file_versions(ByteReader(sections[kFileVersions]), version_counts, pack));
  STOWAWAY_TRY_VOID(decode_shingles(ByteReader(sections[kShingleKeys]),
                                    ByteReader(sections[kShingleSpans]), shingle_counts, pack));
  return pack;
}

}  // namespace stowaway::kb
