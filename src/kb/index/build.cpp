#include "kb/index/build.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <mutex>
#include <optional>
#include <utility>

#include "kb/index/contents.h"
#include "kb/index/index_file.h"
#include "kb/index/shingles.h"
#include "kb/index/tables.h"
#include "kb/miner/merge.h"

namespace stowaway::kb {
namespace {

using namespace index;

constexpr std::uint64_t kMaxRecords = std::uint64_t{1} << 31;
constexpr std::uint64_t kMaxStringBytes = UINT32_MAX;

// What the first reading of a pack leaves behind.
struct Summary {
  std::string component;
  std::vector<std::string> aliases;
  std::uint64_t releases = 0, contents = 0, paths = 0, versions = 0, spans = 0, shingles = 0,
                text = 0;
};

Summary summary_of(const Pack& pack) {
  Summary sum{pack.component, pack.aliases, pack.releases.size(), pack.contents.size(),
              pack.paths.size()};
  for (const PackRelease& release : pack.releases)
    sum.text += release.version.size() + release.revision.size() + 2;
  for (const PackPath& path : pack.paths) {
    sum.text += path.path.size() + 1;
    sum.versions += path.versions.size();
    for (const PackFileVersion& version : path.versions) sum.spans += version.releases.size();
    for (const PackShingle& shingle : path.shingles) sum.shingles += shingle.versions.size();
  }
  return sum;
}

Result<std::vector<Summary>> read_summaries(PackReader& packs, ProgressSink* progress) {
  std::vector<Summary> summaries(packs.size());
  std::mutex mutex;
  std::size_t done = 0, first_failed = packs.size();
  Error error{};
  tbb::parallel_for(std::size_t{0}, packs.size(), [&](std::size_t i) {
    const auto pack = packs.read(i);
    if (pack) summaries[i] = summary_of(*pack);
    const std::lock_guard lock(mutex);
    if (!pack && i < first_failed) {
      first_failed = i;
      error = pack.error();
    }
    if (progress != nullptr) progress->advance("packs", ++done, packs.size());
  });
  if (first_failed < packs.size()) return tl::unexpected<Error>(error);
  return summaries;
}

// What one index can hold, asked before the work: positions are 32 bits wide, and one bit of
// some is taken.
Result<void> check_limits(const std::vector<Summary>& packs) {
  const auto total = [&](auto member) {
    std::uint64_t sum = 0;
    for (const Summary& pack : packs) sum += pack.*member;
    return sum;
  };
  const std::pair<std::string_view, std::uint64_t> counts[] = {
      {"releases", total(&Summary::releases)}, {"contents", total(&Summary::contents)},
      {"paths", total(&Summary::paths)},       {"file versions", total(&Summary::versions)},
      {"spans", total(&Summary::spans)},       {"shingles", total(&Summary::shingles)}};
  for (const auto& [what, count] : counts)
    if (count >= kMaxRecords)
      return fail(ErrorCode::limit_exceeded, "{} {}: an index holds fewer than {}; build several",
                  count, what, kMaxRecords);
  if (const std::uint64_t text = total(&Summary::text); text >= kMaxStringBytes)
    return fail(ErrorCode::limit_exceeded, "names of {} bytes: an index holds fewer than {}", text,
                kMaxStringBytes);
  return {};
}

// The packs of each component, in the order of the components' names.
std::vector<std::vector<std::size_t>> by_component(const std::vector<Summary>& packs) {
  std::vector<std::size_t> order(packs.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return packs[i].component; });
  std::vector<std::vector<std::size_t>> groups;
  for (const std::size_t i : order)
    if (!groups.empty() && packs[groups.back().front()].component == packs[i].component)
      groups.back().push_back(i);
    else
      groups.push_back({i});
  return groups;
}

// The packs of one component, as one.
Result<Pack> read_component(PackReader& packs, const std::vector<std::size_t>& numbers) {
  std::vector<Pack> same;
  for (const std::size_t i : numbers) {
    STOWAWAY_TRY(auto pack, packs.read(i));
    same.push_back(std::move(pack));
  }
  if (same.size() > 1) {
    STOWAWAY_TRY(auto merged, merge_packs(std::move(same)));
    same = {std::move(merged)};
  }
  // Counted here: packs of before 2026-12 count a path once for each of its contents.
  count_code(same.front());
  return std::move(same.front());
}

// Beside the index, where there must be room anyway; unless it is a device.
std::string directory_for(const std::string& out_file) {
  std::error_code failed;
  const auto status = std::filesystem::status(out_file, failed);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
    return std::filesystem::temp_directory_path(failed).string();
  const auto parent = std::filesystem::path(out_file).parent_path();
  return parent.empty() ? "." : parent.string();
}

class PacksInMemory final : public PackReader {
 public:
  explicit PacksInMemory(std::vector<Pack> packs) : packs_(std::move(packs)) {}
  std::size_t size() const override { return packs_.size(); }
  Result<Pack> read(std::size_t i) override { return packs_[i]; }

