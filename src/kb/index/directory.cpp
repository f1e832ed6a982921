#include "kb/index/directory.h"

#include <algorithm>
#include <limits>

#include "kb/pack/bytes.h"
#include "kb/pack/compress.h"
#include "kb/pack/layout.h"

namespace stowaway::kb {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kMaxBytes = std::size_t{1} << 30;
constexpr std::uint64_t kMost = std::numeric_limits<std::uint32_t>::max() / 2;  // of anything

// Fewer things than bytes are left, so that no count takes memory that its bytes do not pay for.
std::uint64_t count_in(ByteReader& in, std::uint64_t most = kMost) {
  const std::uint64_t count = in.varint();
  return count <= std::min<std::uint64_t>(most, in.left()) ? count : (in.raw(SIZE_MAX), 0);
}

std::uint32_t number_in(ByteReader& in) {
  const std::uint64_t number = in.varint();
  return number <= UINT32_MAX ? static_cast<std::uint32_t>(number)
                              : (in.raw(SIZE_MAX), std::uint32_t{0});
}

std::string text_in(ByteReader& in) { return std::string(in.text(kMaxTextBytes)); }

void write_paths(const PackDirectory& directory, ByteWriter& out) {
  out.varint(directory.paths.size());
  for (std::uint32_t p = 0; p < directory.paths.size(); ++p) {
    const DirectoryPath& path = directory.paths[p];
    out.text(path.path);
    out.u8(path.density_exponent);
    out.varint(directory.end_of(p) - path.first_file_version);
    for (std::uint32_t v = path.first_file_version; v < directory.end_of(p); ++v) {
      out.varint(directory.shingles[v]);
      out.varint(directory.first_span[v + 1] - directory.first_span[v]);
      std::uint32_t last = 0;
      for (std::uint32_t s = directory.first_span[v]; s < directory.first_span[v + 1]; ++s) {
        out.varint(directory.spans[s].first - last);
        out.varint(directory.spans[s].last - directory.spans[s].first);
        last = directory.spans[s].last;
      }
    }
  }
}

// Of one file version. False: no such releases.
bool read_spans(ByteReader& in, PackDirectory& directory) {
  const std::uint64_t spans = count_in(in);
  if (spans == 0) return false;
  std::uint64_t last = 0;
  for (std::uint64_t s = 0; s < spans; ++s) {
    const std::uint64_t first = last + in.varint(), end = first + in.varint();
    if (end < first || end >= directory.releases.size() || (s > 0 && first <= last)) return false;
    directory.spans.push_back({static_cast<std::uint16_t>(first), static_cast<std::uint16_t>(end)});
    last = end;
  }
  directory.first_span.push_back(static_cast<std::uint32_t>(directory.spans.size()));
  return true;
}

bool read_paths(ByteReader& in, PackDirectory& directory) {
  const std::uint64_t paths = count_in(in);
  directory.first_span.push_back(0);
  for (std::uint64_t p = 0; p < paths && in.ok(); ++p) {
    DirectoryPath path{text_in(in), directory.file_versions(), in.u8()};
    if (path.density_exponent > kMaxExponent) return false;
    directory.paths.push_back(std::move(path));
    const std::uint64_t versions = count_in(in, kMaxFileVersions);
    if (versions == 0) return false;
    for (std::uint64_t v = 0; v < versions && in.ok(); ++v) {
      directory.shingles.push_back(number_in(in));
      if (!read_spans(in, directory)) return false;
    }
  }
  return in.ok() && in.at_end();
}

}  // namespace

std::uint32_t PackDirectory::path_of(std::uint32_t file_version) const {
  const auto after =
      std::ranges::upper_bound(paths, file_version, {}, &DirectoryPath::first_file_version);
  return static_cast<std::uint32_t>(after - paths.begin() - 1);
}

std::uint32_t number_of_date(const std::string& date) {
  std::uint32_t number = 0;
  for (const char c : date)
    if (c >= '0' && c <= '9') number = number * 10 + static_cast<std::uint32_t>(c - '0');
  return date.size() == 10 ? number : 0;
}

PackDirectory directory_of(const Pack& pack) {
  PackDirectory out;
  out.component = pack.component;
  out.purl = pack.purl;
  out.licence = pack.licence;
  out.language = pack.language;
  out.aliases = pack.aliases;
  out.rank = pack.rank;
  out.contents = static_cast<std::uint32_t>(pack.contents.size());
  for (const PackRelease& release : pack.releases)
    out.releases.push_back(
        {release.version, release.revision, number_of_date(release.date), release.code_files});
  for (const PackPath& path : pack.paths) {
    const std::uint32_t first = out.file_versions();
    out.paths.push_back({path.path, first, path.density_exponent});
    out.shingles.resize(first + path.versions.size());
    for (const PackShingle& shingle : path.shingles)
      for (const Span32 span : shingle.versions)
        for (std::uint32_t v = span.first; v <= span.last; ++v) ++out.shingles[first + v];
    for (const PackFileVersion& version : path.versions) {
      out.first_span.push_back(static_cast<std::uint32_t>(out.spans.size()));
      for (const Span32 span : version.releases)
        out.spans.push_back(
            {static_cast<std::uint16_t>(span.first), static_cast<std::uint16_t>(span.last)});
    }
  }
  out.first_span.push_back(static_cast<std::uint32_t>(out.spans.size()));
  return out;
}

std::string encode_directory(const PackDirectory& directory) {
  ByteWriter out;
  out.u8(kFormat);
  for (const std::string* text :
       {&directory.component, &directory.purl, &directory.licence, &directory.language})
    out.text(*text);
  out.varint(directory.aliases.size());
  for (const std::string& alias : directory.aliases) out.text(alias);
  out.varint(directory.rank);
  out.varint(directory.contents);
  out.varint(directory.releases.size());
  for (const DirectoryRelease& release : directory.releases) {
    out.text(release.version);
    out.text(release.revision);
    out.varint(release.date);
    out.varint(release.code_files);
  }
  write_paths(directory, out);
  return compressed(out.bytes());
}

Result<PackDirectory> decode_directory(std::string_view bytes) {
  STOWAWAY_TRY(const auto raw, decompressed(bytes, kMaxBytes));
  ByteReader in(raw);
  if (in.u8() != kFormat) return fail(ErrorCode::unsupported, "a directory of another format");
  PackDirectory out;
  for (std::string* text : {&out.component, &out.purl, &out.licence, &out.language})
    *text = text_in(in);
  for (std::uint64_t aliases = count_in(in); aliases > 0 && in.ok(); --aliases)
    out.aliases.push_back(text_in(in));
  out.rank = number_in(in);
  out.contents = number_in(in);
  for (std::uint64_t left = count_in(in, kMaxReleases); left > 0 && in.ok(); --left) {
    DirectoryRelease release{text_in(in), text_in(in), 0, 0};
    release.date = number_in(in);
    release.code_files = number_in(in);
    out.releases.push_back(std::move(release));
  }
  if (!in.ok() || !read_paths(in, out)) return fail(ErrorCode::corrupt, "a damaged directory");
  return out;
}

}  // namespace stowaway::kb
