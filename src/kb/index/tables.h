// The first pass of building: what packs say of components, releases, paths and file versions goes
// into tables as it is; contents, shingles and names of files go to sorters. Memory does not grow
// with the packs but for one bit a path, and for a component its names.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "kb/index/directory.h"
#include "kb/index/layout.h"
#include "kb/index/marks.h"
#include "kb/index/owners.h"
#include "kb/index/sorter.h"
#include "kb/index/spool.h"
#include "kb/pack/pack.h"

namespace stowaway::kb::index {

// One file version's content. Of equal normalised identity and SHA-256: one content.
struct ContentRecord {
  fingerprint::NormalisedId normalised;
  Sha256Prefix sha256;
  std::uint64_t md5;         // its first eight bytes, as a big-endian number
  std::uint32_t size_bytes;  // saturated
  std::uint32_t file_version;
  auto operator<=>(const ContentRecord&) const = default;
};

struct ShingleRecord {
  std::uint64_t key;
  std::uint32_t path;
  std::uint16_t first, last;  // file versions of the path
  auto operator<=>(const ShingleRecord&) const = default;
};

// That a component has a file of this name (`path_after` 0), or would own path number
// `path_after` - 1 if it had one.
struct FileNameRecord {
  std::uint32_t component;
  std::uint64_t name;  // its hash
  std::uint32_t path_after;
  auto operator<=>(const FileNameRecord&) const = default;
};

// Texts, each with a final NUL. Of the first million different ones none stands there twice.
class Strings {
 public:
  explicit Strings(Spool& out) : out_(&out) {}
  std::uint32_t add(const std::string& text);
  // Frees what it remembers, when no more texts come.
  void forget() { std::unordered_map<std::string, std::uint32_t>().swap(positions_); }

 private:
  Spool* out_;
  std::unordered_map<std::string, std::uint32_t> positions_;
};

struct TableCounts {
  std::uint64_t components = 0, releases = 0, paths = 0, file_versions = 0;
  std::uint32_t most_shingles = 0;  // of one file version
  std::uint32_t last_version = 0;   // the highest number of a file version in a shingle
};

struct Tables {
  static Result<std::unique_ptr<Tables>> create(const std::string& directory,
                                                std::uint64_t memory_bytes);
  Tables(const Tables&) = delete;
  Tables& operator=(const Tables&) = delete;

  // The next component; in the order of their names, which `names` holds already. Fails with io.
  Result<void> add(const Pack& pack, const ComponentNames& names);
  // The same of what a slice has of a component; its contents and shingles are added by whoever has
  // them. Fails with io.
  Result<void> add(const PackDirectory& directory);
  // Ends the tables, and finds out which paths are foreign by their names. Fails with io.
  Result<void> finish();

  Spool string_bytes, components, releases, paths, path_mark_bytes, spans, span_mark_bytes,
      shingle_counts;
  Strings strings;
  MarksWriter path_marks, span_marks;
  Sorter<ContentRecord> contents;
  Sorter<ShingleRecord> shingles;
  std::vector<std::uint32_t> contents_of_component;
  std::vector<bool> foreign;  // by path
  TableCounts count;

 private:
  Tables(std::vector<Spool> spools, const std::string& directory, std::uint64_t memory_bytes);
  Result<void> add_path(const Pack& pack, const PackPath& path, const ComponentNames& names);
  Result<void> add_file_versions(const Pack& pack, const PackPath& path);
  Result<void> add_shingles(const PackPath& path);

  Sorter<FileNameRecord> file_names_;
};

class IndexFile;

// Adds the sections that are not about contents or shingles. `tables` is finished. Fails with io.
Result<void> write_tables(Tables& tables, IndexFile& out, const std::string& directory);

}  // namespace stowaway::kb::index
