#include "kb/stores/clickhouse/cluster.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <thread>

#include "fingerprint/identity.h"
#include "kb/stores/clickhouse/layout.h"
#include "kb/stores/clickhouse/rows.h"

namespace stowaway::kb::clickhouse {
namespace {

std::string hex_of(const KbId& id) {
  return fingerprint::to_hex(std::span<const std::uint8_t>(id));
}

std::string upper_hex_of(const KbId& id) {
  std::string hex = hex_of(id);
  for (char& c : hex)
    if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 32);
  return hex;  // as ClickHouse's hex() writes it
}

}  // namespace

// A publication as far as it decides which one is newer.
struct Cluster::Published {
  std::uint64_t number = 0, packs = 0;
  KbId id{};
  auto operator<=>(const Published&) const = default;
};

Cluster::Cluster(Address address, const StoreOptions& options) : address_(std::move(address)) {
  for (const std::string& host : address_.hosts)
    nodes_.push_back(std::make_unique<Node>(address_.scheme, host, address_.database, options));
  doubts_.resize(nodes_.size());
}

std::vector<std::string> Cluster::doubts() const {
  const std::lock_guard lock(mutex_);
  return doubts_;
}

void Cluster::doubt(unsigned node, const std::string& why) {
  const std::lock_guard lock(mutex_);
  doubts_[node] = why;
}

std::vector<unsigned> Cluster::believed() const {
  const auto why = doubts();
  std::vector<unsigned> out;
  for (unsigned i = 0; i < why.size(); ++i)
    if (why[i].empty()) out.push_back(i);
  return out;
}

Result<void> Cluster::for_each(const std::vector<unsigned>& nodes,
                               const std::function<Result<void>(unsigned)>& work) {
  std::vector<Result<void>> results(nodes.size());
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < nodes.size(); ++i)
      threads.emplace_back([&, i] { results[i] = work(nodes[i]); });
  }
  for (Result<void>& result : results)
    if (!result) return std::move(result);
  return {};
}

Result<void> Cluster::check_place(unsigned node) {
  STOWAWAY_TRY(const std::string answer,
               nodes_[node]->ask("SELECT DISTINCT shards, nodes, node FROM layout "
                                 "FORMAT RowBinary"));
  for (RowReader rows(answer); !rows.at_end();) {
    const auto shards = rows.take<std::uint32_t>(), nodes = rows.take<std::uint32_t>(),
               place = rows.take<std::uint32_t>();
    if (!rows.ok() || shards != kShards || nodes != size() || place != node)
      return fail(ErrorCode::invalid_argument,
                  "{} is node {} of {} ({} shards), and is named here as node {} of {}: give all "
                  "nodes in the order of the first load",
                  address_.hosts[node], place + 1, nodes, shards, node + 1, size());
  }
  return {};
}

Result<void> Cluster::meet() {
  std::vector<unsigned> all;
  for (unsigned i = 0; i < size(); ++i) all.push_back(i);
  const auto look = [this](unsigned i) -> Result<void> {
    doubt(i, "");
    const auto placed = check_place(i);
    if (placed || placed.error().code == ErrorCode::not_found) return {};
    if (placed.error().code == ErrorCode::invalid_argument) return placed;
    doubt(i, placed.error().message);
    return {};
  };
  STOWAWAY_TRY_VOID(for_each(all, look));
  if (believed().empty())
    return fail(ErrorCode::unavailable, "no node of the cluster: {}", fmt::join(doubts(), "; "));
  return {};
}

Result<Cluster::Published> Cluster::newest() {
  std::mutex mutex;
  Published newest;
  STOWAWAY_TRY_VOID(for_each(believed(), [&](unsigned i) -> Result<void> {
    const auto answer = nodes_[i]->ask(
        "SELECT number, packs, id FROM published WHERE is_ready = 1 "
        "ORDER BY number DESC, packs DESC, id DESC LIMIT 1 FORMAT RowBinary");
    // A node without tables has nothing; whether that matters is seen when shards are counted.
    if (!answer && answer.error().code != ErrorCode::not_found) doubt(i, answer.error().message);
    if (!answer) return {};
    RowReader rows(*answer);
    if (rows.at_end()) return {};
    Published found;
    found.number = rows.take<std::uint64_t>();
    found.packs = rows.take<std::uint64_t>();
    found.id = rows.take<KbId>();
    const std::lock_guard lock(mutex);
    newest = std::max(newest, found);
    return {};
  }));
  return newest;
}

