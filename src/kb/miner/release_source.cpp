#include "kb/miner/release_source.h"

#include <algorithm>
#include <filesystem>
#include <optional>

#include "base/text.h"
#include "kb/miner/debian/apt_archive.h"
#include "kb/miner/git_clone.h"
#include "kb/miner/git_repository.h"
#include "kb/miner/version_rule.h"
#include "source/source.h"

namespace stowaway::kb {
namespace {

// Any tag that ends with a version: where neither commit nor catalogue helps.
constexpr const char* kAnyTag = R"(^(?:.*?[^\d.])?(\d+(?:[._-]\d+)*[\w.+-]*)$)";

CatalogSource git_source(std::string url, std::string subpath) {
  CatalogSource source;
  source.location = std::move(url);
  source.subpath = std::move(subpath);
  source.tag_regex = kAnyTag;
  source.version = "us";
  return source;
}

// "pkg:github/owner/name#sub", "pkg:gitlab/…", "pkg:deb/debian/name".
std::optional<CatalogSource> source_of_purl(std::string_view purl) {
  const std::size_t hash = purl.find('#');
  const std::string sub(hash == purl.npos ? "" : purl.substr(hash + 1));
  const std::string_view place = purl.substr(0, purl.find_first_of("?#@"));
  if (place.starts_with("pkg:github/"))
    return git_source("https://github.com/" + std::string(place.substr(11)), sub);
  if (place.starts_with("pkg:gitlab/"))
    return git_source("https://gitlab.com/" + std::string(place.substr(11)), sub);
  if (!place.starts_with("pkg:deb/debian/")) return std::nullopt;
  CatalogSource source;
  source.kind = "debian";
  source.location = place.substr(15);
  return source;
}

bool is_commit(std::string_view revision) {
  return revision.size() == GIT_OID_HEXSZ &&
         revision.find_first_not_of("0123456789abcdef") == revision.npos;
}

// The commit of the release: the one that was mined, or else the tag that gives the version.
Result<std::string> commit_of(GitRepository& repository, const CatalogSource& source,
                              const ReleaseRequest& request) {
  git_oid id;
  if (is_commit(request.revision) && git_oid_fromstr(&id, request.revision.c_str()) == 0 &&
      repository.node_at(id, ""))
    return request.revision;
  STOWAWAY_TRY(const VersionRule rule, VersionRule::parse(source.version, source.tag_regex));
  STOWAWAY_TRY(const auto tags, repository.tags());
  for (const GitTag& tag : tags)
    if (rule.version_of(tag.name) == request.version) return hex_of(tag.commit.id);
  return fail(ErrorCode::not_found, "it has no tag for {}", request.version);
}

Result<ReleaseSource> in_clone(const std::string& clone, const CatalogSource& source,
                               const ReleaseRequest& request) {
  STOWAWAY_TRY(GitRepository repository, GitRepository::open(clone));
  auto commit = commit_of(repository, source, request);
  if (!commit) return tl::unexpected<Error>(commit.error().within(source.location));
  git_oid id;
  git_oid_fromstr(&id, commit->c_str());
  const bool has_part = !source.subpath.empty() && repository.node_at(id, source.subpath);
  return ReleaseSource{.subject = clone + "@" + *commit,
                       .root = has_part ? source.subpath : "",
                       .without = "",
                       .common_top = false,
                       .description = "commit " + *commit + " of " + source.location};
}

Result<ReleaseSource> from_git(const CatalogSource& source, const ReleaseRequest& request,
                               const MineOptions& options) {
  STOWAWAY_TRY(const std::string clone, find_repository(source.location, options));
  return in_clone(clone, source, request);
}

Result<ReleaseSource> from_debian(const std::string& package, const ReleaseRequest& request,
                                  const MineOptions& options) {
  STOWAWAY_TRY(const AptArchive archive, AptArchive::open(options));
  STOWAWAY_TRY(const auto versions, archive.versions(package));
  const source::Dsc* chosen = nullptr;
  for (const source::Dsc& one : versions) {
    if (upstream_version(one.version) != request.version) continue;
    if (chosen == nullptr || revision_of(one) == request.revision) chosen = &one;
  }
  if (chosen == nullptr)
    return fail(ErrorCode::not_found, "Debian's archive has no {} {}", package, request.version);
  STOWAWAY_TRY(std::string dsc, archive.fetch(*chosen));
  return ReleaseSource{.subject = std::move(dsc),
                       .root = "",
                       .without = "debian/",
                       .common_top = false,
                       .description = "Debian's source of " + package + " " + chosen->version};
}

Result<ReleaseSource> from_user(const CatalogSource& source, const ReleaseRequest& request) {
  CatalogSource here = source;
  here.location = request.upstream;
  for (const std::string& folder : {request.upstream + "/.git", request.upstream})
    if (std::error_code none; std::filesystem::exists(folder + "/objects", none) &&
                              std::filesystem::exists(folder + "/HEAD", none))
      return in_clone(folder, here, request);
  STOWAWAY_TRY(const auto opened, source::open_subject(request.upstream));
  const std::string_view kind = opened->kind();
  return ReleaseSource{.subject = request.upstream,
                       .root = "",
                       .without = kind == "debian-source" ? "debian/" : "",
                       .common_top = kind == "archive",
                       .description = request.upstream};
}

std::vector<CatalogSource> sources_of(const ReleaseRequest& request,
                                      const std::vector<CatalogEntry>& catalogue) {
  std::vector<CatalogSource> sources;
  const auto entry = std::ranges::find(catalogue, request.component, &CatalogEntry::component);
  if (entry != catalogue.end()) {
    sources = entry->sources;
    if (!entry->debian_source.empty()) {
      sources.emplace_back();
      sources.back().kind = "debian";
      sources.back().location = entry->debian_source;
    }
  }
  if (auto more = source_of_purl(request.purl); more && sources.empty())
    sources.push_back(*std::move(more));
  return sources;
}

}  // namespace

Result<ReleaseSource> find_release(const ReleaseRequest& request,
                                   const std::vector<CatalogEntry>& catalogue,
                                   const MineOptions& options) {
  const std::vector<CatalogSource> sources = sources_of(request, catalogue);
  const auto is_git = [](const CatalogSource& source) { return source.kind == "git"; };
  if (!request.upstream.empty()) {
    const auto rules = std::ranges::find_if(sources, is_git);
    return from_user(rules == sources.end() ? git_source("", "") : *rules, request);
  }
  std::optional<Error> first;
  for (const CatalogSource& source : sources) {
    if (!is_git(source) && source.kind != "debian") continue;
    auto found = is_git(source) ? from_git(source, request, options)
                                : from_debian(source.location, request, options);
    if (found || found.error().code == ErrorCode::cancelled) return found;
    if (!first) first = found.error();
  }
  if (first) return tl::unexpected<Error>(*first);
  return fail(ErrorCode::not_found,
              "neither catalogue nor package URL says where the source of {} is; name a clone, an "
              "archive or a directory with --upstream",
              request.component);
}

}  // namespace stowaway::kb
