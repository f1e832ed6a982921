#include "kb/index/slice.h"

#include <algorithm>
#include <filesystem>
#include <tuple>

#include "kb/index/contents.h"
#include "kb/index/index_file.h"
#include "kb/index/shingles.h"
#include "kb/index/tables.h"

namespace stowaway::kb {
namespace {

using namespace index;

constexpr std::uint64_t kMemoryBytes = std::uint64_t{256} << 20;
constexpr std::uint64_t kMaxRecords = std::uint64_t{1} << 31;

auto words_of(const SliceContent& c) {
  return std::tie(c.normalised, c.sha256, c.md5, c.size_bytes, c.component, c.file_version);
}
auto words_of(const SliceShingle& s) {
  return std::tie(s.key, s.component, s.path, s.first, s.last);
}

template <class Row>
void sort_without_repeats(std::vector<Row>& rows) {
  std::ranges::sort(rows, [](const Row& a, const Row& b) { return words_of(a) < words_of(b); });
  const auto same = [](const Row& a, const Row& b) { return words_of(a) == words_of(b); };
  rows.erase(std::unique(rows.begin(), rows.end(), same), rows.end());
}

// Where the paths and file versions of each component begin in the slice.
struct Starts {
  std::vector<std::uint32_t> path, file_version;
};

Result<Starts> add_components(const Slice& slice, Tables& tables, std::vector<bool>& carried) {
  Starts starts;
  std::uint64_t paths = 0, file_versions = 0, spans = 0;
  for (const SliceComponent& component : slice.components) {
    const PackDirectory& directory = *component.directory;
    starts.path.push_back(static_cast<std::uint32_t>(paths));
    starts.file_version.push_back(static_cast<std::uint32_t>(file_versions));
    paths += directory.paths.size();
    file_versions += directory.file_versions();
    spans += directory.spans.size();
    if (std::max({paths, file_versions, spans}) >= kMaxRecords)
      return fail(ErrorCode::limit_exceeded,
                  "the subject touches more of the knowledge base than one index holds");
    if (component.carried.size() != directory.file_versions())
      return fail(ErrorCode::invalid_argument, "{}: origins of another pack", directory.component);
    carried.insert(carried.end(), component.carried.begin(), component.carried.end());
    STOWAWAY_TRY_VOID(tables.add(directory));
  }
  return starts;
}

Result<void> add_contents(const Slice& slice, const Starts& starts, Tables& tables) {
  for (const SliceContent& row : slice.contents) {
    if (row.component >= slice.components.size() ||
        row.file_version >= slice.components[row.component].directory->file_versions())
      return fail(ErrorCode::invalid_argument, "a content of a file version that does not exist");
    STOWAWAY_TRY_VOID(tables.contents.add({row.normalised, row.sha256, row.md5, row.size_bytes,
                                           starts.file_version[row.component] + row.file_version}));
  }
  return {};
}

Result<void> add_shingles(const Slice& slice, const Starts& starts, Tables& tables) {
  for (const SliceShingle& row : slice.shingles) {
    if (row.component >= slice.components.size() ||
        row.path >= slice.components[row.component].directory->paths.size())
      return fail(ErrorCode::invalid_argument, "a shingle of a path that does not exist");
    STOWAWAY_TRY_VOID(
        tables.shingles.add({row.key, starts.path[row.component] + row.path, row.first, row.last}));
    tables.count.last_version = std::max<std::uint32_t>(tables.count.last_version, row.last);
  }
  return {};
}

}  // namespace

Result<void> build_slice(Slice slice, const KbId& id, const std::string& out_file) {
  sort_without_repeats(slice.contents);
  sort_without_repeats(slice.shingles);
  const std::string directory = std::filesystem::path(out_file).parent_path().string();
  STOWAWAY_TRY(auto out, IndexFile::create(out_file));
  STOWAWAY_TRY(const auto tables, Tables::create(directory, kMemoryBytes));
  std::vector<bool> carried;
  STOWAWAY_TRY(const Starts starts, add_components(slice, *tables, carried));
  STOWAWAY_TRY_VOID(add_contents(slice, starts, *tables));
  STOWAWAY_TRY_VOID(add_shingles(slice, starts, *tables));
  STOWAWAY_TRY_VOID(tables->finish());
  STOWAWAY_TRY_VOID(write_tables(*tables, out, directory));
  STOWAWAY_TRY_VOID(
      write_contents(*tables, {}, &carried, out, directory, kMemoryBytes / 2, nullptr));
  STOWAWAY_TRY_VOID(write_shingles(*tables, out, directory));
  STOWAWAY_TRY_VOID(out.finish(version_bits_of(*tables), id, Durability::none));
  return {};
}

}  // namespace stowaway::kb
