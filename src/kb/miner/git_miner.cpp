#include "kb/miner/git_miner.h"

#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <numeric>
#include <optional>
#include <set>
#include <unordered_map>

#include "kb/miner/expression.h"
#include "kb/miner/git_repository.h"
#include "kb/miner/version_rule.h"

namespace stowaway::kb {
namespace {

constexpr std::size_t kMaxCommits = 400'000;
constexpr std::size_t kMaxRollingReleases =
    400;  // the newest; a rolling project is told apart by commits only
constexpr unsigned kMaxTreeDepth = 64;

struct FoundRelease {
  std::string version;
  GitCommit commit;
};

std::string last_part(const std::string& path) { return path.substr(path.rfind('/') + 1); }

Result<std::vector<FoundRelease>> releases_by_file(GitRepository& repository,
                                                   const VersionRule& rule,
                                                   std::uint64_t max_bytes) {
  STOWAWAY_TRY(auto commits, repository.history(kMaxCommits));
  std::ranges::reverse(commits);
  std::set<std::string> seen;
  std::vector<FoundRelease> found;
  for (const GitCommit& commit : commits) {
    const auto node = repository.node_at(commit.id, rule.argument());
    if (!node || node->is_tree || !seen.insert(hex_of(node->id)).second) continue;
    std::optional<std::string> version;
    const auto read = repository.read(node->id, max_bytes, [&](std::span<const std::byte> bytes) {
      version = rule.version_of({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    });
    if (read && version) found.push_back({*version, commit});
  }
  return found;
}

Result<std::vector<FoundRelease>> releases_by_commit(GitRepository& repository,
                                                     const std::string& subpath) {
  STOWAWAY_TRY(const auto commits, repository.history(kMaxCommits));
  std::set<std::string> seen;
  std::vector<FoundRelease> found;
  for (const GitCommit& commit : commits) {  // newest first, until there are enough
    const auto node = repository.node_at(commit.id, subpath);
    if (!node || !seen.insert(hex_of(node->id)).second) continue;
    std::string day = commit.date;
    std::erase(day, '-');
    found.push_back({"0~git" + day + "." + hex_of(commit.id).substr(0, 8), commit});
    if (found.size() == kMaxRollingReleases) break;
  }
  return found;
}

Result<std::vector<FoundRelease>> find_releases(GitRepository& repository,
                                                const CatalogSource& source,
                                                std::uint64_t max_bytes) {
  STOWAWAY_TRY(const VersionRule rule, VersionRule::parse(source.version, source.tag_regex));
  std::vector<FoundRelease> found;
  switch (rule.where()) {
    case VersionRule::Where::file_history: return releases_by_file(repository, rule, max_bytes);
    case VersionRule::Where::rolling: return releases_by_commit(repository, source.subpath);
    case VersionRule::Where::tags: {
      STOWAWAY_TRY(const auto tags, repository.tags());
      for (const GitTag& tag : tags)
        if (auto version = rule.version_of(tag.name))
          found.push_back({*std::move(version), tag.commit});
      return found;
    }
    case VersionRule::Where::subjects: {
      STOWAWAY_TRY(const auto commits, repository.history(kMaxCommits));
      std::set<std::string> named;
      for (const GitCommit& commit :
           commits)  // newest first: the newest commit of a version counts
        if (auto version = rule.version_of(commit.subject);
            version && named.insert(*version).second)
          found.push_back({*std::move(version), commit});
      return found;
    }
    case VersionRule::Where::fixed: {
      STOWAWAY_TRY(const auto head, repository.history(1));
      if (!head.empty()) found.push_back({rule.argument(), head.front()});
      return found;
    }
  }
  return found;
}

// Collects which blob lies at which path in a tree; a tree seen before at the same place costs
// nothing.
class TreeReader {
 public:
  // `wanted` may be none: then every code file counts.
  TreeReader(GitRepository& repository, std::optional<Expression> wanted)
      : repository_(&repository), wanted_(std::move(wanted)) {}

  struct File {
    std::uint32_t path, blob;
  };
  struct Blob {
    git_oid id;
    std::uint32_t path;  // the first place where it was seen: names its language
  };

  Result<void> read(const git_oid& tree, const std::string& prefix, unsigned depth,
                    std::vector<File>& files) {
    const std::string key(std::string(reinterpret_cast<const char*>(tree.id), GIT_OID_RAWSZ) +
                          prefix);
    auto known = trees_.find(key);
    if (known == trees_.end()) {
      std::vector<File> collected;
      STOWAWAY_TRY_VOID(collect(tree, prefix, depth, collected));
      known = trees_.emplace(key, std::move(collected)).first;
    }
    files.insert(files.end(), known->second.begin(), known->second.end());
    return {};
  }
  void add_file(const git_oid& id, const std::string& path, std::vector<File>& files) {
    if (!belongs_into_pack(path) || (wanted_ && !wanted_->matches(path))) return;
    const auto [place, new_path] =
        path_numbers_.emplace(path, static_cast<std::uint32_t>(paths_.size()));
    if (new_path) paths_.push_back(path);
    std::string key(reinterpret_cast<const char*>(id.id), GIT_OID_RAWSZ);
    const auto [blob, new_blob] =
        blob_numbers_.emplace(std::move(key), static_cast<std::uint32_t>(blobs_.size()));
    if (new_blob) blobs_.push_back(Blob{id, place->second});
    files.push_back(File{place->second, blob->second});
  }
  const std::vector<Blob>& blobs() const { return blobs_; }
  const std::string& path(std::uint32_t number) const { return paths_[number]; }

 private:
  Result<void> collect(const git_oid& tree, const std::string& prefix, unsigned depth,
                       std::vector<File>& files) {
    if (depth > kMaxTreeDepth)
      return fail(ErrorCode::limit_exceeded, "folders nest deeper than {}", kMaxTreeDepth);
    STOWAWAY_TRY(const auto entries, repository_->list(tree));
    for (const GitEntry& entry : entries) {
      if (entry.is_tree)
        STOWAWAY_TRY_VOID(read(entry.id, prefix + entry.name + "/", depth + 1, files));
      else
        add_file(entry.id, prefix + entry.name, files);
    }
    return {};
  }

  GitRepository* repository_;
  std::optional<Expression> wanted_;
  std::unordered_map<std::string, std::vector<File>> trees_;
  std::unordered_map<std::string, std::uint32_t> path_numbers_, blob_numbers_;
  std::vector<std::string> paths_;
  std::vector<Blob> blobs_;
};

struct ReleaseFiles {
  FoundRelease release;
  std::vector<TreeReader::File> files;
};

Result<std::vector<ReleaseFiles>> list_files(GitRepository& repository, const CatalogSource& source,
                                             const PackBuilder& builder, TreeReader& trees,
                                             const MineOptions& options) {
  STOWAWAY_TRY(auto releases, find_releases(repository, source, options.max_file_bytes));
  std::vector<ReleaseFiles> listed;
  std::set<std::pair<std::string, std::string>> seen;  // two tags may name one commit
  for (FoundRelease& release : releases) {
    if (options.stop.stop_requested())
      return fail(ErrorCode::cancelled, "stopped while listing releases");
    const std::string revision = hex_of(release.commit.id);
    if (!seen.emplace(release.version, revision).second ||
        builder.has_release(release.version, revision))
      continue;
    const auto node = repository.node_at(release.commit.id, source.subpath);
    if (!node) continue;  // the component's folder did not exist yet
    std::vector<TreeReader::File> files;
    if (node->is_tree)
      STOWAWAY_TRY_VOID(trees.read(node->id, "", 0, files));
    else
      trees.add_file(node->id, last_part(source.subpath), files);
    if (!files.empty()) listed.push_back({std::move(release), std::move(files)});
  }
  return listed;
}

// Reads all blobs, in the order of their paths: neighbours share delta bases in git's pack files.
Result<std::vector<std::optional<FingerprintedContent>>> read_blobs(
    const std::string& repository_path, const TreeReader& trees, const MineOptions& options,
    MineCount& count) {
  const auto& blobs = trees.blobs();
  std::vector<std::uint32_t> order(blobs.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(
      order, {}, [&](std::uint32_t i) { return std::string_view(trees.path(blobs[i].path)); });
  std::vector<std::optional<FingerprintedContent>> contents(blobs.size());
  tbb::enumerable_thread_specific<std::optional<GitRepository>> repositories;
  std::atomic<std::uint64_t> done{0}, bytes_read{0}, unread{0};
  std::optional<Error> failure;
  std::mutex failure_guard;

  const auto read_range = [&](const tbb::blocked_range<std::size_t>& range) {
    std::optional<GitRepository>& repository = repositories.local();
    if (!repository) {
      auto opened = GitRepository::open(repository_path);
      if (!opened) {
        const std::lock_guard lock(failure_guard);
        failure = opened.error();
        return;
      }
      repository = *std::move(opened);
    }
    for (std::size_t i = range.begin(); i != range.end() && !options.stop.stop_requested(); ++i) {
      const TreeReader::Blob& blob = blobs[order[i]];
      const auto read =
          repository->read(blob.id, options.max_file_bytes, [&](std::span<const std::byte> bytes) {
            if (!bytes.empty())
              contents[order[i]] = fingerprint_content(bytes, trees.path(blob.path));
            bytes_read += bytes.size();
          });
      if (!read) ++unread;
      if (++done % 64 == 0 && options.progress != nullptr)
        options.progress->advance("reading", done, blobs.size());
    }
  };
  tbb::task_arena arena(options.jobs == 0 ? tbb::task_arena::automatic
                                          : static_cast<int>(options.jobs));
  arena.execute([&] {
    tbb::parallel_for(tbb::blocked_range<std::size_t>(0, blobs.size(), 128), read_range);
  });
  if (failure) return tl::unexpected<Error>(*failure);
  if (options.stop.stop_requested())
    return fail(ErrorCode::cancelled, "stopped while reading files");
  count.contents += blobs.size();
  count.bytes += bytes_read;
  count.unread += unread;
  return contents;
}

}  // namespace

Result<MineCount> mine_git(const std::string& repository_path, const CatalogSource& source,
                           PackBuilder& builder, const MineOptions& options) {
  STOWAWAY_TRY(GitRepository repository, GitRepository::open(repository_path));
  std::optional<Expression> wanted;
  if (!source.paths.empty()) {
    STOWAWAY_TRY(wanted, Expression::compile(source.paths));
  }
  TreeReader trees(repository, std::move(wanted));
  MineCount count;
  STOWAWAY_TRY(auto releases, list_files(repository, source, builder, trees, options));
  STOWAWAY_TRY(auto contents, read_blobs(repository_path, trees, options, count));

  std::vector<std::optional<std::uint32_t>> numbers(contents.size());
  for (std::size_t i = 0; i < contents.size(); ++i)
    if (contents[i]) numbers[i] = builder.add_content(*std::move(contents[i]));
  std::set<std::uint32_t> versions;  // several tags may name one
  for (const ReleaseFiles& listed : releases) {
    const std::uint32_t number =
        builder.add_release(PackRelease{listed.release.version, listed.release.commit.date,
                                        hex_of(listed.release.commit.id), "", 0, 0});
    versions.insert(number);
    for (const TreeReader::File file : listed.files)
      if (numbers[file.blob]) builder.add_file(number, trees.path(file.path), *numbers[file.blob]);
  }
  count.releases = versions.size();
  return count;
}

}  // namespace stowaway::kb
