#include "kb/store.h"

#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <set>

#include "kb/stores/clickhouse/store.h"

namespace stowaway::kb {
namespace {

constexpr std::string_view kFile = "file:";

template <class Key>
std::vector<Key> distinct(std::vector<Key> keys) {
  std::ranges::sort(keys);
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

// Which file a name means now: another one is put in its place by renaming it.
struct Mark {
  dev_t device = 0;
  ino_t number = 0;
  std::int64_t size = 0, seconds = 0, nanoseconds = 0;
  bool operator==(const Mark&) const = default;
};

Mark mark_of(const std::string& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return {};
  return {status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec,
          status.st_mtim.tv_nsec};
}

// One index file: every slice is the whole.
class FileStore final : public Store {
 public:
  explicit FileStore(Kb kb) : kb_(std::move(kb)), opened_(mark_of(kb_.file())) {}

  KbSummary summary() const override { return kb_.summary(); }
  const Kb* whole() const override { return &kb_; }
  Result<Kb> slice(const Keys&) override { return Kb::open(kb_.file()); }
  Result<void> check() const override { return kb_.intact(); }
  Result<bool> is_superseded() override {
    const Mark now = mark_of(kb_.file());
    if (now == Mark{}) return fail(ErrorCode::unavailable, "{} is gone", kb_.file());
    return now != opened_;
  }

  Result<std::vector<ComponentCount>> count_by_component(const Keys& keys) override {
    std::map<ComponentId, ComponentCount> counts;
    for (const fingerprint::NormalisedId key : distinct(keys.normalised))
      for (const ComponentId id : holders_of(key)) ++counts[id].normalised;
    for (const std::uint64_t key : distinct(keys.shingles)) {
      std::set<ComponentId> holders;
      for (const Occurrence occurrence : kb_.occurrences(key))
        holders.insert(kb_.path(occurrence.path).component);
      for (const ComponentId id : holders) ++counts[id].shingles;
    }
    STOWAWAY_TRY_VOID(kb_.intact());
    std::vector<ComponentCount> out;
    for (auto& [id, count] : counts) {
      count.component = kb_.component(id).name;
      out.push_back(std::move(count));
    }
    return out;
  }

 private:
  std::set<ComponentId> holders_of(fingerprint::NormalisedId key) const {
    std::set<ComponentId> holders;
    const Range contents = kb_.contents_with(key);
    for (ContentId id = contents.first; id < contents.end; ++id)
      for (std::size_t i = 0; i < kb_.posting_count(id); ++i)
        holders.insert(kb_.path(kb_.file_version(kb_.posting(id, i).file_version).path).component);
    return holders;
  }

  Kb kb_;
  Mark opened_;
};

}  // namespace

bool is_cluster(const std::string& url) { return clickhouse::is_address(url); }

Result<std::unique_ptr<Store>> store_of(Kb kb) {
  return std::make_unique<FileStore>(std::move(kb));
}

Result<std::unique_ptr<Store>> open_store(const std::string& url, const StoreOptions& options) {
  if (is_cluster(url)) return clickhouse::open_store(url, options);
  STOWAWAY_TRY(auto kb, Kb::open(url.starts_with(kFile) ? url.substr(kFile.size()) : url));
  return store_of(std::move(kb));
}

}  // namespace stowaway::kb
