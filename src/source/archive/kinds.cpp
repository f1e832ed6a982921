#include "source/archive/kinds.h"

#include <cstddef>
#include <iterator>

#include "source/member_path.h"

namespace stowaway::source {
namespace {

struct Suffix {
  std::string_view text;  // lower case, with its dot
  ArchiveKind kind;
};

// Longest first where one ends another (".tar.gz" before ".gz"): the first match counts.
// Compression suffixes are repeated with ".tar" because a compressed tar holds members and a
// compressed file one file.
constexpr Suffix kSuffixes[] = {
    {".tar.gz", ArchiveKind::container},
    {".tar.bz2", ArchiveKind::container},
    {".tar.xz", ArchiveKind::container},
    {".tar.zst", ArchiveKind::container},
    {".tar.lzma", ArchiveKind::container},
    {".tar.lz4", ArchiveKind::container},
    {".tar.lz", ArchiveKind::container},
    {".tar.z", ArchiveKind::container},
    {".cpio.gz", ArchiveKind::container},
    {".tar", ArchiveKind::container},
    {".tgz", ArchiveKind::container},
    {".taz", ArchiveKind::container},
    {".tbz", ArchiveKind::container},
    {".tbz2", ArchiveKind::container},
    {".txz", ArchiveKind::container},
    {".tlz", ArchiveKind::container},
    {".tzst", ArchiveKind::container},
    {".crate", ArchiveKind::container},  // Rust: tar.gz
    {".zip", ArchiveKind::container},
    {".7z", ArchiveKind::container},
    {".rar", ArchiveKind::container},
    {".cpio", ArchiveKind::container},
    {".cab", ArchiveKind::container},
    {".xar", ArchiveKind::container},
    {".lha", ArchiveKind::container},
    {".lzh", ArchiveKind::container},
    {".iso", ArchiveKind::container},
    {".rpm", ArchiveKind::container},
    {".apk", ArchiveKind::container},  // Android: zip; Alpine: tar.gz
    {".jar", ArchiveKind::container},  // Java and its kin: zip
    {".war", ArchiveKind::container},
    {".ear", ArchiveKind::container},
    {".aar", ArchiveKind::container},
    {".whl", ArchiveKind::container},  // Python: zip
    {".egg", ArchiveKind::container},
    {".nupkg", ArchiveKind::container},  // .NET: zip
    {".vsix", ArchiveKind::container},   // Visual Studio extension: zip
    {".xpi", ArchiveKind::container},    // Mozilla extension: zip
    {".crx", ArchiveKind::container},    // Chromium extension: zip behind a header
    {".conda", ArchiveKind::container},  // zip that holds tar.zst
    {".deb", ArchiveKind::deb},
    {".udeb", ArchiveKind::deb},
    {".ddeb", ArchiveKind::deb},
    {".gem", ArchiveKind::gem},
    {".gz", ArchiveKind::compressed_file},
    {".bz2", ArchiveKind::compressed_file},
    {".xz", ArchiveKind::compressed_file},
    {".zst", ArchiveKind::compressed_file},
    {".lzma", ArchiveKind::compressed_file},
    {".lz", ArchiveKind::compressed_file},
    {".lz4", ArchiveKind::compressed_file},
};

// Zip, or tar, by format. Nobody embeds a library's source in these; opening them would only
// multiply XML.
constexpr std::string_view kDocuments[] = {
    ".docx", ".docm", ".dotx", ".xlsx",   ".xlsm",  ".xltx", ".pptx", ".pptm", ".potx", ".vsdx",
    ".odt",  ".ott",  ".ods",  ".ots",    ".odp",   ".otp",  ".odg",  ".otg",  ".odf",  ".odb",
    ".sxw",  ".sxc",  ".sxi",  ".epub",   ".kmz",   ".3mf",  ".ora",  ".kra",  ".svgz", ".dwfx",
    ".xps",  ".oxps", ".idml", ".sketch", ".fcstd", ".mscz", ".cbz",  ".cbr",  ".cb7",  ".cbt",
};

bool ends_with_folded(std::string_view name, std::string_view suffix) {
  if (name.size() <= suffix.size()) return false;  // a file that is named ".gz" is no archive
  const std::string_view end = name.substr(name.size() - suffix.size());
  for (std::size_t i = 0; i < end.size(); ++i) {
    const char c = end[i] >= 'A' && end[i] <= 'Z' ? static_cast<char>(end[i] - 'A' + 'a') : end[i];
    if (c != suffix[i]) return false;
  }
  return true;
}

// The last part of every suffix starts with a dot and one of these letters, which dismisses ".c",
// ".h", ".js", ".py", …
bool may_match(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot + 1 == name.size()) return false;
  static constexpr std::string_view kFirst = "aAbBcCdDeEgGiIjJlLnNrRtTuUvVwWxXzZ7";
  return kFirst.find(name[dot + 1]) != std::string_view::npos &&
         (name.size() - dot > 2 || name[dot + 1] == 'z' || name[dot + 1] == 'Z');
}

}  // namespace

ArchiveKind kind_by_name(std::string_view name) {
  const std::string_view base = base_name(name);
  if (!may_match(base)) return ArchiveKind::none;
  for (const Suffix& suffix : kSuffixes) {
    if (ends_with_folded(base, suffix.text)) return suffix.kind;
  }
  return ArchiveKind::none;
}

bool is_document(std::string_view name) {
  const std::string_view base = base_name(name);
  for (const std::string_view suffix : kDocuments) {
    if (ends_with_folded(base, suffix)) return true;
  }
  return false;
}

std::string_view name_inside(std::string_view name) {
  const std::string_view base = base_name(name);
  const std::size_t dot = base.rfind('.');
  return dot == std::string_view::npos || dot == 0 ? base : base.substr(0, dot);
}

}  // namespace stowaway::source
