#include "kb/stores/clickhouse/store.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>
#include <set>
#include <unordered_map>

#include "kb/index/slice.h"
#include "kb/stores/clickhouse/cluster.h"
#include "kb/stores/clickhouse/fetch.h"
#include "kb/stores/clickhouse/layout.h"
#include "kb/stores/clickhouse/origins.h"
#include "kb/stores/clickhouse/rows.h"

namespace stowaway::kb::clickhouse {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kLookAgainAfter = std::chrono::seconds(5);
// Of decoded directories that are kept for the next slice; then they are fetched again.
constexpr std::uint64_t kMaxKeptFileVersions = 20'000'000;

template <class Key>
std::vector<Key> distinct(std::vector<Key> keys) {
  std::ranges::sort(keys);
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

std::uint64_t prefix_of(const fingerprint::Md5& md5) {
  std::uint64_t prefix = 0;
  for (std::size_t i = 0; i < 8; ++i) prefix = prefix << 8 | md5.bytes[i];
  return prefix;
}

// A folder for one slice, which needs no name once it is open.
class TemporaryFolder {
 public:
  static Result<TemporaryFolder> create() {
    std::error_code failed;
    std::string path =
        (std::filesystem::temp_directory_path(failed) / "stowaway-slice-XXXXXX").string();
    if (failed || ::mkdtemp(path.data()) == nullptr)
      return fail(ErrorCode::io, "no temporary folder can be made at {}", path);
    return TemporaryFolder(std::move(path));
  }
  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::move(other.path_)) {
    other.path_.clear();
  }
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  std::string file() const { return path_ + "/slice.kb"; }

 private:
  explicit TemporaryFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

struct KnownPack {
  PackDirectory directory;
  std::vector<bool> carried;
};
using KnownPacks = std::map<std::uint32_t, std::shared_ptr<const KnownPack>>;  // by component

class ClusterStore final : public Store {
 public:
  ClusterStore(std::unique_ptr<Cluster> cluster, Manifest manifest)
      : cluster_(std::move(cluster)), manifest_(std::move(manifest)), id_(manifest_.id()) {
    for (std::uint32_t i = 0; i < manifest_.packs.size(); ++i) {
      const ManifestPack& pack = manifest_.packs[i];
      component_of_.emplace(pack.number(), i);
      numbers_.push_back(pack.number());
      PackDirectory& bare = bare_.emplace_back();
      bare.component = pack.component;
      bare.aliases = pack.aliases;
    }
  }

  KbSummary summary() const override {
    return {cluster_->address().url, fingerprint::to_hex(std::span<const std::uint8_t>(id_)),
            manifest_.packs.size(),  manifest_.releases,
            manifest_.contents,      manifest_.shingles};
  }
  const Kb* whole() const override { return nullptr; }

  Result<Kb> slice(const Keys& keys) override {
    look_again();
    Slice slice;
    STOWAWAY_TRY(slice.contents, find_contents(keys));
    STOWAWAY_TRY(slice.shingles, find_shingles(keys));
    std::set<std::uint32_t> concerned;
    for (const SliceContent& row : slice.contents) concerned.insert(row.component);
    for (const SliceShingle& row : slice.shingles) concerned.insert(row.component);
    for (const std::string& name : keys.components)
      if (const auto at = position_of(name)) concerned.insert(*at);
    STOWAWAY_TRY(const KnownPacks known, packs_of(concerned));
    for (std::uint32_t i = 0; i < bare_.size(); ++i) {
      const auto pack = known.find(i);
      slice.components.push_back(
          pack == known.end() ? SliceComponent{&bare_[i], {}}
                              : SliceComponent{&pack->second->directory, pack->second->carried});
    }
    STOWAWAY_TRY(const auto folder, TemporaryFolder::create());
    STOWAWAY_TRY_VOID(build_slice(std::move(slice), id_, folder.file()));
    STOWAWAY_TRY(Kb kb, Kb::open(folder.file()));
    kb.stand_for(summary());
    return kb;
  }

  Result<void> check() const override { return cluster_->covers_all_shards(); }

  Result<bool> is_superseded() override {
    cluster_->look_at_all(manifest_);
    {
      const std::lock_guard lock(mutex_);
      looked_ = Clock::now();
    }
    return cluster_->has_newer_than(manifest_);
  }

  Result<std::vector<ComponentCount>> count_by_component(const Keys& keys) override {
    look_again();
    std::map<std::uint32_t, ComponentCount> counts;
    STOWAWAY_TRY_VOID(count(keys.normalised, shard_of,
                            "SELECT pack, uniqExact(normalised) FROM identities PREWHERE "
                            "normalised IN keys WHERE pack IN wanted GROUP BY pack "
                            "FORMAT RowBinary",
                            &ComponentCount::normalised, counts));
    STOWAWAY_TRY_VOID(count(keys.shingles, shard_of_shingle,
                            "SELECT pack, uniqExact(key) FROM shingles PREWHERE key IN keys "
                            "WHERE pack IN wanted GROUP BY pack FORMAT RowBinary",
                            &ComponentCount::shingles, counts));
    std::vector<ComponentCount> out;
    for (auto& [component, count] : counts) {
      count.component = manifest_.packs[component].component;
      out.push_back(std::move(count));
    }
    return out;
  }

 private:
  // One asks, and waits for nodes that say nothing; the others go on with what is known.
  void look_again() {
    {
      const std::lock_guard lock(mutex_);
      if (Clock::now() - looked_ < kLookAgainAfter) return;
      looked_ = Clock::now();
    }
    cluster_->look_again(manifest_);
  }

  std::optional<std::uint32_t> position_of(const std::string& component) const {
    const auto at =
        std::ranges::lower_bound(manifest_.packs, component, {}, &ManifestPack::component);
    if (at == manifest_.packs.end() || at->component != component) return std::nullopt;
    return static_cast<std::uint32_t>(at - manifest_.packs.begin());
  }

  // Rows of packs that are loaded, and not published or replaced, are none of ours.
  std::optional<std::uint32_t> component_of(std::uint64_t pack) const {
    const auto found = component_of_.find(pack);
    if (found == component_of_.end()) return std::nullopt;
    return found->second;
  }

  Result<std::vector<std::uint64_t>> normalised_of(const std::vector<fingerprint::Md5>& md5s) {
    std::vector<std::uint64_t> keys, out;
    for (const fingerprint::Md5& md5 : md5s) keys.push_back(prefix_of(md5));
    const auto take = [&](std::string_view answer) -> Result<void> {
      for (RowReader rows(answer); !rows.at_end();) out.push_back(rows.take<std::uint64_t>());
      return {};
    };
    STOWAWAY_TRY_VOID(cluster_->ask_for_keys(
        distinct(std::move(keys)), shard_of,
        "SELECT DISTINCT normalised FROM md5s PREWHERE md5 IN keys FORMAT RowBinary", take));
    return out;
  }

  Result<std::vector<SliceContent>> find_contents(const Keys& keys) {
    STOWAWAY_TRY(std::vector<std::uint64_t> wanted, normalised_of(keys.md5s));
    wanted.insert(wanted.end(), keys.normalised.begin(), keys.normalised.end());
    std::vector<SliceContent> found;
    const auto take = [&](std::string_view answer) -> Result<void> {
      for (RowReader rows(answer); !rows.at_end();) {
        SliceContent row{};
        row.normalised = rows.take<std::uint64_t>();
        row.sha256 = rows.take<index::Sha256Prefix>();
        row.md5 = rows.take<std::uint64_t>();
        row.size_bytes = rows.take<std::uint32_t>();
        const auto component = component_of(rows.take<std::uint64_t>());
        row.file_version = rows.take<std::uint32_t>();
        if (!rows.ok()) return fail(ErrorCode::corrupt, "a node's answer makes no sense");
        row.component = component.value_or(0);
        if (component) found.push_back(row);
      }
      return {};
    };
    STOWAWAY_TRY_VOID(cluster_->ask_for_keys(
        distinct(std::move(wanted)), shard_of,
        "SELECT normalised, sha256, md5, size, pack, file_version FROM identities "
        "PREWHERE normalised IN keys FORMAT RowBinary",
        take));
    return found;
  }

  Result<std::vector<SliceShingle>> find_shingles(const Keys& keys) {
    std::vector<SliceShingle> found;
    const auto take = [&](std::string_view answer) -> Result<void> {
      for (RowReader rows(answer); !rows.at_end();) {
        SliceShingle row{};
        row.key = rows.take<std::uint64_t>();
        const auto component = component_of(rows.take<std::uint64_t>());
        row.path = rows.take<std::uint32_t>();
        row.first = rows.take<std::uint16_t>();
        row.last = rows.take<std::uint16_t>();
        if (!rows.ok()) return fail(ErrorCode::corrupt, "a node's answer makes no sense");
        row.component = component.value_or(0);
        if (component) found.push_back(row);
      }
      return {};
    };
    STOWAWAY_TRY_VOID(cluster_->ask_for_keys(
        distinct(keys.shingles), shard_of_shingle,
        "SELECT key, pack, path, first, last FROM shingles PREWHERE key IN keys FORMAT RowBinary",
        take));
    leave_ignored_out(keys, found);
    return found;
  }

  // What the asker says that it will ignore: furniture, and what is there by chance. Most of the
  // components that a large subject touches are touched by that alone.
  static void leave_ignored_out(const Keys& keys, std::vector<SliceShingle>& rows) {
    const auto words = [](const SliceShingle& r) {
      return std::tie(r.key, r.component, r.path, r.first, r.last);
    };
    std::ranges::sort(rows, {}, words);
    const auto same = [&](const auto& a, const auto& b) { return words(a) == words(b); };
    rows.erase(std::unique(rows.begin(), rows.end(), same), rows.end());
    std::size_t kept = 0;
    for (std::size_t from = 0, end = 0; from < rows.size(); from = end) {
      while (end < rows.size() && rows[end].key == rows[from].key) ++end;
      if (end - from > keys.max_occurrences) continue;
      for (std::size_t i = from; i < end; ++i) rows[kept++] = rows[i];
    }
    rows.resize(kept);
    std::unordered_map<std::uint64_t, std::uint32_t> in_path;
    const auto place = [](const SliceShingle& row) {
      return std::uint64_t{row.component} << 32 | row.path;
    };
    for (const SliceShingle& row : rows) ++in_path[place(row)];
    std::erase_if(rows,
                  [&](const SliceShingle& row) { return in_path[place(row)] < keys.min_in_path; });
  }

  Result<KnownPacks> packs_of(const std::set<std::uint32_t>& components) {
    KnownPacks known;
    std::vector<std::uint64_t> missing;
    {
      const std::lock_guard lock(mutex_);
      for (const std::uint32_t component : components)
        if (const auto kept = kept_.find(component); kept != kept_.end())
          known.insert(*kept);
        else
          missing.push_back(numbers_[component]);
    }
    STOWAWAY_TRY(const auto directories,
                 fetch_texts(*cluster_, missing,
                             "SELECT pack, bytes FROM directories WHERE pack IN keys "
                             "FORMAT RowBinary"));
    std::string id = fingerprint::to_hex(std::span<const std::uint8_t>(id_));
    STOWAWAY_TRY(const auto origins,
                 fetch_texts(*cluster_, missing,
                             "SELECT pack, bits FROM origins WHERE lower(hex(id)) = '" + id +
                                 "' AND pack IN keys FORMAT RowBinary"));
    for (const std::uint64_t number : missing) {
      const std::uint32_t component = component_of_.at(number);
      auto pack = std::make_shared<KnownPack>();
      STOWAWAY_TRY(pack->directory, decode_directory(directories.at(number)));
      pack->carried.resize(pack->directory.file_versions());
      if (pack->directory.component != manifest_.packs[component].component ||
          !decode_bits(origins.at(number), pack->carried))
        return fail(ErrorCode::corrupt, "{}: a directory or origins of another pack",
                    manifest_.packs[component].component);
      known.emplace(component, std::move(pack));
    }
    keep(known);
    return known;
  }

  void keep(const KnownPacks& known) {
    const std::lock_guard lock(mutex_);
    kept_.insert(known.begin(), known.end());
    std::uint64_t file_versions = 0;
    for (const auto& [component, pack] : kept_) file_versions += pack->directory.file_versions();
    if (file_versions > kMaxKeptFileVersions) kept_.clear();
  }

  Result<void> count(const std::vector<std::uint64_t>& keys, unsigned (*shard)(std::uint64_t),
                     const std::string& query, std::uint64_t ComponentCount::*member,
                     std::map<std::uint32_t, ComponentCount>& counts) {
    const auto take = [&](std::string_view answer) -> Result<void> {
      for (RowReader rows(answer); !rows.at_end();) {
        const auto component = component_of(rows.take<std::uint64_t>());
        const auto found = rows.take<std::uint64_t>();
        if (!rows.ok()) return fail(ErrorCode::corrupt, "a node's answer makes no sense");
        if (component) counts[*component].*member += found;
      }
      return {};
    };
    return cluster_->ask_for_keys(distinct(keys), shard, query, take, &numbers_);
  }

  std::unique_ptr<Cluster> cluster_;
  Manifest manifest_;
  KbId id_;
  std::unordered_map<std::uint64_t, std::uint32_t> component_of_;  // by pack
  std::vector<std::uint64_t> numbers_;                             // by component
  std::vector<PackDirectory> bare_;                                // the same: names alone
  std::mutex mutex_;
  Clock::time_point looked_ = Clock::now();  // guarded by mutex_
  KnownPacks kept_;                          // the same
};

}  // namespace

Result<std::unique_ptr<Store>> open_store(const std::string& url, const StoreOptions& options) {
  STOWAWAY_TRY(Address address, parse_address(url));
  auto cluster = std::make_unique<Cluster>(std::move(address), options);
  STOWAWAY_TRY(Manifest manifest, cluster->open_newest());
  return std::make_unique<ClusterStore>(std::move(cluster), std::move(manifest));
}

}  // namespace stowaway::kb::clickhouse
