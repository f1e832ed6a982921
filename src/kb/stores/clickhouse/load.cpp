#include "kb/load.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <set>
#include <thread>

#include "kb/index/directory.h"
#include "kb/miner/merge.h"
#include "kb/pack/digest.h"
#include "kb/stores/clickhouse/cluster.h"
#include "kb/stores/clickhouse/layout.h"
#include "kb/stores/clickhouse/publish.h"
#include "kb/stores/clickhouse/rows.h"

namespace stowaway::kb::clickhouse {
namespace {

constexpr int kSchemaTries = 6;
// Of rows for all nodes, before they are sent; a larger pack goes in one piece.
constexpr std::size_t kSendBytes = std::size_t{192} << 20;

enum Table : std::size_t { kIdentities, kMd5s, kShingles, kDirectories, kPacks, kTables };
constexpr std::array<const char*, kTables> kNames{"identities", "md5s", "shingles", "directories",
                                                  "packs"};

std::uint64_t md5_prefix(const PackContent& content) {
  std::uint64_t prefix = 0;
  for (const std::uint8_t byte : content.md5) prefix = prefix << 8 | byte;
  return prefix;
}

// The rows that wait to be sent to one node.
struct Outbox {
  std::array<RowWriter, kTables> rows;
  std::size_t bytes() const {
    std::size_t sum = 0;
    for (const RowWriter& table : rows) sum += table.bytes().size();
    return sum;
  }
};

class Loader {
 public:
  Loader(Cluster& cluster, ProgressSink* progress) : cluster_(&cluster), progress_(progress) {}

  // Makes what is missing of tables, and learns which packs are there. Leaves nodes out that do not
  // answer.
  Result<void> prepare() {
    STOWAWAY_TRY_VOID(cluster_->meet());
    STOWAWAY_TRY_VOID(cluster_->covers_all_shards());
    held_.resize(cluster_->size());
    outboxes_.resize(cluster_->size());
    return cluster_->for_each(cluster_->believed(), [this](unsigned i) -> Result<void> {
      STOWAWAY_TRY_VOID(make_tables(i));
      STOWAWAY_TRY(const std::string answer,
                   cluster_->node(i).ask("SELECT DISTINCT pack FROM packs "
                                         "FORMAT RowBinary"));
      for (RowReader rows(answer); !rows.at_end();) held_[i].insert(rows.take<PackNumber>());
      return {};
    });
  }

  Result<void> load(const Pack& pack) {
    const PackDigest digest = digest_of(pack);
    const PackNumber number = number_of(digest);
    std::vector<bool> wanted(cluster_->size());
    for (const unsigned i : cluster_->believed()) wanted[i] = !held_[i].contains(number);
    ++count.packs;
    if (std::ranges::find(wanted, true) == wanted.end()) return {};
    ++count.packs_loaded;
    add_rows(pack, number, wanted);
    add_manifest(pack, digest, wanted);
    std::size_t waiting = 0;
    for (const Outbox& outbox : outboxes_) waiting += outbox.bytes();
    return waiting < kSendBytes ? Result<void>() : send();
  }

  // What waits. A node's manifest goes last, when all that it speaks of is there.
  Result<void> send() {
    for (Outbox& outbox : outboxes_) count.bytes += outbox.bytes();
    return cluster_->for_each(cluster_->believed(), [this](unsigned i) -> Result<void> {
      Outbox& outbox = outboxes_[i];
      for (std::size_t table = 0; table < kTables; ++table) {
        if (outbox.rows[table].bytes().empty()) continue;
        STOWAWAY_TRY_VOID(cluster_->node(i).insert(kNames[table], outbox.rows[table].bytes()));
        outbox.rows[table].clear();
      }
      return {};
    });
  }

  LoadCount count;

 private:
  Result<void> make_tables(unsigned i) {
    Node& node = cluster_->node(i);
    const auto make_database = [&] {
      return node.run_outside("CREATE DATABASE IF NOT EXISTS " + cluster_->address().database);
    };
    STOWAWAY_TRY_VOID(again_and_again(make_database));
    for (const std::string_view table : schema()) {
      const auto make = [&]() -> Result<void> {
        STOWAWAY_TRY(const std::string answer, node.ask(std::string(table)));
        return {};
      };
      STOWAWAY_TRY_VOID(again_and_again(make));
    }
    RowWriter row;
    row.put(std::uint32_t{kShards}).put(std::uint32_t{cluster_->size()}).put(std::uint32_t{i});
    return node.insert("layout", row.bytes());
  }

  // Two machines that make the same table at once get in each other's way for a moment.
  template <class Work>
  static Result<void> again_and_again(Work work) {
    for (int tries = 1;; ++tries) {
      auto done = work();
      if (done || tries == kSchemaTries || done.error().code == ErrorCode::unavailable) return done;
      std::this_thread::sleep_for(std::chrono::milliseconds(50 << tries));
    }
  }

  // For each node that keeps the shard and wants the pack.
  template <class Use>
  void to_holders(unsigned shard, const std::vector<bool>& wanted, Use use) {
    for (const unsigned i : holders_of(shard, cluster_->size()))
      if (wanted[i]) use(outboxes_[i]);
  }