Result<bool> Cluster::has_newer_than(const Manifest& manifest) {
  STOWAWAY_TRY(const Published found, newest());
  if (believed().empty())
    return fail(ErrorCode::unavailable, "no node of the cluster: {}", fmt::join(doubts(), "; "));
  return found.number > manifest.number && found.id != manifest.id();
}

Result<Manifest> Cluster::newest_published() {
  STOWAWAY_TRY(const Published newest, this->newest());
  if (newest.number == 0) return Manifest{};
  for (const unsigned i : believed()) {
    const auto answer = nodes_[i]->ask(
        fmt::format("SELECT manifest FROM published WHERE number = {} AND hex(id) = '{}' AND "
                    "is_ready = 0 LIMIT 1 FORMAT RowBinary",
                    newest.number, upper_hex_of(newest.id)));
    if (!answer || answer->empty()) continue;
    RowReader rows(*answer);
    auto manifest = decode_manifest(rows.text(), newest.id);
    if (manifest) manifest->number = newest.number;
    return manifest;
  }
  return fail(ErrorCode::unavailable, "no node has the manifest of knowledge base {}",
              hex_of(newest.id));
}

struct Cluster::Counts {
  std::uint64_t packs = 0, identities = 0, shingles = 0;   // as the node's manifest says
  std::uint64_t identities_there = 0, shingles_there = 0;  // rows, repeats included
  std::uint64_t published = 0;
};

Result<Cluster::Counts> Cluster::counts_of(unsigned node, const Manifest& manifest) {
  std::vector<std::uint64_t> numbers;
  for (const ManifestPack& pack : manifest.packs) numbers.push_back(pack.number());
  Counts counts;
  const auto read = [&](std::string_view answer, auto... into) -> Result<void> {
    RowReader rows(answer);
    ((*into = rows.take<std::uint64_t>()), ...);
    if (!rows.ok() || !rows.at_end())
      return fail(ErrorCode::corrupt, "{} gives no sense", address_.hosts[node]);
    return {};
  };
  STOWAWAY_TRY(const std::string packs,
               nodes_[node]->ask("SELECT count(), sum(i), sum(s) FROM (SELECT pack, "
                                 "max(identities_here) AS i, max(shingles_here) AS s FROM packs "
                                 "WHERE pack IN keys GROUP BY pack) FORMAT RowBinary",
                                 {{"keys", &numbers}}));
  STOWAWAY_TRY_VOID(read(packs, &counts.packs, &counts.identities, &counts.shingles));
  STOWAWAY_TRY(const std::string parts,
               nodes_[node]->ask(fmt::format(
                   "SELECT sum(rows * (table = 'identities')), sum(rows * (table = 'shingles')) "
                   "FROM system.parts WHERE active AND database = '{}' FORMAT RowBinary",
                   address_.database)));
  STOWAWAY_TRY_VOID(read(parts, &counts.identities_there, &counts.shingles_there));
  STOWAWAY_TRY(const std::string published,
               nodes_[node]->ask(fmt::format(
                   "SELECT count() FROM published WHERE number = {} AND hex(id) = '{}' AND "
                   "is_ready = 0 FORMAT RowBinary",
                   manifest.number, upper_hex_of(manifest.id()))));
  STOWAWAY_TRY_VOID(read(published, &counts.published));
  return counts;
}

std::string Cluster::lack_of(unsigned node, const Manifest& manifest) {
  const std::string& host = address_.hosts[node];
  if (const auto placed = check_place(node); !placed)
    return placed.error().code == ErrorCode::not_found
               ? host + " is empty: nothing was loaded there"
               : placed.error().message;
  const auto counts = counts_of(node, manifest);
  if (!counts) return counts.error().message;
  if (counts->packs < manifest.packs.size())
    return fmt::format("{} lacks {} of {} packs: run `stowaway kb load` again", host,
                       manifest.packs.size() - counts->packs, manifest.packs.size());
  if (counts->identities_there < counts->identities || counts->shingles_there < counts->shingles)
    return fmt::format("{} has lost rows: {} of {} identities and {} of {} shingles are there",
                       host, counts->identities_there, counts->identities, counts->shingles_there,
                       counts->shingles);
  if (counts->published == 0)
    return fmt::format("{} does not know this knowledge base: run `stowaway kb load` again", host);
  return "";
}

