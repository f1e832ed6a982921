#include "kb/miner/mine_any.h"

#include <algorithm>
#include <filesystem>

#include "base/text.h"
#include "kb/miner/debian/apt_archive.h"
#include "kb/miner/debian/debian_miner.h"
#include "kb/miner/file_miner.h"
#include "kb/miner/git_clone.h"
#include "kb/miner/git_miner.h"
#include "kb/miner/npm/npm_miner.h"
#include "kb/miner/npm/npm_registry.h"

namespace stowaway::kb {
namespace {

// "v1.2", "1.2.3", "zlib-1_2": what most projects do, but for prereleases.
constexpr const char* kUsualTags = R"(^(?:[A-Za-z][\w.+]*?[-_/])?[vV]?(\d+(?:[._]\d+)+[a-z]?)$)";

struct Asked {
  std::string component, purl;
  CatalogSource source;
};

Result<Asked> ask_npm(std::string_view word) {
  const std::size_t at = word.find('@', 1);  // the first character may be a scope's
  const std::string name(word.substr(0, at));
  if (!is_npm_name(name))
    return fail(ErrorCode::invalid_argument, "\"{}\" is no name of an npm package", name);
  Asked asked{name, "pkg:npm/" + name, {}};
  if (name.starts_with('@')) {
    asked.component = name.substr(name.find('/') + 1);
    asked.purl = "pkg:npm/%40" + name.substr(1);
  }
  asked.component = to_lower(asked.component);
  asked.source.kind = "npm";
  asked.source.location = name;
  if (at != word.npos) asked.source.version = word.substr(at + 1);
  return asked;
}

Result<Asked> ask_debian(std::string_view word) {
  const std::string name(word);
  if (!is_debian_name(name))
    return fail(ErrorCode::invalid_argument, "\"{}\" is no name of a Debian source package", name);
  Asked asked{name, "pkg:deb/debian/" + name, {}};
  asked.source.kind = "debian";
  asked.source.location = name;
  return asked;
}

Asked ask_git(std::string url, const MineRequest& request) {
  while (url.ends_with('/')) url.pop_back();
  std::string name = to_lower(url.substr(url.find_last_of("/:") + 1));
  if (name.ends_with(".git") && name.size() > 4) name.resize(name.size() - 4);
  Asked asked{name, "pkg:generic/" + name, {}};
  asked.source.location = url;
  asked.source.tag_regex = request.tags.empty() ? kUsualTags : request.tags;
  asked.source.version = !request.version_map.empty() ? request.version_map
                         : request.tags.empty()       ? "us"
                                                      : "id";
  return asked;
}

Result<Asked> ask_file(const std::string& path, const MineRequest& request) {
  std::error_code failed;
  const bool is_directory = std::filesystem::is_directory(path, failed);
  if (!is_directory && !std::filesystem::exists(path, failed))
    return fail(ErrorCode::not_found,
                "{}: no such file or directory, and none of debian:NAME, npm:NAME and git:URL",
                path);
  NamedRelease named = named_release(path);
  if (named.name == "." || named.name == "..")
    named = named_release(std::filesystem::canonical(path, failed).string());
  if (!request.release.empty()) named.version = request.release;
  if (named.version.empty())
    return fail(ErrorCode::invalid_argument,
                "{}: its name states no version: say it with --release", path);
  Asked asked{named.name, "pkg:generic/" + named.name, {}};
  asked.source.kind = is_directory ? "directory" : "archive";
  asked.source.location = path;
  asked.source.version = named.version;
  asked.source.date = request.date;
  return asked;
}

Result<Asked> ask(const std::string& word, const MineRequest& request) {
  if (word.starts_with("npm:")) return ask_npm(std::string_view(word).substr(4));
  if (word.starts_with("debian:")) return ask_debian(std::string_view(word).substr(7));
  if (word.starts_with("git:") && !word.starts_with("git://"))
    return ask_git(word.substr(4), request);
  if (word.find("://") != std::string::npos) return ask_git(word, request);
  return ask_file(word, request);
}

bool is_component_name(std::string_view name) {
  return !name.empty() && name.size() < 200 && name.front() != '.' && name.front() != '-' &&
         std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
                  c == '_' || c == '+';
         });
}

}  // namespace

Result<MineCount> mine_any(const CatalogSource& source, PackBuilder& builder,
                           const MineOptions& options) {
  if (source.kind == "npm") return mine_npm(source, builder, options);
  if (source.kind == "debian") return mine_debian(source, builder, options);
  if (source.kind == "archive" || source.kind == "directory")
    return mine_file(source, builder, options);
  if (source.kind != "git")
    return fail(ErrorCode::invalid_argument, "no miner for sources of the kind \"{}\"",
                source.kind);
  STOWAWAY_TRY(const std::string repository, find_repository(source.location, options));
  return mine_git(repository, source, builder, options);
}

Result<std::vector<CatalogEntry>> entries_of(const MineRequest& request) {
  std::vector<CatalogEntry> entries;
  for (const std::string& word : request.words) {
    STOWAWAY_TRY(Asked asked, ask(word, request));
    const std::string name = request.component.empty() ? asked.component : request.component;
    if (!is_component_name(name))
      return fail(ErrorCode::invalid_argument,
                  "\"{}\" cannot name a component (lower case, digits, . - _ +): say "
                  "--component NAME",
                  name);
    asked.source.subpath = request.subpath;
    asked.source.paths = request.paths;
    auto entry = std::ranges::find(entries, name, &CatalogEntry::component);
    if (entry == entries.end()) {
      entries.emplace_back();
      entry = entries.end() - 1;
      entry->component = name;
      entry->purl = request.purl.empty() ? asked.purl : request.purl;
      entry->licence = request.licence;
      entry->language = request.language;
    }
    entry->sources.push_back(std::move(asked.source));
  }
  return entries;
}

}  // namespace stowaway::kb
