#include "kb/stores/clickhouse/origins.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <map>
#include <mutex>

#include "fingerprint/file_class.h"
#include "kb/index/owners.h"
#include "kb/stores/clickhouse/layout.h"
#include "kb/stores/clickhouse/rows.h"

namespace stowaway::kb::clickhouse {
namespace {

// Of one query that groups rows: bounds the server's memory.
constexpr std::uint64_t kRowsAtOnce = 8'000'000;
// The optimiser of some releases moves conditions below arrayJoin, where they mean something else.
constexpr std::string_view kEnd =
    " SETTINGS enable_optimize_predicate_expression = 0 FORMAT RowBinary";

std::uint64_t hash_of_name(std::string_view path) {
  const std::string_view name = file_name(path);
  return XXH3_64bits(name.data(), name.size());
}

class Judge {
 public:
  Judge(Cluster& cluster, const std::vector<std::uint64_t>& packs,
        const std::vector<PackDirectory>& directories)
      : cluster_(&cluster), packs_(&packs), directories_(&directories) {
    for (std::uint32_t i = 0; i < packs.size(); ++i) component_of_.emplace(packs[i], i);
    for (const PackDirectory& directory : directories) {
      names_.add(directory.component, directory.aliases);
      contents_of_.push_back(directory.contents);
    }
  }

  Result<Origins> run() {
    find_foreign();
    origins_.carried.reserve(directories_->size());
    for (std::uint32_t c = 0; c < directories_->size(); ++c) {
      const PackDirectory& directory = (*directories_)[c];
      std::vector<bool>& carried = origins_.carried.emplace_back(directory.file_versions());
      for (std::uint32_t p = 0; p < directory.paths.size(); ++p)
        for (std::uint32_t v = directory.paths[p].first_file_version; v < directory.end_of(p); ++v)
          carried[v] = foreign_[c][p];
    }
    OwnerJudge judge(names_, contents_of_);
    STOWAWAY_TRY_VOID(count_contents());
    STOWAWAY_TRY_VOID(count_shared(judge));
    STOWAWAY_TRY_VOID(judge_shared(judge));
    return std::move(origins_);
  }

 private:
  // What a folder is called after a component that has a file of that name (Tables::finish).
  void find_foreign() {
    std::vector<std::vector<std::uint64_t>> names_of;
    for (const PackDirectory& directory : *directories_) {
      std::vector<std::uint64_t>& hashes = names_of.emplace_back();
      for (const DirectoryPath& path : directory.paths) hashes.push_back(hash_of_name(path.path));
      std::ranges::sort(hashes);
    }
    for (std::uint32_t c = 0; c < directories_->size(); ++c) {
      std::vector<bool>& foreign = foreign_.emplace_back();
      for (const DirectoryPath& path : (*directories_)[c].paths) {
        const auto others = names_.namesakes(c, path.path);
        foreign.push_back(!fingerprint::foreign_project(path.path).empty() ||
                          std::ranges::any_of(others, [&](std::uint32_t other) {
                            return std::ranges::binary_search(names_of[other],
                                                              hash_of_name(path.path));
                          }));
      }
    }
  }

  // Runs a query over all identities, a few shards at a time; "{}" stands for the condition.
  Result<void> ask_all(const std::string& query,
                       const std::function<Result<void>(RowReader&)>& use) {
    std::map<unsigned, std::vector<unsigned>> shards_of;
    for (unsigned shard = 0; shard < kShards; ++shard) {
      STOWAWAY_TRY(const unsigned node, cluster_->holder_of(shard));
      shards_of[node].push_back(shard);
    }
    std::uint64_t rows = 0;
    for (const PackDirectory& directory : *directories_) rows += directory.file_versions();
    const std::size_t at_once =
        std::max<std::uint64_t>(1, kRowsAtOnce / std::max<std::uint64_t>(1, rows / kShards));
    std::vector<unsigned> nodes;
    for (const auto& [node, shards] : shards_of) nodes.push_back(node);
    std::mutex mutex;
    return cluster_->for_each(nodes, [&](unsigned node) -> Result<void> {
      const auto& shards = shards_of.at(node);
      for (std::size_t from = 0; from < shards.size(); from += at_once) {
        const std::vector<unsigned> some(
            shards.begin() + static_cast<std::ptrdiff_t>(from),
            shards.begin() + static_cast<std::ptrdiff_t>(std::min(shards.size(), from + at_once)));
        const std::string condition = in_shards("normalised", some) + " AND pack IN wanted";
        STOWAWAY_TRY(const std::string answer,
                     cluster_->node(node).ask(
                         fmt::format(fmt::runtime(query), condition) + std::string(kEnd),
                         {{"wanted", packs_}}));
        const std::lock_guard lock(mutex);
        for (RowReader reader(answer); !reader.at_end();) {
          STOWAWAY_TRY_VOID(use(reader));
          if (!reader.ok())
            return fail(ErrorCode::corrupt, "{} gives no sense", cluster_->node(node).host());
        }
      }
      return {};
    });
  }

