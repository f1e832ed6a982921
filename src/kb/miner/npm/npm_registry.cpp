#include "kb/miner/npm/npm_registry.h"

#include <openssl/evp.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/process.h"
#include "base/text.h"
#include "fingerprint/identity.h"
#include "source/file_digest.h"

namespace stowaway::kb {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxVersions = 20'000, kMaxWordBytes = 4096;
constexpr std::size_t kVersionsPerQuestion = 200;  // they stand in a command line

Result<json> parse(std::string_view text) {
  json parsed = json::parse(text.begin(), text.end(), nullptr, false);
  if (parsed.is_discarded()) return fail(ErrorCode::corrupt, "npm printed no JSON");
  return parsed;
}

// A text without blanks or control characters; "" for everything else.
std::string word_of(const json& value) {
  if (!value.is_string()) return "";
  const auto& text = value.get_ref<const std::string&>();
  const bool plain = text.size() <= kMaxWordBytes &&
                     std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F; });
  return plain ? text : "";
}

std::string member(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return "";
  const auto& text = found->get_ref<const std::string&>();
  return text.size() <= kMaxWordBytes ? text : "";
}

// "2015-10-13T14:23:05.006Z" begins with a date.
std::string date_of(const json& time) {
  const std::string text = word_of(time).substr(0, 10);
  for (std::size_t i = 0; i < text.size(); ++i)
    if ((i == 4 || i == 7) != (text[i] == '-') ||
        (text[i] != '-' && (text[i] < '0' || text[i] > '9')))
      return "";
  return text.size() == 10 ? text : "";
}

bool is_version(std::string_view version) {
  return !version.empty() && version.front() >= '0' && version.front() <= '9' &&
         version.find_first_of("/|\"'") == version.npos;
}

// Prereleases have a '-' before any build metadata.
bool is_final(std::string_view version) {
  return version.substr(0, version.find('+')).find('-') == version.npos;
}

// What the registry answered when it was not what was asked for.
Error refusal(const ProcessResult& done, const std::string& what) {
  const json answer = json::parse(done.output, nullptr, false);
  const json none = json::object();
  const json& error = answer.is_object() && answer.contains("error") ? answer["error"] : none;
  std::string summary = error.is_object() ? member(error, "summary") : "";
  const std::string code = error.is_object() ? member(error, "code") : "";
  if (summary.empty()) summary = std::string(trimmed(done.errors.substr(0, 500)));
  const bool missing = code == "E404" || code == "ETARGET" ||
                       done.errors.find("E404") != std::string::npos ||
                       done.errors.find("ETARGET") != std::string::npos;
  if (missing) return {ErrorCode::not_found, what + ": " + summary};
  if (done.errors.find("EINTEGRITY") != std::string::npos)
    return {ErrorCode::corrupt, "not what the registry promises: npm says EINTEGRITY"};
  return {ErrorCode::unavailable, what + ": " + summary};
}

Result<ProcessResult> npm(std::vector<std::string> arguments, const std::string& directory,
                          const MineOptions& options) {
  ProcessRequest request;
  request.arguments = {"npm"};
  request.arguments.insert(request.arguments.end(), arguments.begin(), arguments.end());
  request.arguments.insert(request.arguments.end(),
                           {"--loglevel=error", "--ignore-scripts", "--no-update-notifier"});
  if (options.offline) request.arguments.emplace_back("--offline");
  request.directory = directory;
  request.inherit_environment = true;  // proxies, npm_config_*
  request.stop = options.stop;
  auto done = run_process(request);
  if (!done && done.error().code == ErrorCode::not_found)
    return fail(ErrorCode::not_found, "the npm program is needed: install npm");
  return done;
}

Result<std::vector<NpmRelease>> ask_releases(const std::string& name, const std::string& range,
                                             const MineOptions& options) {
  const std::string what = name + "@" + range;
  STOWAWAY_TRY(
      const auto done,
      npm({"view", what, "version", "dist.shasum", "dist.integrity", "--json"}, "", options));
  if (done.status != 0) return tl::unexpected<Error>(refusal(done, "npm:" + what));
  return parse_npm_releases(done.output);
}

std::string base64_of(const std::vector<std::uint8_t>& bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

}  // namespace

bool is_npm_name(std::string_view name) {
  const auto is_part = [](std::string_view part) {
    return !part.empty() && part.front() != '.' && part.front() != '-' &&
           std::ranges::all_of(part, [](char c) {
             return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '-' || c == '_' || c == '.' || c == '~';
           });
  };
  if (name.size() > 214) return false;  // the registry's own limit
  if (!name.starts_with('@')) return is_part(name);
  const std::size_t slash = name.find('/');
  return slash != name.npos && is_part(name.substr(1, slash - 1)) &&
         is_part(name.substr(slash + 1));
}

