// Mines many components of a catalogue into packs, several at a time. A component whose pack is
// there already is only extended, and not written when there is nothing new; one whose sources
// cannot be had is reported and skipped. Packs appear whole or not at all.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "kb/catalog/catalog.h"
#include "kb/miner/mine_options.h"

namespace stowaway::kb {

struct CatalogMineOptions {
  MineOptions mine;
  std::string pack_directory;
  // Packs that are there already keep what they say of their component, and get new sources beside
  // the old ones, instead of being described as the entries say.
  bool keep_description = false;
  unsigned shard = 1, shards = 1;  // this run takes entry number k when k % shards == shard - 1
  unsigned max_rank = 0;           // 0: all
};

struct ComponentOutcome {
  std::string component;
  std::string pack_file;  // empty when there is none
  MineCount count;
  bool written = false;                         // nothing new, nothing written
  bool described_anew = false;                  // licence, names or sources are not what they were
  std::size_t sources = 0, failed_sources = 0;  // those that were asked, and had nothing to say
  std::vector<Error> errors;  // of single sources and releases, or of a pack that cannot be read
};

// `on_done` is called once per component, from worker threads, never two calls at a time. Fails
// with cancelled, or io when the directory cannot be written.
Result<void> mine_catalog(const std::vector<CatalogEntry>& entries,
                          const CatalogMineOptions& options,
                          const std::function<void(const ComponentOutcome&)>& on_done);

// One entry: starts from the pack in the directory if there is one.
Result<ComponentOutcome> mine_entry(const CatalogEntry& entry, const CatalogMineOptions& options);

}  // namespace stowaway::kb
