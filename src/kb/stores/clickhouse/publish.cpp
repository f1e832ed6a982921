#include "kb/stores/clickhouse/publish.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <set>

#include "fingerprint/identity.h"
#include "kb/index/directory.h"
#include "kb/stores/clickhouse/fetch.h"
#include "kb/stores/clickhouse/layout.h"
#include "kb/stores/clickhouse/origins.h"
#include "kb/stores/clickhouse/rows.h"

namespace stowaway::kb::clickhouse {
namespace {

constexpr std::size_t kSendBytes = std::size_t{64} << 20;

struct LoadedPack {
  PackDigest digest;
  std::string component;
  std::uint64_t releases = 0, shingles = 0, loaded = 0;
  std::set<unsigned> nodes;
};

Result<std::map<PackNumber, LoadedPack>> loaded_packs(Cluster& cluster) {
  std::mutex mutex;
  std::map<PackNumber, LoadedPack> packs;
  const auto ask_node = [&](unsigned node) -> Result<void> {
    STOWAWAY_TRY(const std::string answer,
                 cluster.node(node).ask(
                     "SELECT pack, digest, component, releases, shingles, max(loaded) FROM packs "
                     "GROUP BY pack, digest, component, releases, shingles FORMAT RowBinary"));
    const std::lock_guard lock(mutex);
    for (RowReader rows(answer); !rows.at_end();) {
      LoadedPack& pack = packs[rows.take<PackNumber>()];
      pack.digest.bytes = rows.take<decltype(pack.digest.bytes)>();
      pack.component = rows.text();
      pack.releases = rows.take<std::uint64_t>();
      pack.shingles = rows.take<std::uint64_t>();
      pack.loaded = std::max(pack.loaded, rows.take<std::uint64_t>());
      pack.nodes.insert(node);
      if (!rows.ok())
        return fail(ErrorCode::corrupt, "{} gives no sense", cluster.node(node).host());
    }
    return {};
  };
  STOWAWAY_TRY_VOID(cluster.for_each(cluster.believed(), ask_node));
  return packs;
}

bool covers_all_shards(const std::set<unsigned>& holders, unsigned nodes) {
  for (unsigned shard = 0; shard < kShards; ++shard)
    if (std::ranges::none_of(holders_of(shard, nodes),
                             [&](unsigned node) { return holders.contains(node); }))
      return false;
  return true;
}

// Of each component the pack that was loaded last, of those that are there whole.
std::map<std::string, LoadedPack> chosen_of(std::map<PackNumber, LoadedPack> packs,
                                            unsigned nodes) {
  std::map<std::string, LoadedPack> chosen;
  for (auto& [number, pack] : packs) {
    if (!covers_all_shards(pack.nodes, nodes)) continue;
    LoadedPack& best = chosen[pack.component];
    if (best.component.empty() ||
        std::tie(pack.loaded, pack.digest) > std::tie(best.loaded, best.digest))
      best = std::move(pack);
  }
  return chosen;
}

// Nodes that lack some of them are not asked.
void doubt_incomplete(Cluster& cluster, const std::map<std::string, LoadedPack>& chosen) {
  for (const unsigned node : cluster.believed()) {
    const auto lacking = std::ranges::count_if(
        chosen, [&](const auto& item) { return !item.second.nodes.contains(node); });
    if (lacking > 0)
      cluster.doubt(node, fmt::format("{} lacks {} of {} packs: load these again",
                                      cluster.node(node).host(), lacking, chosen.size()));
  }
}

Result<std::vector<PackDirectory>> directories_of(Cluster& cluster,
                                                  const std::vector<std::uint64_t>& packs) {
  STOWAWAY_TRY(const auto texts,
               fetch_texts(cluster, packs,
                           "SELECT pack, bytes FROM directories WHERE pack IN keys "
                           "FORMAT RowBinary"));
  std::vector<PackDirectory> directories;
  for (const std::uint64_t pack : packs) {
    STOWAWAY_TRY(PackDirectory directory, decode_directory(texts.at(pack)));
    directories.push_back(std::move(directory));
  }
  return directories;
}

Result<void> send_origins(Cluster& cluster, const KbId& id, const std::vector<std::uint64_t>& packs,
                          const Origins& origins) {
  return cluster.for_each(cluster.believed(), [&](unsigned node) -> Result<void> {
    RowWriter rows;
    for (std::size_t i = 0; i < packs.size(); ++i) {
      if (std::ranges::count(holders_of(shard_of(packs[i]), cluster.size()), node) == 0) continue;
      rows.put(id).put(packs[i]).text(encode_bits(origins.carried[i]));
      if (rows.bytes().size() < kSendBytes) continue;
      STOWAWAY_TRY_VOID(cluster.node(node).insert("origins", rows.bytes()));
      rows.clear();
    }
    return rows.bytes().empty() ? Result<void>()
                                : cluster.node(node).insert("origins", rows.bytes());
  });
}

Result<void> send_publication(Cluster& cluster, const Manifest& manifest, bool is_ready) {
  RowWriter row;
  row.put(manifest.number)
      .put(std::uint64_t{manifest.packs.size()})
      .put(manifest.id())
      .text(is_ready ? "" : encode_manifest(manifest))
      .put(std::uint8_t{is_ready});
  return cluster.for_each(cluster.believed(), [&](unsigned node) {
    return cluster.node(node).insert("published", row.bytes());
  });
}

bool is_known_everywhere(Cluster& cluster, const Manifest& manifest) {
  return std::ranges::all_of(
      cluster.believed(), [&](unsigned node) { return cluster.lack_of(node, manifest).empty(); });
}

}  // namespace

Result<Publication> publish(Cluster& cluster) {
  // First the number, then the packs: who has a later number has seen at least as many packs.
  STOWAWAY_TRY(const Manifest before, cluster.newest_published());
  STOWAWAY_TRY(auto loaded, loaded_packs(cluster));
  const auto chosen = chosen_of(std::move(loaded), cluster.size());
  if (chosen.empty()) return fail(ErrorCode::not_found, "no packs are loaded");
  doubt_incomplete(cluster, chosen);
  STOWAWAY_TRY_VOID(cluster.covers_all_shards());

  Manifest manifest;
  std::vector<std::uint64_t> numbers;
  for (const auto& [component, pack] : chosen) {
    manifest.packs.push_back({pack.digest, component, {}});
    manifest.releases += pack.releases;
    manifest.shingles += pack.shingles;
    numbers.push_back(number_of(pack.digest));
  }
  const KbId id = manifest.id();
  const std::string hex = fingerprint::to_hex(std::span<const std::uint8_t>(id));
  const bool is_news = before.number == 0 || before.id() != id;
  if (!is_news && is_known_everywhere(cluster, before)) return Publication{hex, false};
  manifest.number = is_news ? before.number + 1 : before.number;

  STOWAWAY_TRY(const auto directories, directories_of(cluster, numbers));
  for (std::size_t i = 0; i < directories.size(); ++i)
    manifest.packs[i].aliases = directories[i].aliases;
  STOWAWAY_TRY(const Origins origins, judge_origins(cluster, numbers, directories));
  manifest.contents = origins.contents;
  STOWAWAY_TRY_VOID(send_origins(cluster, id, numbers, origins));
  // Two steps: nobody hears of it before every node can speak of it.
  STOWAWAY_TRY_VOID(send_publication(cluster, manifest, false));
  STOWAWAY_TRY_VOID(send_publication(cluster, manifest, true));
  return Publication{hex, is_news};
}

}  // namespace stowaway::kb::clickhouse