Result<NpmVersions> parse_npm_versions(std::string_view text) {
  STOWAWAY_TRY(const json answer, parse(text));
  if (!answer.is_object() || !answer.contains("versions"))
    return fail(ErrorCode::corrupt, "npm named no versions");
  NpmVersions found;
  const json& versions = answer["versions"];
  if (versions.size() > kMaxVersions)
    return fail(ErrorCode::limit_exceeded, "more than {} versions", kMaxVersions);
  const json several = versions.is_array() ? versions : json::array({versions});
  for (const json& version : several)
    if (auto word = word_of(version); is_version(word)) found.versions.push_back(std::move(word));
  if (const auto time = answer.find("time"); time != answer.end() && time->is_object())
    for (const auto& [version, date] : time->items())
      if (auto day = date_of(date); !day.empty()) found.dates.emplace(version, std::move(day));
  return found;
}

Result<std::vector<NpmRelease>> parse_npm_releases(std::string_view text) {
  std::vector<NpmRelease> found;
  if (trimmed(text).empty()) return found;
  STOWAWAY_TRY(const json answer, parse(text));
  if (answer.is_array() && answer.size() > kMaxVersions)
    return fail(ErrorCode::limit_exceeded, "more than {} versions", kMaxVersions);
  const json several = answer.is_array() ? answer : json::array({answer});
  for (const json& one : several) {
    if (!one.is_object()) return fail(ErrorCode::corrupt, "npm described a release by no object");
    NpmRelease release{member(one, "version"), "", member(one, "dist.shasum"),
                       member(one, "dist.integrity")};
    if (!is_version(release.version)) return fail(ErrorCode::corrupt, "a release without version");
    found.push_back(std::move(release));
  }
  return found;
}

Result<std::vector<NpmRelease>> npm_releases(const std::string& name, const std::string& range,
                                             const MineOptions& options) {
  if (!is_npm_name(name))
    return fail(ErrorCode::invalid_argument, "\"{}\" is no name of an npm package", name);
  STOWAWAY_TRY(const auto done, npm({"view", name, "versions", "time", "--json"}, "", options));
  if (done.status != 0) return tl::unexpected<Error>(refusal(done, "npm:" + name));
  STOWAWAY_TRY(auto known, parse_npm_versions(done.output));
  std::vector<NpmRelease> found;
  if (!range.empty()) {
    STOWAWAY_TRY(found, ask_releases(name, range, options));
  } else {
    if (!options.prereleases)
      std::erase_if(known.versions, [](const std::string& v) { return !is_final(v); });
    for (std::size_t from = 0; from < known.versions.size(); from += kVersionsPerQuestion) {
      std::string wanted;
      const std::size_t to = std::min(from + kVersionsPerQuestion, known.versions.size());
      for (std::size_t i = from; i < to; ++i)
        wanted += (wanted.empty() ? "" : " || ") + known.versions[i];
      STOWAWAY_TRY(const auto some, ask_releases(name, wanted, options));
      found.insert(found.end(), some.begin(), some.end());
    }
  }
  for (NpmRelease& release : found)
    if (const auto date = known.dates.find(release.version); date != known.dates.end())
      release.date = date->second;
  return found;
}

Result<std::vector<std::string>> npm_fetch(const std::string& name,
                                           const std::vector<std::string>& versions,
                                           const std::string& directory,
                                           const MineOptions& options) {
  std::vector<std::string> arguments{"pack"}, files;
  std::string stem = name;
  std::erase(stem, '@');
  std::ranges::replace(stem, '/', '-');
  for (const std::string& version : versions) {
    arguments.push_back(name + "@" + version);
    files.push_back(directory + "/" + stem + "-" + version + ".tgz");
  }
  STOWAWAY_TRY(const auto done, npm(std::move(arguments), directory, options));
  if (done.status != 0)
    return tl::unexpected<Error>(refusal(done, "npm:" + name + "@" + versions.front()));
  for (const std::string& file : files)
    if (!std::filesystem::exists(file))
      return fail(ErrorCode::unavailable, "npm did not write {}", file);
  return files;
}

Result<void> npm_verify(const std::string& file, const NpmRelease& release,
                        const std::stop_token& stop) {
  using source::digest_of_file;
  using source::FileDigestKind;
  bool checked = false;
  for (const std::string_view promised : split(release.integrity, ' ')) {
    const bool is_strong = promised.starts_with("sha512-");
    if (!is_strong && !promised.starts_with("sha1-")) continue;
    STOWAWAY_TRY(
        const auto digest,
        digest_of_file(file, is_strong ? FileDigestKind::sha512 : FileDigestKind::sha1, stop));
    const std::string_view algorithm = promised.substr(0, promised.find('-') + 1);
    // Options may follow behind a '?'.
    if (promised.substr(algorithm.size(), promised.find('?') - algorithm.size()) !=
        base64_of(digest))
      return fail(ErrorCode::corrupt, "{}: its {} is not the one that the registry promises",
                  release.version, is_strong ? "SHA-512" : "SHA-1");
    checked = true;
  }
  if (!release.shasum.empty()) {
    STOWAWAY_TRY(const auto digest, digest_of_file(file, FileDigestKind::sha1, stop));
    if (fingerprint::to_hex(digest) != to_lower(release.shasum))
      return fail(ErrorCode::corrupt, "{}: its SHA-1 is not the one that the registry promises",
                  release.version);
    checked = true;
  }
  if (checked) return {};
  return fail(ErrorCode::corrupt, "{}: the registry promises no checksum", release.version);
}

}  // namespace stowaway::kb
