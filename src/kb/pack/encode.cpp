#include <algorithm>
#include <nlohmann/json.hpp>

#include "kb/pack/bytes.h"
#include "kb/pack/container.h"
#include "kb/pack/layout.h"
#include "kb/pack/pack.h"

namespace stowaway::kb {
namespace {

using nlohmann::ordered_json;

std::vector<std::byte> encode_meta(const Pack& pack) {
  ordered_json meta{{"component", pack.component},
                    {"purl", pack.purl},
                    {"language", pack.language},
                    {"licence", pack.licence},
                    {"aliases", pack.aliases},
                    {"rank", pack.rank},
                    {"normalisation", fingerprint::kNormalisationVersion}};
  for (const PackSource& source : pack.sources)
    meta["sources"].push_back({{"kind", source.kind},
                               {"location", source.location},
                               {"rule", source.rule},
                               {"subpath", source.subpath}});
  const std::string text = meta.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  const auto view = fingerprint::as_bytes(text);
  return {view.begin(), view.end()};
}

// `count` ascending, disjoint, not adjacent spans below `limit`. The last one's end is written as
// the distance to the limit: 0 in the usual case of something that is still there.
void encode_spans(ByteWriter& out, const std::vector<Span32>& spans, std::uint32_t limit) {
  out.varint(spans.size() - 1);
  std::uint32_t next = 0;
  for (std::size_t i = 0; i < spans.size(); ++i) {
    out.varint(spans[i].first - next);
    out.varint(i + 1 == spans.size() ? limit - 1 - spans[i].last : spans[i].last - spans[i].first);
    next = spans[i].last + 2;
  }
}

std::size_t shared_prefix(std::string_view a, std::string_view b) {
  return static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first -
                                  a.begin());
}

// --- What the reader refuses is not written. ---

Result<void> check_text(const std::string& text, std::string_view what) {
  if (text.size() <= kMaxTextBytes) return {};
  return fail(ErrorCode::limit_exceeded, "a {} of {} bytes; a pack holds {}", what, text.size(),
              kMaxTextBytes);
}

Result<void> check_release(const PackRelease& release) {
  STOWAWAY_TRY_VOID(check_text(release.version, "version"));
  for (const std::string* text : {&release.date, &release.revision, &release.signature})
    STOWAWAY_TRY_VOID(check_text(*text, "date, revision or signature"));
  for (const PackOrigin& origin : release.others)
    for (const std::string* text : {&origin.date, &origin.revision, &origin.signature})
      STOWAWAY_TRY_VOID(check_text(*text, "date, revision or signature"));
  return {};
}

bool are_spans(const std::vector<Span32>& spans, std::size_t limit) {
  std::uint64_t next = 0;
  for (const Span32 span : spans) {
    if (span.first < next || span.last < span.first || span.last >= limit) return false;
    next = std::uint64_t{span.last} + 2;
  }
  return !spans.empty();
}

Result<void> check_path(const Pack& pack, const PackPath& path) {
  if (path.path.empty()) return fail(ErrorCode::invalid_argument, "a pack with an empty path");
  STOWAWAY_TRY_VOID(check_text(path.path, "path"));
  if (path.versions.size() > kMaxFileVersions)
    return fail(ErrorCode::limit_exceeded, "{} versions of {}; a pack holds {}",
                path.versions.size(), path.path, kMaxFileVersions);
  bool sound = !path.versions.empty() && path.density_exponent <= kMaxExponent;
  for (const PackFileVersion& version : path.versions)
    sound = sound && version.content < pack.contents.size() &&
            are_spans(version.releases, pack.releases.size());
  for (std::size_t i = 0; i < path.shingles.size(); ++i)
    sound = sound && path.shingles[i].key >> (8 * kKeyBytes) == 0 &&
            (i == 0 || path.shingles[i - 1].key < path.shingles[i].key) &&
            are_spans(path.shingles[i].versions, path.versions.size());
  if (sound) return {};
  return fail(ErrorCode::invalid_argument, "{}: versions or shingles that contradict each other",
              path.path);
}

Result<void> check(const Pack& pack) {
  if (pack.component.empty())
    return fail(ErrorCode::invalid_argument, "a pack without a component's name");
  if (pack.releases.size() > kMaxReleases)
    return fail(ErrorCode::limit_exceeded, "{} releases; a pack holds {}", pack.releases.size(),
                kMaxReleases);
  if (pack.contents.size() > kMaxContents)
    return fail(ErrorCode::limit_exceeded, "{} contents; a pack holds {}", pack.contents.size(),
                kMaxContents);
  for (const PackRelease& release : pack.releases) STOWAWAY_TRY_VOID(check_release(release));
  std::uint64_t path_bytes = 0;
  for (std::size_t p = 0; p < pack.paths.size(); ++p) {
    STOWAWAY_TRY_VOID(check_path(pack, pack.paths[p]));
    path_bytes += pack.paths[p].path.size();
    if (p > 0 && pack.paths[p].path <= pack.paths[p - 1].path)
      return fail(ErrorCode::invalid_argument, "{}: paths out of order", pack.paths[p].path);
  }
  if (path_bytes > kMaxAllPathBytes)
    return fail(ErrorCode::limit_exceeded, "paths of {} bytes; a pack holds {}", path_bytes,
                kMaxAllPathBytes);
  return {};
}

// --- Sections ---

std::vector<std::byte> encode_releases(const Pack& pack) {
  ByteWriter out;
  out.varint(pack.releases.size());
  for (const PackRelease& release : pack.releases) {
    for (const std::string* text :
         {&release.version, &release.date, &release.revision, &release.signature})
      out.text(*text);
    out.varint(release.code_files);
    out.varint(release.code_bytes);
  }
  return std::move(out.bytes());
}

// Empty when no release has a second origin.
std::vector<std::byte> encode_origins(const Pack& pack) {
  ByteWriter out;
  const auto count =
      std::ranges::count_if(pack.releases, [](const auto& r) { return !r.others.empty(); });
  if (count == 0) return {};
  out.varint(static_cast<std::uint64_t>(count));
  std::size_t next = 0;
  for (std::size_t r = 0; r < pack.releases.size(); ++r) {
    const std::vector<PackOrigin>& others = pack.releases[r].others;
    if (others.empty()) continue;
    out.varint(r - next);
    out.varint(others.size());
    for (const PackOrigin& origin : others)
      for (const std::string* text : {&origin.date, &origin.revision, &origin.signature})
        out.text(*text);
    next = r + 1;
  }
  return std::move(out.bytes());
}

struct PathSections {
  ByteWriter names, info, file_versions, keys, spans;
};

void encode_paths(const Pack& pack, PathSections& out) {
  out.names.varint(pack.paths.size());
  std::string_view previous;
  std::int64_t content = -1;
  for (const PackPath& path : pack.paths) {
    const std::size_t shared = shared_prefix(previous, path.path);
    out.names.varint(shared);
    out.names.text(std::string_view(path.path).substr(shared));
    previous = path.path;
    out.info.u8(path.density_exponent);
    out.info.varint(path.versions.size());
    out.info.varint(path.shingles.size());
    for (const PackFileVersion& version : path.versions) {
      out.file_versions.zigzag(static_cast<std::int64_t>(version.content) - content - 1);
      content = version.content;
      encode_spans(out.file_versions, version.releases,
                   static_cast<std::uint32_t>(pack.releases.size()));
    }
    for (const PackShingle& shingle : path.shingles) {
      out.keys.fixed(shingle.key, kKeyBytes);
      encode_spans(out.spans, shingle.versions, static_cast<std::uint32_t>(path.versions.size()));
    }
  }
}

}  // namespace

