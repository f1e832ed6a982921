#include "kb/miner/npm/npm_miner.h"

#include <algorithm>

#include "base/versions.h"
#include "kb/miner/npm/npm_registry.h"
#include "kb/miner/scratch.h"
#include "kb/miner/tree_miner.h"

namespace stowaway::kb {
namespace {

// Tarballs that npm fetches at a time: starting it costs more than a small package.
constexpr std::size_t kBatch = 16;

class NpmMiner {
 public:
  NpmMiner(const CatalogSource& source, PackBuilder& builder, const MineOptions& options)
      : source_(source), builder_(builder), options_(options) {}

  Result<MineCount> run() {
    STOWAWAY_TRY(auto releases, npm_releases(source_.location, source_.version, options_));
    std::erase_if(releases, [&](const NpmRelease& release) {
      return builder_.has_release(release.version, release.shasum);
    });
    std::ranges::stable_sort(releases, [](const NpmRelease& a, const NpmRelease& b) {
      return compare_semver(a.version, b.version) < 0;
    });
    for (std::size_t from = 0; from < releases.size() && !out_of_reach_; from += kBatch) {
      if (options_.stop.stop_requested()) return fail(ErrorCode::cancelled, "stopped");
      if (options_.progress != nullptr)
        options_.progress->advance(source_.location, from, releases.size());
      const std::size_t size = std::min(kBatch, releases.size() - from);
      STOWAWAY_TRY_VOID(mine(std::span(releases).subspan(from, size)));
    }
    return std::move(count_);
  }

 private:
  Result<void> mine(std::span<const NpmRelease> releases) {
    STOWAWAY_TRY(const Scratch scratch, Scratch::make(options_.cache_directory + "/npm"));
    std::vector<std::string> versions;
    for (const NpmRelease& release : releases) versions.push_back(release.version);
    const auto files = npm_fetch(source_.location, versions, scratch.path(), options_);
    if (!files) return apart(releases, files.error());
    for (std::size_t i = 0; i < releases.size(); ++i)
      STOWAWAY_TRY_VOID(note(read((*files)[i], releases[i]), releases[i]));
    return {};
  }

  // One of them could not be had: the others are asked for one by one. Where the registry does not
  // answer any more, what was read so far is kept.
  Result<void> apart(std::span<const NpmRelease> releases, const Error& why) {
    out_of_reach_ = why.code == ErrorCode::unavailable;
    if (out_of_reach_) {
      count_.errors.push_back(why);
      return {};
    }
    if (releases.size() == 1 || why.code == ErrorCode::cancelled)
      return note(tl::unexpected<Error>(why), releases.front());
    for (std::size_t i = 0; i < releases.size(); ++i)
      STOWAWAY_TRY_VOID(mine(releases.subspan(i, 1)));
    return {};
  }

  Result<MineCount> read(const std::string& file, const NpmRelease& release) {
    STOWAWAY_TRY_VOID(npm_verify(file, release, options_.stop));
    STOWAWAY_TRY(const auto opened, source::open_subject(file));
    TreeRelease tree;
    tree.release = {release.version, release.date, release.shasum, "", 0, 0};
    tree.strip = TreeRelease::Strip::first_part;
    tree.earlier_of_dates = true;
    return mine_tree(*opened, std::move(tree), source_, builder_, options_);
  }

  // Only what concerns all of them ends the work.
  Result<void> note(const Result<MineCount>& count, const NpmRelease& release) {
    if (count) {
      count_.add(*count);
    } else if (const ErrorCode code = count.error().code;
               code == ErrorCode::cancelled || code == ErrorCode::invalid_argument) {
      return tl::unexpected<Error>(count.error());
    } else {
      count_.errors.push_back(count.error().within(source_.location + " " + release.version));
    }
    return {};
  }

  const CatalogSource& source_;
  PackBuilder& builder_;
  const MineOptions& options_;
  MineCount count_;
  bool out_of_reach_ = false;
};

}  // namespace

Result<MineCount> mine_npm(const CatalogSource& source, PackBuilder& builder,
                           const MineOptions& options) {
  return NpmMiner(source, builder, options).run();
}

}  // namespace stowaway::kb