Result<Manifest> Cluster::open_newest() {
  STOWAWAY_TRY_VOID(meet());
  STOWAWAY_TRY(Manifest manifest, newest_published());
  if (manifest.number == 0) {
    if (believed().size() < size())
      return fail(ErrorCode::unavailable,
                  "no knowledge base is published there, as far as can be "
                  "told: {}",
                  fmt::join(doubts(), "; "));
    return fail(ErrorCode::not_found,
                "{}: holds no knowledge base; load one with `stowaway kb "
                "load`",
                address_.url);
  }
  look_at(believed(), manifest);
  STOWAWAY_TRY_VOID(covers_all_shards());
  return manifest;
}

void Cluster::look_again(const Manifest& manifest) {
  std::vector<unsigned> doubted;
  const auto why = doubts();
  for (unsigned i = 0; i < why.size(); ++i)
    if (!why[i].empty()) doubted.push_back(i);
  look_at(doubted, manifest);
}

void Cluster::look_at_all(const Manifest& manifest) {
  std::vector<unsigned> all(size());
  std::iota(all.begin(), all.end(), 0U);
  look_at(all, manifest);
}

void Cluster::look_at(const std::vector<unsigned>& nodes, const Manifest& manifest) {
  static_cast<void>(for_each(nodes, [&](unsigned i) -> Result<void> {
    doubt(i, lack_of(i, manifest));
    return {};
  }));
}

Error Cluster::nobody_holds(unsigned shard) const {
  const auto why = doubts();
  std::vector<std::string> reasons;
  for (const unsigned node : holders_of(shard, size())) reasons.push_back(why[node]);
  return {ErrorCode::unavailable, fmt::format("shard {} of {} cannot be asked: {}", shard, kShards,
                                              fmt::join(reasons, "; "))};
}

Result<unsigned> Cluster::holder_of(unsigned shard) const {
  const auto why = doubts();
  for (const unsigned node : holders_of(shard, size()))
    if (why[node].empty()) return node;
  return tl::unexpected<Error>(nobody_holds(shard));
}

Result<void> Cluster::covers_all_shards() const {
  for (unsigned shard = 0; shard < kShards; ++shard) {
    const auto holder = holder_of(shard);
    if (!holder) return tl::unexpected<Error>(holder.error());
  }
  return {};
}

Result<void> Cluster::ask_for_keys(const std::vector<std::uint64_t>& keys,
                                   unsigned (*shard)(std::uint64_t), const std::string& query,
                                   const std::function<Result<void>(std::string_view)>& take,
                                   const std::vector<std::uint64_t>* wanted,
                                   std::size_t batch_keys) {
  std::mutex mutex;  // of `left` and `take`
  std::vector<std::uint64_t> left = keys;
  while (!left.empty()) {
    std::map<unsigned, std::vector<std::uint64_t>> by_node;
    for (const std::uint64_t key : left) {
      STOWAWAY_TRY(const unsigned node, holder_of(shard(key)));
      by_node[node].push_back(key);
    }
    left.clear();
    std::vector<unsigned> nodes;
    for (const auto& [node, of_node] : by_node) nodes.push_back(node);
    const auto ask_node = [&](unsigned node) -> Result<void> {
      const auto& mine = by_node.at(node);
      for (std::size_t from = 0; from < mine.size(); from += batch_keys) {
        const auto first = mine.begin() + static_cast<std::ptrdiff_t>(from);
        const std::vector<std::uint64_t> batch(
            first, first + static_cast<std::ptrdiff_t>(std::min(batch_keys, mine.size() - from)));
        std::vector<KeyTable> tables{{"keys", &batch}};
        if (wanted != nullptr) tables.push_back({"wanted", wanted});
        const auto answer = nodes_[node]->ask(query, tables);
        const std::lock_guard lock(mutex);
        if (!answer) {
          doubt(node, answer.error().message);
          left.insert(left.end(), first, mine.end());
          return {};
        }
        STOWAWAY_TRY_VOID(take(*answer));
      }
      return {};
    };
    STOWAWAY_TRY_VOID(for_each(nodes, ask_node));
  }
  return {};
}

}  // namespace stowaway::kb::clickhouse