Result<std::vector<std::byte>> encode_pack(const Pack& pack) {
  if (const auto checked = check(pack); !checked)
    return tl::unexpected<Error>(checked.error().within(pack.component));
  ByteWriter sizes, md5, sha256, normalised;
  for (const PackContent& content : pack.contents) {
    sizes.varint(content.size_bytes);
    md5.raw(std::as_bytes(std::span(content.md5)));
    sha256.raw(std::as_bytes(std::span(content.sha256)));
    normalised.fixed(content.normalised, 8);
  }
  PathSections paths;
  encode_paths(pack, paths);
  std::vector<Section> sections{{kMeta, true, encode_meta(pack)},
                                {kReleases, true, encode_releases(pack)},
                                {kPaths, true, std::move(paths.names.bytes())},
                                {kPathInfo, true, std::move(paths.info.bytes())},
                                {kSizes, true, std::move(sizes.bytes())},
                                {kMd5, false, std::move(md5.bytes())},
                                {kSha256, false, std::move(sha256.bytes())},
                                {kNormalised, false, std::move(normalised.bytes())},
                                {kFileVersions, true, std::move(paths.file_versions.bytes())},
                                {kShingleKeys, false, std::move(paths.keys.bytes())},
                                {kShingleSpans, true, std::move(paths.spans.bytes())}};
  if (auto origins = encode_origins(pack); !origins.empty())
    sections.push_back({kOrigins, true, std::move(origins)});
  std::uint64_t raw = 0;
  for (const Section& section : sections) raw += section.bytes.size();
  if (raw > kMaxRawBytes)
    return fail(ErrorCode::limit_exceeded, "{}: {} bytes; a pack holds {}", pack.component, raw,
                kMaxRawBytes);
  return write_container(kPackFormat, sections);
}

}  // namespace stowaway::kb