  Result<void> count_contents() {
    return ask_all(
        "SELECT count() FROM (SELECT normalised FROM identities WHERE {} GROUP BY normalised, "
        "sha256)",
        [this](RowReader& reader) -> Result<void> {
          origins_.contents += reader.take<std::uint64_t>();
          return {};
        });
  }

  Result<void> count_shared(OwnerJudge& judge) {
    return ask_all(
        "SELECT a, b, count() FROM (SELECT a, arrayJoin(ps) AS b FROM (SELECT ps, arrayJoin(ps) AS "
        "a FROM (SELECT groupUniqArray(pack) AS ps FROM identities WHERE {} GROUP BY normalised, "
        "sha256 HAVING length(ps) > 1 AND length(ps) <= " +
            std::to_string(kMaxSharers) + "))) WHERE a < b GROUP BY a, b",
        [&](RowReader& reader) -> Result<void> {
          const auto a = reader.take<std::uint64_t>(), b = reader.take<std::uint64_t>(),
                     contents = reader.take<std::uint64_t>();
          const auto of_a = component_of_.find(a), of_b = component_of_.find(b);
          if (of_a != component_of_.end() && of_b != component_of_.end())
            judge.add_shared(of_a->second, of_b->second, static_cast<std::uint32_t>(contents));
          return {};
        });
  }

  Result<void> judge_shared(const OwnerJudge& judge) {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> holders;  // component, file version
    std::vector<ContentPlace> places;
    return ask_all(
        "SELECT groupUniqArray((pack, file_version)) AS holders FROM identities WHERE {} "
        "GROUP BY normalised, sha256 HAVING length(holders) > 1",
        [&](RowReader& reader) -> Result<void> {
          holders.clear();
          for (std::uint64_t left = reader.length(); left > 0 && reader.ok(); --left) {
            const auto pack = reader.take<std::uint64_t>();
            const auto file_version = reader.take<std::uint32_t>();
            const auto component = component_of_.find(pack);
            if (component == component_of_.end()) continue;
            if (file_version >= (*directories_)[component->second].file_versions())
              return fail(ErrorCode::corrupt, "a row of a file version that {} does not have",
                          (*directories_)[component->second].component);
            holders.emplace_back(component->second, file_version);
          }
          std::ranges::sort(holders);
          places.clear();
          for (const auto& [component, file_version] : holders)
            places.push_back(place_of(component, file_version));
          const auto carried = judge.carried(places);
          for (std::size_t i = 0; i < holders.size(); ++i)
            origins_.carried[holders[i].first][holders[i].second] = carried[i];
          return {};
        });
  }

  ContentPlace place_of(std::uint32_t component, std::uint32_t file_version) const {
    const PackDirectory& directory = (*directories_)[component];
    const std::uint32_t path = directory.path_of(file_version);
    const std::uint32_t release = directory.spans[directory.first_span[file_version]].first;
    return {component, release, directory.releases[release].date, foreign_[component][path],
            directory.paths[path].path};
  }

  Cluster* cluster_;
  const std::vector<std::uint64_t>* packs_;
  const std::vector<PackDirectory>* directories_;
  std::unordered_map<std::uint64_t, std::uint32_t> component_of_;  // by pack
  ComponentNames names_;
  std::vector<std::uint32_t> contents_of_;
  std::vector<std::vector<bool>> foreign_;  // by component, by path
  Origins origins_;
};

}  // namespace

Result<Origins> judge_origins(Cluster& cluster, const std::vector<std::uint64_t>& packs,
                              const std::vector<PackDirectory>& directories) {
  return Judge(cluster, packs, directories).run();
}

std::string encode_bits(const std::vector<bool>& bits) {
  std::string bytes((bits.size() + 7) / 8, '\0');
  for (std::size_t i = 0; i < bits.size(); ++i)
    if (bits[i]) bytes[i / 8] = static_cast<char>(bytes[i / 8] | 1 << i % 8);
  return bytes;
}

bool decode_bits(std::string_view bytes, std::vector<bool>& bits) {
  if (bytes.size() != (bits.size() + 7) / 8) return false;
  for (std::size_t i = 0; i < bits.size(); ++i)
    bits[i] = (static_cast<unsigned char>(bytes[i / 8]) >> i % 8 & 1) != 0;
  return true;
}

}  // namespace stowaway::kb::clickhouse