 private:
  std::vector<Pack> packs_;
};

class PackFiles final : public PackReader {
 public:
  explicit PackFiles(const std::vector<std::string>& files) : files_(&files) {}
  std::size_t size() const override { return files_->size(); }
  Result<Pack> read(std::size_t i) override { return read_pack((*files_)[i]); }

 private:
  const std::vector<std::string>* files_;
};

}  // namespace

Result<BuildCount> build_index(PackReader& packs, const std::string& out_file,
                               const BuildOptions& options) {
  if (packs.size() == 0)
    return fail(ErrorCode::invalid_argument, "no packs to build an index from");
  const auto report = [&](std::string_view stage, std::uint64_t done = 0, std::uint64_t all = 0) {
    if (options.progress != nullptr) options.progress->advance(stage, done, all);
  };
  STOWAWAY_TRY(const auto summaries, read_summaries(packs, options.progress));
  STOWAWAY_TRY_VOID(check_limits(summaries));
  const auto groups = by_component(summaries);
  ComponentNames names;
  for (const auto& group : groups) {
    std::vector<std::string> aliases;
    for (const std::size_t i : group)
      aliases.insert(aliases.end(), summaries[i].aliases.begin(), summaries[i].aliases.end());
    names.add(summaries[group.front()].component, aliases);
  }

  const std::string directory = directory_for(out_file);
  STOWAWAY_TRY(auto out, IndexFile::create(out_file));
  STOWAWAY_TRY(const auto tables, Tables::create(directory, options.memory_bytes));
  std::vector<PackDigest> digests;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    report("contents", i, groups.size());
    STOWAWAY_TRY(const auto pack, read_component(packs, groups[i]));
    digests.push_back(digest_of(pack));
    STOWAWAY_TRY_VOID(tables->add(pack, names));
  }
  STOWAWAY_TRY_VOID(tables->finish());
  STOWAWAY_TRY_VOID(write_tables(*tables, out, directory));
  STOWAWAY_TRY(const auto contents, write_contents(*tables, names, nullptr, out, directory,
                                                   options.memory_bytes / 2, options.progress));
  report("shingles");
  STOWAWAY_TRY(const auto shingles, write_shingles(*tables, out, directory));
  report("writing");
  STOWAWAY_TRY(const auto bytes, out.finish(version_bits_of(*tables), kb_id_of(digests)));
  return BuildCount{tables->count.components,
                    tables->count.releases,
                    contents.contents,
                    tables->count.file_versions,
                    shingles,
                    contents.carried,
                    bytes};
}

Result<BuildCount> build_index(std::vector<Pack> packs, const std::string& out_file,
                               ProgressSink* progress) {
  PacksInMemory source(std::move(packs));
  return build_index(source, out_file, BuildOptions{.progress = progress});
}

Result<BuildCount> build_index_from_files(const std::vector<std::string>& pack_files,
                                          const std::string& out_file,
                                          const BuildOptions& options) {
  PackFiles source(pack_files);
  return build_index(source, out_file, options);
}

}  // namespace stowaway::kb
