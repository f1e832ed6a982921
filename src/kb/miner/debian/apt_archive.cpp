#include "kb/miner/debian/apt_archive.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <mutex>
#include <set>
#include <thread>

#include "base/atomic_file.h"
#include "base/process.h"
#include "base/text.h"
#include "base/versions.h"
#include "fingerprint/identity.h"
#include "kb/miner/scratch.h"

namespace stowaway::kb {
namespace {

constexpr std::chrono::milliseconds kLongestPause{13'000};
constexpr const char* kKeyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

Result<ProcessResult> run(std::vector<std::string> arguments, const MineOptions& options,
                          const std::string& directory = "") {
  ProcessRequest request;
  request.arguments = std::move(arguments);
  request.directory = directory;
  request.inherit_environment = true;  // proxies
  request.environment = {"LC_ALL=C.UTF-8"};
  request.stop = options.stop;
  // Another of us may be at it, or an apt-get whose starter was killed.
  for (auto pause = std::chrono::milliseconds(100);; pause *= 2) {
    auto done = run_process(request);
    if (!done || done->status == 0 || pause > kLongestPause ||
        done->errors.find("Could not get lock") == std::string::npos ||
        options.stop.stop_requested())
      return done;
    std::this_thread::sleep_for(pause);
  }
}

// What went wrong, on one line, without apt's warnings.
std::string errors_of(const ProcessResult& done) {
  std::string text;
  for (const std::string_view line : split(done.errors, '\n'))
    if (!trimmed(line).empty() && !line.starts_with("W:") && text.size() < 600)
      text += (text.empty() ? "" : "; ") + std::string(trimmed(line));
  return text;
}

struct Target {
  std::string uri, suite, codename, component;
};

// What apt is configured with, of Debian. `more`: options of apt-get.
Result<std::vector<Target>> configured(const std::vector<std::string>& more,
                                       const MineOptions& options) {
  std::vector<std::string> command{"apt-get"};
  command.insert(command.end(), more.begin(), more.end());
  command.insert(command.end(), {"indextargets", "--format",
                                 "$(REPO_URI)|$(RELEASE)|$(CODENAME)|$(COMPONENT)|$(ORIGIN)"});
  STOWAWAY_TRY(const auto done, run(std::move(command), options));
  std::vector<Target> targets;
  for (const std::string_view line : split(done.output, '\n')) {
    const auto parts = split(line, '|');
    if (parts.size() != 5 || parts[4] != "Debian") continue;
    targets.push_back({std::string(parts[0]), std::string(parts[1]), std::string(parts[2]),
                       std::string(parts[3])});
  }
  return targets;
}

std::string source_line(const std::string& uri, const std::string& suite,
                        const std::string& component) {
  const bool keyring = std::filesystem::exists(kKeyring);  // else apt's own trust
  return std::string("deb-src ") + (keyring ? std::string("[signed-by=") + kKeyring + "] " : "") +
         uri + " " + suite + " " + component;
}

// Lines of a sources.list for the configured suites, or for those that were asked for.
Result<std::set<std::string>> source_lines(const std::string& state, const MineOptions& options) {
  if (!options.debian.apt_sources.empty())
    return std::set<std::string>(options.debian.apt_sources.begin(),
                                 options.debian.apt_sources.end());
  STOWAWAY_TRY(auto targets, configured({}, options));
  if (targets.empty() && !options.offline) {  // a machine without lists: read them into our place
    STOWAWAY_TRY_VOID(make_directory(state + "/binary-lists/partial"));
    const std::vector<std::string> apart{"-o", "Dir::State::Lists=" + state + "/binary-lists", "-o",
                                         "Dir::Cache=" + state + "/cache"};
    std::vector<std::string> update{"apt-get", "-q"};
    update.insert(update.end(), apart.begin(), apart.end());
    update.emplace_back("update");
    STOWAWAY_TRY_VOID(run(std::move(update), options).map([](const auto&) {}));
    STOWAWAY_TRY(targets, configured(apart, options));
  }
  std::set<std::string> lines;
  const auto& suites = options.debian.suites;
  for (const Target& target : targets)
    if (suites.empty() || std::ranges::find(suites, target.suite) != suites.end() ||
        std::ranges::find(suites, target.codename) != suites.end())
      lines.insert(source_line(target.uri, target.suite, target.component));
  // A suite that is not configured: of the mirror that has the main archive.
  const auto main = std::ranges::find_if(targets, [](const Target& target) {
    return target.component == "main" && target.suite.find('-') == std::string::npos;
  });
  for (const std::string& suite : suites)
    if (main != targets.end() && std::ranges::none_of(targets, [&](const Target& target) {
          return target.suite == suite || target.codename == suite;
        }))
      lines.insert(source_line(main->uri, suite, "main"));
  return lines;
}

bool is_tarball(std::string_view name) {
  return name.find(".tar.") != name.npos && !name.ends_with(".asc") && !name.ends_with(".sig") &&
         name.find(".debian.tar.") == name.npos;
}

std::mutex update_guard;  // apt locks its lists: one update at a time
std::set<std::string> updated;

}  // namespace

bool is_debian_name(std::string_view name) {
  const auto is_alphanumeric = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  };
  return name.size() > 1 && name.size() < 256 && is_alphanumeric(name.front()) &&
         std::ranges::all_of(
             name, [&](char c) { return is_alphanumeric(c) || c == '+' || c == '-' || c == '.'; });
}

std::string upstream_version(std::string_view version) {
  if (const std::size_t colon = version.find(':'); colon != version.npos)
    version.remove_prefix(colon + 1);
  if (const std::size_t dash = version.rfind('-'); dash != version.npos && dash > 0)
    version = version.substr(0, dash);
  constexpr std::string_view kReally = "+really";
  if (const std::size_t really = version.find(kReally);
      really != version.npos && really + kReally.size() < version.size())
    version.remove_prefix(really + kReally.size());
  for (const std::string_view mark : {"dfsg", "ds", "debian", "repack", "orig"}) {
    const std::size_t at = version.rfind(mark);
    if (at == version.npos || at < 2 ||
        std::string_view("+~.-").find(version[at - 1]) == std::string_view::npos)
      continue;
    if (version.find_first_not_of("0123456789.", at + mark.size()) == version.npos)
      version = version.substr(0, at - 1);
  }
  return std::string(version);
}

std::string revision_of(const source::Dsc& package) {
  std::vector<std::string> lines;
  std::string only;
  for (const source::DscFile& file : package.files)
    if (is_tarball(file.name) && !file.sha256_hex.empty()) {
      only = file.sha256_hex;
      lines.push_back(file.sha256_hex + "  " + file.name + "\n");
    }
  if (lines.size() < 2) return only;
  std::ranges::sort(lines);
  std::string text;
  for (const std::string& line : lines) text += line;
  return fingerprint::to_hex(fingerprint::sha256_of(fingerprint::as_bytes(text)));
}

std::vector<std::string> AptArchive::command(const char* program, const std::string& list) const {
  std::vector<std::string> words{program, "-q"};
  for (const std::string& option :
       {"Dir::Etc::SourceList=" + state_ + "/" + list,
        std::string("Dir::Etc::SourceParts=/dev/null"), "Dir::State::Lists=" + state_ + "/lists",
        "Dir::Cache=" + state_ + "/cache", std::string("Acquire::Languages=none")}) {
    words.emplace_back("-o");
    words.push_back(option);
  }
  return words;
}

Result<AptArchive> AptArchive::open(const MineOptions& options) {
  STOWAWAY_TRY_VOID(make_directory(options.cache_directory));
  std::error_code failed;
  std::string base = std::filesystem::absolute(options.cache_directory, failed).string();
  // Another choice of sources, another state: so each keeps its lists.
  std::string choice;
  for (const auto* list : {&options.debian.suites, &options.debian.apt_sources})
    for (const std::string& item : *list) choice += item + "\n";
  const auto name = fingerprint::to_hex(fingerprint::md5_of(fingerprint::as_bytes(choice)));
  AptArchive archive(base + "/apt/" + name.substr(0, 8), options);
  for (const char* folder : {"/lists/partial", "/cache/archives/partial", "/files"})
    STOWAWAY_TRY_VOID(make_directory(archive.state_ + folder));

  const std::lock_guard lock(update_guard);
  if (updated.contains(archive.state_)) return archive;
  const std::string list = archive.state_ + "/sources.list";
  if (!options.offline || !std::filesystem::exists(list)) {
    STOWAWAY_TRY(const auto lines, source_lines(archive.state_, options));
    if (lines.empty())
      return fail(ErrorCode::unavailable,
                  "apt is configured with no source of Debian packages for {}: name one with "
                  "--apt-source",
                  choice.empty() ? "any suite" : choice);
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    STOWAWAY_TRY_VOID(write_file_atomically(list, fingerprint::as_bytes(text)));
  }
  if (!options.offline) {
    if (options.progress != nullptr) options.progress->advance("source index", 0, 0);
    auto update = archive.command("apt-get");
    update.emplace_back("update");
    STOWAWAY_TRY(const auto done, run(std::move(update), options));
    if (done.status != 0)
      return fail(ErrorCode::unavailable, "apt-get update: {}", errors_of(done));
  }
  updated.insert(archive.state_);
  return archive;
}

Result<std::vector<source::Dsc>> AptArchive::versions(const std::string& package) const {
  if (!is_debian_name(package))
    return fail(ErrorCode::invalid_argument, "\"{}\" is no name of a Debian source package",
                package);
  auto show = command("apt-cache");
  show.insert(show.end(), {"showsrc", "--only-source", package});
  STOWAWAY_TRY(const auto done, run(std::move(show), *options_));
  STOWAWAY_TRY(auto found, source::parse_sources_index(done.output));
  std::erase_if(found, [&](const source::Dsc& one) { return one.source != package; });
  if (found.empty())
    return fail(ErrorCode::not_found, "debian:{}: no suite offers this source package", package);
  std::ranges::stable_sort(found, [](const source::Dsc& a, const source::Dsc& b) {
    return compare_debian(a.version, b.version) < 0;
  });
  const auto same = [](const source::Dsc& a, const source::Dsc& b) {
    return a.version == b.version;
  };
  found.erase(std::unique(found.begin(), found.end(), same), found.end());
  return found;
}

Result<std::string> AptArchive::fetch(const source::Dsc& package) const {
  const auto listed = std::ranges::find_if(
      package.files, [](const source::DscFile& file) { return file.name.ends_with(".dsc"); });
  if (listed == package.files.end())
    return fail(ErrorCode::corrupt, "{} {}: the index lists no .dsc", package.source,
                package.version);
  const std::string directory = state_ + "/files/" + package.source;
  STOWAWAY_TRY_VOID(make_directory(directory));
  const auto try_with = [&](const std::string& list) {
    auto source = command("apt-get", list);
    source.insert(source.end(), {"--download-only", "--only-source", "source",
                                 package.source + "=" + package.version});
    return run(std::move(source), *options_, directory);
  };
  STOWAWAY_TRY(const auto done, try_with("sources.list"));
  if (done.status == 0) return directory + "/" + listed->name;
  // apt asks one of the sources that offer a version. Mirrors that are being brought up to date
  // may not have the files yet: then each source is asked by itself.
  STOWAWAY_TRY(const auto bytes, read_whole_file(state_ + "/sources.list", 1 << 20));
  const std::string_view lines(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const std::string one = "only-" + package.source + ".list";
  for (const std::string_view line : split(lines, '\n')) {
    if (line.empty()) continue;
    STOWAWAY_TRY_VOID(write_file_atomically(state_ + "/" + one, fingerprint::as_bytes(line)));
    STOWAWAY_TRY(const auto again, try_with(one));
    if (again.status == 0) return directory + "/" + listed->name;
  }
  return fail(ErrorCode::unavailable, "{}", errors_of(done));
}

}  // namespace stowaway::kb
