#include "kb/miner/catalog_miner.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>

#include "kb/pack/pack.h"

namespace stowaway::kb {
namespace {

Pack empty_pack_of(const CatalogEntry& entry) {
  Pack pack;
  pack.component = entry.component;
  return pack;
}

// What the catalogue says today replaces what it said when the pack was begun.
void describe(Pack& pack, const CatalogEntry& entry) {
  pack.purl = entry.purl;
  pack.language = entry.language;
  pack.licence = entry.licence;
  pack.aliases = entry.aliases;
  pack.rank = entry.rank;
  pack.sources.clear();
  for (const CatalogSource& source : entry.sources)
    if (source.status.empty())
      pack.sources.push_back(
          {"git", source.repository, source.version + " " + source.tag_regex, source.subpath});
}

}  // namespace

Result<ComponentOutcome> mine_entry(const CatalogEntry& entry, const CatalogMineOptions& options) {
  ComponentOutcome outcome{entry.component, "", {}, false, {}};
  const std::string file = options.pack_directory + "/" + entry.component + ".pack";
  auto existing = read_pack(file);
  if (!existing && existing.error().code != ErrorCode::not_found)
    outcome.errors.push_back(existing.error());
  Pack start = existing ? *std::move(existing) : empty_pack_of(entry);
  const std::size_t had = start.releases.size();
  describe(start, entry);
  PackBuilder builder(std::move(start));
  for (const CatalogSource& source : entry.sources) {
    if (!source.status.empty()) continue;
    const auto path = options.locate(source.repository);
    const auto count = path ? mine_git(*path, source, builder, options.mine)
                            : Result<MineCount>(tl::unexpected<Error>(path.error()));
    if (!count && count.error().code == ErrorCode::cancelled)
      return tl::unexpected<Error>(count.error());
    if (!count) {
      outcome.errors.push_back(count.error().within(source.repository));
      continue;
    }
    outcome.count.releases += count->releases;
    outcome.count.contents += count->contents;
    outcome.count.bytes += count->bytes;
    outcome.count.unread += count->unread;
  }
  outcome.unchanged = outcome.count.releases == 0;
  if (outcome.unchanged && had > 0) outcome.pack_file = file;
  if (outcome.unchanged) return outcome;
  STOWAWAY_TRY_VOID(write_pack(builder.finish(), file));
  outcome.pack_file = file;
  return outcome;
}

Result<void> mine_catalog(const std::vector<CatalogEntry>& entries,
                          const CatalogMineOptions& options,
                          const std::function<void(const ComponentOutcome&)>& on_done) {
  std::vector<const CatalogEntry*> work;
  for (std::size_t i = 0; i < entries.size(); ++i)
    if (i % options.shards == options.shard - 1 &&
        (options.max_rank == 0 || entries[i].rank <= options.max_rank))
      work.push_back(&entries[i]);
  const unsigned workers = std::max(
      1U, options.mine.jobs != 0 ? options.mine.jobs : std::thread::hardware_concurrency());
  std::atomic<std::size_t> next{0}, done{0};
  std::mutex guard;
  std::optional<Error> failure;
  const auto run = [&] {
    CatalogMineOptions one = options;
    one.mine.jobs = 1;  // components are the unit of parallel work here
    one.mine.progress = nullptr;
    for (std::size_t i = next++; i < work.size(); i = next++) {
      const auto outcome = mine_entry(*work[i], one);
      const std::lock_guard lock(guard);
      if (!outcome) {
        if (!failure) failure = outcome.error().within(work[i]->component);
        next = work.size();
        return;
      }
      on_done(*outcome);
      if (options.mine.progress != nullptr)
        options.mine.progress->advance("mining", ++done, work.size());
    }
  };
  {
    std::vector<std::jthread> team;
    for (unsigned i = 0; i < workers; ++i) team.emplace_back(run);
  }
  if (failure) return tl::unexpected<Error>(*failure);
  return {};
}

}  // namespace stowaway::kb