  void add_rows(const Pack& pack, PackNumber number, const std::vector<bool>& wanted) {
    here_.assign(cluster_->size(), {});
    std::uint32_t file_version = 0, path_number = 0;
    for (const PackPath& path : pack.paths) {
      for (const PackFileVersion& version : path.versions)
        add_identity(pack.contents[version.content], number, file_version++, wanted);
      for (const PackShingle& shingle : path.shingles)
        to_holders(shard_of_shingle(shingle.key), wanted, [&](Outbox& outbox) {
          for (const Span32 span : shingle.versions) {
            outbox.rows[kShingles]
                .put(shingle.key)
                .put(number)
                .put(path_number)
                .put(static_cast<std::uint16_t>(span.first))
                .put(static_cast<std::uint16_t>(span.last));
            ++here_[static_cast<std::size_t>(&outbox - outboxes_.data())].shingles;
            ++count.rows;
          }
        });
      ++path_number;
    }
    const std::string directory = encode_directory(directory_of(pack));
    to_holders(shard_of(number), wanted,
               [&](Outbox& outbox) { outbox.rows[kDirectories].put(number).text(directory); });
  }

  void add_identity(const PackContent& content, PackNumber number, std::uint32_t file_version,
                    const std::vector<bool>& wanted) {
    const std::uint64_t md5 = md5_prefix(content);
    const auto size =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(content.size_bytes, UINT32_MAX));
    to_holders(shard_of(content.normalised), wanted, [&](Outbox& outbox) {
      outbox.rows[kIdentities]
          .put(content.normalised)
          .put(content.sha256)
          .put(md5)
          .put(size)
          .put(number)
          .put(file_version);
      ++here_[static_cast<std::size_t>(&outbox - outboxes_.data())].identities;
      ++count.rows;
    });
    to_holders(shard_of(md5), wanted, [&](Outbox& outbox) {
      outbox.rows[kMd5s].put(md5).put(content.normalised);
      ++count.rows;
    });
  }

  void add_manifest(const Pack& pack, const PackDigest& digest, const std::vector<bool>& wanted) {
    std::uint64_t shingles = 0;
    for (const PackPath& path : pack.paths)
      for (const PackShingle& shingle : path.shingles) shingles += shingle.versions.size();
    const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
                         std::chrono::system_clock::now().time_since_epoch())
                         .count();
    for (unsigned i = 0; i < wanted.size(); ++i)
      if (wanted[i])
        outboxes_[i]
            .rows[kPacks]
            .put(number_of(digest))
            .put(digest.bytes)
            .text(pack.component)
            .put(std::uint64_t{pack.releases.size()})
            .put(shingles)
            .put(here_[i].identities)
            .put(here_[i].shingles)
            .put(static_cast<std::uint64_t>(now));
  }

  struct Here {
    std::uint64_t identities = 0, shingles = 0;
  };

  Cluster* cluster_;
  ProgressSink* progress_;
  std::vector<std::set<PackNumber>> held_;  // by node
  std::vector<Outbox> outboxes_;            // the same
  std::vector<Here> here_;                  // rows of the pack that is being added, the same
};

// Which files are of which component, without keeping what they hold.
Result<std::map<std::string, std::vector<std::string>>> by_component(
    const std::vector<std::string>& files, ProgressSink* progress) {
  std::map<std::string, std::vector<std::string>> out;
  std::size_t done = 0;
  for (const std::string& file : files) {
    STOWAWAY_TRY(const Pack pack, read_pack(file));
    out[pack.component].push_back(file);
    if (progress != nullptr) progress->advance("packs", ++done, files.size());
  }
  return out;
}

Result<Pack> read_component(const std::vector<std::string>& files) {
  std::vector<Pack> packs;
  for (const std::string& file : files) {
    STOWAWAY_TRY(Pack pack, read_pack(file));
    packs.push_back(std::move(pack));
  }
  if (packs.size() > 1) {
    STOWAWAY_TRY(Pack merged, merge_packs(std::move(packs)));
    packs = {std::move(merged)};
  }
  count_code(packs.front());  // as build_index does: the digest is of the pack with its counts
  return std::move(packs.front());
}

}  // namespace
}  // namespace stowaway::kb::clickhouse

namespace stowaway::kb {

using namespace clickhouse;

Result<LoadCount> load_packs(const std::string& url, const std::vector<std::string>& pack_files,
                             const LoadOptions& options) {
  if (pack_files.empty()) return fail(ErrorCode::invalid_argument, "no packs to load");
  STOWAWAY_TRY(Address address, parse_address(url));
  Cluster cluster(std::move(address), options.store);
  Loader loader(cluster, options.progress);
  STOWAWAY_TRY_VOID(loader.prepare());
  STOWAWAY_TRY(const auto components, by_component(pack_files, options.progress));
  std::size_t done = 0;
  for (const auto& [component, files] : components) {
    STOWAWAY_TRY(const Pack pack, read_component(files));
    STOWAWAY_TRY_VOID(loader.load(pack));
    if (options.progress != nullptr)
      options.progress->advance("loading", ++done, components.size());
  }
  STOWAWAY_TRY_VOID(loader.send());
  LoadCount count = loader.count;
  for (std::string& why : cluster.doubts())
    if (!why.empty()) count.missing.push_back(std::move(why));
  if (!options.publish) return count;
  if (options.progress != nullptr) options.progress->advance("publishing", 0, 0);
  STOWAWAY_TRY(const Publication published, publish(cluster));
  count.id = published.id;
  count.is_news = published.is_news;
  return count;
}

}  // namespace stowaway::kb
