#include "kb/miner/catalog_miner.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>
#include <tuple>

#include "kb/pack/pack.h"

namespace stowaway::kb {
namespace {

Pack empty_pack_of(const CatalogEntry& entry) {
  Pack pack;
  pack.component = entry.component;
  return pack;
}

// What the catalogue says today replaces what it said when the pack was begun. True when that is a
// change.
bool describe(Pack& pack, const CatalogEntry& entry) {
  std::vector<PackSource> sources;
  for (const CatalogSource& source : entry.sources)
    if (source.status.empty())
      sources.push_back(
          {"git", source.repository, source.version + " " + source.tag_regex, source.subpath});
  const bool changed =
      std::tie(pack.purl, pack.language, pack.licence, pack.aliases, pack.rank, pack.sources) !=
      std::tie(entry.purl, entry.language, entry.licence, entry.aliases, entry.rank, sources);
  pack.purl = entry.purl;
  pack.language = entry.language;
  pack.licence = entry.licence;
  pack.aliases = entry.aliases;
  pack.rank = entry.rank;
  pack.sources = std::move(sources);
  return changed;
}

// Adds what the entry's sources have. Errors of single sources go into `outcome`.
Result<void> mine_sources(const CatalogEntry& entry, const CatalogMineOptions& options,
                          PackBuilder& builder, ComponentOutcome& outcome) {
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
  return {};
}

}  // namespace

Result<ComponentOutcome> mine_entry(const CatalogEntry& entry, const CatalogMineOptions& options) {
  ComponentOutcome outcome;
  outcome.component = entry.component;
  const std::string file = options.pack_directory + "/" + entry.component + ".pack";
  auto existing = read_pack(file);
  if (!existing && existing.error().code != ErrorCode::not_found) {
    outcome.errors.push_back(existing.error());  // never written over
    return outcome;
  }
  Pack start = existing ? *std::move(existing) : empty_pack_of(entry);
  const bool is_new = start.releases.empty();
  outcome.described_anew = describe(start, entry) && !is_new;
  PackBuilder builder(std::move(start));
  STOWAWAY_TRY_VOID(mine_sources(entry, options, builder, outcome));
  if (outcome.count.releases == 0 && !outcome.described_anew) {
    if (!is_new) outcome.pack_file = file;
    return outcome;
  }
  STOWAWAY_TRY_VOID(write_pack(builder.finish(), file));
  outcome.pack_file = file;
  outcome.written = true;
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
