#include "kb/catalog/catalog.h"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "base/atomic_file.h"

namespace stowaway::kb {
namespace {

constexpr std::uint64_t kMaxCatalogFileBytes = 1 << 20;
constexpr std::size_t kMaxCatalogFiles = 100'000;

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\r' || text.back() == '\t'))
    text.remove_suffix(1);
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

// Where the value of a key belongs; null for a key that is not understood.
std::string* field_of(CatalogEntry& entry, std::string_view key) {
  if (key == "Component") return &entry.component;
  if (key == "Purl") return &entry.purl;
  if (key == "Language") return &entry.language;
  if (key == "Licence") return &entry.licence;
  if (key == "Debian-Source") return &entry.debian_source;
  if (key == "Npm") return &entry.npm;
  return nullptr;
}

std::string_view kind_of(std::string_view key) {
  if (key == "Git") return "git";
  if (key == "Npm") return "npm";
  if (key == "Debian") return "debian";
  return "";
}

std::string* field_of(CatalogSource& source, std::string_view key) {
  if (!kind_of(key).empty()) return &source.location;
  if (key == "Tags") return &source.tag_regex;
  if (key == "Version" || key == "Versions") return &source.version;
  if (key == "Subpath") return &source.subpath;
  if (key == "Paths") return &source.paths;
  if (key == "Status") return &source.status;
  return nullptr;
}

bool parse_rank(std::string_view text, unsigned& rank) {
  const char* end = text.data() + text.size();
  const auto [rest, status] = std::from_chars(text.data(), end, rank);
  return status == std::errc() && rest == end && rank > 0;
}

// Reads one file line by line; the first paragraph describes the component, each further one a
// source.
class Parser {
 public:
  Result<CatalogEntry> parse(std::string_view text) {
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      ++line_;
      STOWAWAY_TRY_VOID(take(trim(text.substr(0, end))));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    STOWAWAY_TRY_VOID(close_paragraph());
    if (paragraph_ == 0) return fail(ErrorCode::corrupt, "no paragraph at all");
    return std::move(entry_);
  }

 private:
  Result<void> take(std::string_view line) {
    if (line.empty()) return close_paragraph();
    if (line.front() == '#') return {};
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return bad("no \"Key: value\"");
    if (keys_.empty() && paragraph_ > 0) entry_.sources.emplace_back();
    const std::string key(line.substr(0, colon));
    if (std::ranges::find(keys_, key) != keys_.end()) return bad("\"" + key + "\" is given twice");
    keys_.push_back(key);
    return assign(key, trim(line.substr(colon + 1)));
  }

  Result<void> assign(const std::string& key, std::string_view value) {
    if (paragraph_ == 0 && key == "Aliases") {
      entry_.aliases = split_commas(value);
      return {};
    }
    if (paragraph_ == 0 && key == "Rank")
      return parse_rank(value, entry_.rank) ? Result<void>{} : bad("Rank is no positive number");
    std::string* field =
        paragraph_ == 0 ? field_of(entry_, key) : field_of(entry_.sources.back(), key);
    if (field == nullptr) return bad("\"" + key + "\" is not understood here");
    if (paragraph_ > 0 && !kind_of(key).empty()) {
      if (!field->empty()) return bad("a source is one of Git, Npm and Debian");
      entry_.sources.back().kind = kind_of(key);
    }
    *field = value;
    return {};
  }

  bool has(std::string_view key) const { return std::ranges::find(keys_, key) != keys_.end(); }

  // Called with keys_ still there.
  Result<void> check_source(const CatalogSource& source) const {
    if (source.location.empty()) return bad("a source needs Git, Npm or Debian");
    if (source.kind == "git" && !has("Version")) return bad("a source needs Git and Version");
    if (source.kind != "git" && (has("Version") || has("Tags")))
      return bad("Version and Tags are for Git");
    if (source.kind != "npm" && has("Versions")) return bad("Versions is for Npm");
    return {};
  }

  Result<void> close_paragraph() {
    if (keys_.empty()) return {};
    Result<void> sound;
    if (paragraph_++ > 0)
      sound = check_source(entry_.sources.back());
    else if (entry_.component.empty() || entry_.purl.empty())
      sound = bad("a component needs Component and Purl");
    keys_.clear();
    return sound;
  }

  Result<void> bad(std::string_view what) const {
    return fail(ErrorCode::corrupt, "line {}: {}", line_, what);
  }

  CatalogEntry entry_;
  std::vector<std::string> keys_;  // of the paragraph being read; empty between paragraphs
  unsigned line_ = 0, paragraph_ = 0;
};

Result<std::vector<std::string>> files_of(const std::string& file_or_directory) {
  std::error_code status;
  if (!std::filesystem::is_directory(file_or_directory, status))
    return std::vector{file_or_directory};
  std::vector<std::string> files;
  for (std::filesystem::directory_iterator item(file_or_directory, status), end;
       !status && item != end; item.increment(status)) {
    if (item->path().extension() != ".catalog") continue;
    if (files.size() == kMaxCatalogFiles)
      return fail(ErrorCode::limit_exceeded, "{} holds more than {} files", file_or_directory,
                  kMaxCatalogFiles);
    files.push_back(item->path().string());
  }
  if (status) return fail(ErrorCode::io, "cannot list {}: {}", file_or_directory, status.message());
  if (files.empty())
    return fail(ErrorCode::not_found, "{} holds no .catalog file", file_or_directory);
  std::ranges::sort(files);
  return files;
}

}  // namespace

Result<CatalogEntry> parse_catalog_entry(std::string_view text) { return Parser().parse(text); }

Result<std::vector<CatalogEntry>> read_catalog(const std::string& file_or_directory) {
  STOWAWAY_TRY(const auto files, files_of(file_or_directory));
  std::vector<CatalogEntry> entries;
  for (const std::string& file : files) {
    STOWAWAY_TRY(const auto bytes, read_whole_file(file, kMaxCatalogFileBytes));
    auto entry = parse_catalog_entry({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    if (!entry) return tl::unexpected<Error>(entry.error().within(file));
    entries.push_back(*std::move(entry));
  }
  std::ranges::sort(entries, {}, [](const CatalogEntry& entry) {
    return std::pair(entry.rank, entry.component);
  });
  return entries;
}

}  // namespace stowaway::kb
