#include "kb/miner/git_clone.h"

#include <git2.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <mutex>
#include <set>

#include "fingerprint/identity.h"
#include "kb/miner/git_repository.h"
#include "kb/miner/scratch.h"

namespace stowaway::kb {
namespace {

constexpr std::uint64_t kMaxCloneBytes = std::uint64_t{64} << 30;

template <class T, void (*Free)(T*)>
struct Freer {
  void operator()(T* object) const { Free(object); }
};
using RepositoryPtr = std::unique_ptr<git_repository, Freer<git_repository, git_repository_free>>;
using RemotePtr = std::unique_ptr<git_remote, Freer<git_remote, git_remote_free>>;

struct UrlParts {
  std::string owner, name;
};

UrlParts parts_of(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  if (url.ends_with(".git")) url.resize(url.size() - 4);
  const std::size_t slash = url.find_last_of("/:");
  if (slash == std::string::npos) return {"", url};
  const std::string above = url.substr(0, slash);
  return {above.substr(above.find_last_of("/:") + 1), url.substr(slash + 1)};
}

std::string in_mirrors(const UrlParts& parts, const std::vector<std::string>& mirrors) {
  for (const std::string& mirror : mirrors)
    for (const std::string& place : {mirror + "/" + parts.owner + "+" + parts.name + "/repo",
                                     mirror + "/" + parts.name + ".git", mirror + "/" + parts.name})
      for (const std::string& folder : {place + "/.git", place})
        if (std::filesystem::exists(folder + "/objects")) return folder;
  return "";
}

// Schemes that libgit2 speaks; nothing that would start a program or read this machine by surprise.
bool is_url(std::string_view url) {
  for (const std::string_view scheme : {"https://", "http://", "git://", "ssh://", "file://"})
    if (url.starts_with(scheme) && url.size() > scheme.size()) return true;
  const std::size_t at = url.find('@'), colon = url.find(':');  // git@host:owner/name
  return at != url.npos && colon != url.npos && at < colon && url.find('/') > colon &&
         !url.starts_with('-');
}

struct Watch {
  const MineOptions* options;
  std::string stage;
};

int on_progress(const git_indexer_progress* stats, void* payload) {
  const auto& watch = *static_cast<const Watch*>(payload);
  if (watch.options->progress != nullptr)
    watch.options->progress->advance(watch.stage, stats->received_objects, stats->total_objects);
  return watch.options->stop.stop_requested() || stats->received_bytes > kMaxCloneBytes ? -1 : 0;
}

tl::unexpected<Error> git_failure(const std::string& url, const MineOptions& options) {
  if (options.stop.stop_requested())
    return fail(ErrorCode::cancelled, "stopped while fetching {}", url);
  const git_error* error = git_error_last();
  return fail(ErrorCode::unavailable, "cannot fetch {}: {}", url,
              error != nullptr && error->message != nullptr ? error->message : "no reason given");
}

// Brings branches and tags, and nothing else (no refs/pull), and drops those that are gone.
Result<void> fetch_into(git_repository* repository, const std::string& url,
                        const MineOptions& options) {
  git_remote* made = nullptr;
  if (git_remote_create_anonymous(&made, repository, url.c_str()) != 0)
    return git_failure(url, options);
  const RemotePtr remote(made);
  Watch watch{&options, "fetching " + parts_of(url).name};
  git_fetch_options fetching;
  git_fetch_options_init(&fetching, GIT_FETCH_OPTIONS_VERSION);
  fetching.callbacks.transfer_progress = on_progress;
  fetching.callbacks.payload = &watch;
  fetching.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
  fetching.prune = GIT_FETCH_PRUNE;
  char heads[] = "+refs/heads/*:refs/heads/*", tags[] = "+refs/tags/*:refs/tags/*";
  char* specs[] = {heads, tags};
  const git_strarray wanted{specs, 2};
  if (git_remote_fetch(remote.get(), &wanted, &fetching, nullptr) != 0)
    return git_failure(url, options);
  git_buf head = GIT_BUF_INIT;
  if (git_remote_default_branch(&head, remote.get()) == 0) {
    const int set = git_repository_set_head(repository, head.ptr);
    git_buf_dispose(&head);
    if (set != 0) return git_failure(url, options);
  }
  return {};
}

Result<void> update(const std::string& clone, const std::string& url, const MineOptions& options) {
  git_repository* opened = nullptr;
  if (git_repository_open_bare(&opened, clone.c_str()) != 0) return git_failure(url, options);
  const RepositoryPtr repository(opened);
  return fetch_into(repository.get(), url, options);
}

Result<void> clone_anew(const std::string& clone, const std::string& url,
                        const MineOptions& options) {
  STOWAWAY_TRY(Scratch scratch, Scratch::make(options.cache_directory + "/git"));
  git_repository* made = nullptr;
  if (git_repository_init(&made, scratch.path().c_str(), 1) != 0)
    return fail(ErrorCode::io, "cannot make a repository in {}", scratch.path());
  const RepositoryPtr repository(made);
  STOWAWAY_TRY_VOID(fetch_into(repository.get(), url, options));
  return scratch.keep_as(clone);
}

std::mutex clone_guard;  // one at a time: the network is the limit
std::set<std::string> up_to_date;

Result<std::string> own_clone(const std::string& url, const MineOptions& options) {
  const UrlParts parts = parts_of(url);
  const std::string digest =
      fingerprint::to_hex(fingerprint::sha256_of(fingerprint::as_bytes(url)));
  const std::string clone = options.cache_directory + "/git/" + parts.owner + "+" + parts.name +
                            "-" + digest.substr(0, 8) + ".git";
  const std::lock_guard lock(clone_guard);
  const bool is_there = std::filesystem::exists(clone + "/objects");
  if (options.offline && !is_there)
    return fail(ErrorCode::not_found, "no clone of {} here, and --offline allows no other", url);
  if (options.offline || up_to_date.contains(clone)) return clone;
  STOWAWAY_TRY_VOID(make_directory(options.cache_directory));
  STOWAWAY_TRY_VOID(is_there ? update(clone, url, options) : clone_anew(clone, url, options));
  up_to_date.insert(clone);
  return clone;
}

}  // namespace

Result<std::string> find_repository(const std::string& url, const MineOptions& options) {
  GitRepository::start();
  if (std::filesystem::exists(url)) {
    const std::string inner = url + "/.git";
    return std::filesystem::exists(inner + "/objects") ? inner : url;
  }
  if (const std::string clone = in_mirrors(parts_of(url), options.mirrors); !clone.empty())
    return clone;
  if (!is_url(url))
    return fail(ErrorCode::not_found, "{} is neither a repository here nor a URL", url);
  return own_clone(url, options);
}

}  // namespace stowaway::kb
