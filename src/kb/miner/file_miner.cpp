#include "kb/miner/file_miner.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "source/file_digest.h"

namespace stowaway::kb {
namespace {

constexpr std::array<std::string_view, 27> kArchiveEnds{
    ".tar", ".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst", ".tar.lz", ".tar.lzma", ".tar.z", ".tgz",
    ".tbz", ".tbz2",   ".txz",     ".tzst",   ".zip",     ".jar",    ".war",      ".7z",    ".whl",
    ".gem", ".crate",  ".deb",     ".cpio",   ".rpm",     ".gz",     ".bz2",      ".xz",    ".zst"};
// What follows a version in the names of source archives.
constexpr std::array<std::string_view, 9> kSourceEnds{
    ".orig", "-src", "-source", "-sources", ".src", "-source-code", "_src", "-full", "-all"};

template <std::size_t N>
bool strip_end(std::string_view& name, const std::array<std::string_view, N>& ends) {
  const std::string lower = to_lower(name);
  std::string_view longest;
  for (const std::string_view end : ends)
    if (lower.ends_with(end) && end.size() > longest.size() && end.size() < name.size())
      longest = end;
  name.remove_suffix(longest.size());
  return !longest.empty();
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Whether what follows a '-' can go on with a version: "1.3-rc1", "2.0-beta-2", "1.2-20210301".
bool continues_version(std::string_view part) {
  static constexpr std::array<std::string_view, 9> kWords{"rc",  "alpha", "beta",  "pre", "preview",
                                                          "dev", "git",   "patch", "p"};
  if (part.empty()) return false;
  if (is_digit(part.front())) return true;
  const std::size_t digits = std::min(part.find_first_of("0123456789."), part.size());
  return std::ranges::find(kWords, to_lower(part.substr(0, digits))) != kWords.end();
}

bool is_version(std::string_view text) {
  const auto parts = split(text, '-');
  return !text.empty() && is_digit(text.front()) &&
         std::all_of(parts.begin() + 1, parts.end(), continues_version);
}

}  // namespace

NamedRelease named_release(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  std::string_view name = path.substr(path.rfind('/') + 1);
  strip_end(name, kArchiveEnds);
  while (strip_end(name, kSourceEnds)) {
  }
  for (std::size_t at = name.find_first_of("-_"); at != name.npos;
       at = name.find_first_of("-_", at + 1)) {
    std::string_view version = name.substr(at + 1);
    if (version.size() > 1 && (version[0] == 'v' || version[0] == 'V') && is_digit(version[1]))
      version.remove_prefix(1);
    if (at > 0 && is_version(version)) return {to_lower(name.substr(0, at)), std::string(version)};
  }
  return {to_lower(name), ""};
}

Result<MineCount> mine_file(const CatalogSource& source, PackBuilder& builder,
                            const MineOptions& options) {
  STOWAWAY_TRY(const auto opened, source::open_subject(source.location));
  TreeRelease release;
  release.release.version = source.version;
  release.release.date = source.date;
  if (opened->kind() == "archive" || opened->kind() == "deb" || opened->kind() == "file") {
    STOWAWAY_TRY(
        const auto digest,
        source::digest_of_file(source.location, source::FileDigestKind::sha256, options.stop));
    release.release.revision = fingerprint::to_hex(digest);
    release.strip = TreeRelease::Strip::common_top;
    if (builder.has_release(source.version, release.release.revision)) return MineCount{};
  } else if (opened->kind() != "directory") {
    return fail(ErrorCode::unsupported, "neither an archive nor a directory, but {}",
                opened->kind());
  }
  return mine_tree(*opened, std::move(release), source, builder, options);
}

}  // namespace stowaway::kb
