#include "kb/miner/catalog_miner.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>
#include <tuple>

#include "kb/miner/mine_any.h"
#include "kb/miner/scratch.h"
#include "kb/pack/pack.h"

namespace stowaway::kb {
namespace {

Pack empty_pack_of(const CatalogEntry& entry) {
  Pack pack;
  pack.component = entry.component;
  return pack;
}

// How a pack names a source: no path of this machine.
PackSource record_of(const CatalogSource& source) {
  PackSource record{source.kind, source.location, source.version, source.subpath};
  if (source.kind == "git") record.rule += " " + source.tag_regex;
  if (source.kind == "archive" || source.kind == "directory") {
    record.location = source.location.substr(0, source.location.find_last_not_of('/') + 1);
    record.location.erase(0, record.location.rfind('/') + 1);
  }
  if (!source.paths.empty())
    record.rule += (record.rule.empty() ? "" : " ") + ("paths " + source.paths);
  return record;
}

// What the catalogue says today replaces what it said when the pack was begun. True when that is a
// change.
bool describe(Pack& pack, const CatalogEntry& entry) {
  std::vector<PackSource> sources;
  for (const CatalogSource& source : entry.sources)
    if (source.status.empty()) sources.push_back(record_of(source));
  const auto words = [](auto& from) {
    return std::tie(from.purl, from.language, from.licence, from.aliases, from.rank);
  };
  const bool changed = words(pack) != words(entry) || pack.sources != sources;
  words(pack) = words(entry);
  pack.sources = std::move(sources);
  return changed;
}

// What the pack does not say yet is added. True when that is anything.
bool describe_more(Pack& pack, const CatalogEntry& entry) {
  bool changed = false;
  const auto fill = [&](std::string& mine, const std::string& theirs) {
    changed = changed || (mine.empty() && !theirs.empty());
    if (mine.empty()) mine = theirs;
  };
  fill(pack.purl, entry.purl);
  fill(pack.language, entry.language);
  fill(pack.licence, entry.licence);
  return changed;
}

// Adds what the entry's sources have. Errors of single sources and releases go into `outcome`.
// Gives the records of the sources that had something new.
Result<std::vector<PackSource>> mine_sources(const CatalogEntry& entry, const MineOptions& options,
                                             PackBuilder& builder, ComponentOutcome& outcome) {
  std::vector<PackSource> used;
  for (const CatalogSource& source : entry.sources) {
    if (!source.status.empty()) continue;
    auto count = mine_any(source, builder, options);
    if (!count && count.error().code == ErrorCode::cancelled)
      return tl::unexpected<Error>(count.error());
    ++outcome.sources;
    if (!count) {
      ++outcome.failed_sources;
      outcome.errors.push_back(count.error().within(source.location));
      continue;
    }
    outcome.errors.insert(outcome.errors.end(), count->errors.begin(), count->errors.end());
    if (count->releases > 0) used.push_back(record_of(source));
    outcome.count.add(*count);
  }
  return used;
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
  outcome.described_anew =
      (options.keep_description ? describe_more(start, entry) : describe(start, entry)) && !is_new;
  PackBuilder builder(std::move(start));
  STOWAWAY_TRY(const auto used, mine_sources(entry, options.mine, builder, outcome));
  if (outcome.count.releases == 0 && !outcome.described_anew) {
    if (!is_new) outcome.pack_file = file;
    return outcome;
  }
  Pack pack = builder.finish();
  for (const PackSource& source : used)
    if (std::ranges::find(pack.sources, source) == pack.sources.end())
      pack.sources.push_back(source);
  STOWAWAY_TRY_VOID(write_pack(pack, file));
  outcome.pack_file = file;
  outcome.written = true;
  return outcome;
}

Result<void> mine_catalog(const std::vector<CatalogEntry>& entries,
                          const CatalogMineOptions& options,
                          const std::function<void(const ComponentOutcome&)>& on_done) {
  STOWAWAY_TRY_VOID(make_directory(options.pack_directory));
  std::vector<const CatalogEntry*> work;
  for (std::size_t i = 0; i < entries.size(); ++i)
    if (i % options.shards == options.shard - 1 &&
        (options.max_rank == 0 || entries[i].rank <= options.max_rank))
      work.push_back(&entries[i]);
  const unsigned wanted =
      options.mine.jobs != 0 ? options.mine.jobs : std::thread::hardware_concurrency();
  const auto workers = std::clamp<std::size_t>(wanted, 1, std::max<std::size_t>(work.size(), 1));
  std::atomic<std::size_t> next{0}, done{0};
  std::mutex guard;
  std::optional<Error> failure;
  const auto run = [&] {
    CatalogMineOptions one = options;
    if (work.size() > 1) {  // components are the unit of parallel work here
      one.mine.jobs = 1;
      one.mine.progress = nullptr;
    }
    for (std::size_t i = next++; i < work.size(); i = next++) {
      const auto outcome = mine_entry(*work[i], one);
      const std::lock_guard lock(guard);
      if (!outcome) {
        if (!failure) failure = outcome.error().within(work[i]->component);
        next = work.size();
        return;
      }
      on_done(*outcome);
      if (options.mine.progress != nullptr && work.size() > 1)
        options.mine.progress->advance("mining", ++done, work.size());
    }
  };
  {
    std::vector<std::jthread> team;
    for (std::size_t i = 0; i < workers; ++i) team.emplace_back(run);
  }
  if (failure) return tl::unexpected<Error>(*failure);
  return {};
}

}  // namespace stowaway::kb
