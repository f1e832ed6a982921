#include "kb/catalog/catalog.h"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "base/atomic_file.h"

namespace stowaway::kb {
namespace {

constexpr std::uint64_t kMaxCatalogFileBytes = 1 << 20;

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\r' || text.back() == '\t')) text.remove_suffix(1);
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  return text;
}

std::vector<std::string> split_commas(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    if (const auto part = trim(text.substr(0, comma)); !part.empty()) parts.emplace_back(part);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return parts;
}

bool set_component_key(CatalogEntry& entry, std::string_view key, std::string_view value) {
  if (key == "Component") entry.component = value;
  else if (key == "Purl") entry.purl = value;
  else if (key == "Language") entry.language = value;
  else if (key == "Licence") entry.licence = value;
  else if (key == "Debian-Source") entry.debian_source = value;
  else if (key == "Npm") entry.npm = value;
  else if (key == "Aliases") entry.aliases = split_commas(value);
  else if (key == "Rank") return std::from_chars(value.data(), value.data() + value.size(), entry.rank).ec == std::errc();
  else return false;
  return true;
}

bool set_source_key(CatalogSource& source, std::string_view key, std::string_view value) {
  if (key == "Git") source.repository = value;
  else if (key == "Tags") source.tag_regex = value;
  else if (key == "Version") source.version = value;
  else if (key == "Subpath") source.subpath = value;
  else if (key == "Status") source.status = value;
  else return false;
  return true;
}

}  // namespace

Result<CatalogEntry> parse_catalog_entry(std::string_view text) {
  CatalogEntry entry;
  bool in_source = false, paragraph_open = false;
  for (unsigned number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) {
      in_source = in_source || paragraph_open;
      paragraph_open = false;
      continue;
    }
    if (line.front() == '#') continue;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return fail(ErrorCode::corrupt, "line {}: no \"Key: value\"", number);
    if (in_source && !paragraph_open) entry.sources.emplace_back();
    paragraph_open = true;
    const std::string_view key = line.substr(0, colon), value = trim(line.substr(colon + 1));
    const bool known = in_source ? set_source_key(entry.sources.back(), key, value) : set_component_key(entry, key, value);
    if (!known) return fail(ErrorCode::corrupt, "line {}: \"{}\" is not understood here", number, key);
  }
  if (entry.component.empty() || entry.purl.empty())
    return fail(ErrorCode::corrupt, "no Component or no Purl in the first paragraph");
  return entry;
}

Result<std::vector<CatalogEntry>> read_catalog(const std::string& file_or_directory) {
  std::vector<std::string> files;
  std::error_code status;
  if (std::filesystem::is_directory(file_or_directory, status)) {
    for (const auto& item : std::filesystem::directory_iterator(file_or_directory, status))
      if (item.path().extension() == ".catalog") files.push_back(item.path().string());
    if (status) return fail(ErrorCode::io, "cannot list {}: {}", file_or_directory, status.message());
  } else {
    files.push_back(file_or_directory);
  }
  std::vector<CatalogEntry> entries;
  for (const std::string& file : files) {
    STOWAWAY_TRY(const auto bytes, read_whole_file(file, kMaxCatalogFileBytes));
    auto entry = parse_catalog_entry({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    if (!entry) return tl::unexpected<Error>(entry.error().within(file));
    entries.push_back(*std::move(entry));
  }
  std::ranges::sort(entries, {}, [](const CatalogEntry& entry) { return std::pair(entry.rank, entry.component); });
  return entries;
}

}  // namespace stowaway::kb
