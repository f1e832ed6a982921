// The rescan cache: what a scan learned of the files of one directory tree, kept in a file so that
// the next scan need not read what has not changed. It changes no result.
//
// A file counts as unchanged when path, device, inode, size, and the times of its last change and
// of its inode's are what they were. What was changed less than two seconds before its scan began
// is not kept: it could change again without another time (git's index has the same rule). What
// cannot be used (missing, damaged, another key, somebody else's) is as if nothing were there; what
// cannot be written is not written. The file is replaced whole, so concurrent scans disturb nobody:
// the last one's stays.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "match/cache_record.h"

namespace stowaway::match {

struct CacheOptions {
  std::string file;  // empty: no cache
  // Everything but the files that a result depends on: program, knowledge base, options.
  std::string key;
  // When the scan began, in nanoseconds since 1970.
  std::int64_t now_ns = 0;
  // Files of other trees beside `file` are removed, the longest unused first, beyond these.
  std::uint64_t most_bytes = std::uint64_t{1} << 30;
  std::size_t most_files = 1000;
};

// One scan's view of its cache. recall() from any thread, everything else from one.
class Cache {
 public:
  // Reads what is there.
  explicit Cache(CacheOptions options);

  // Whether there is anything to recall.
  bool has_records() const { return !offsets_.empty(); }
  // What was learned of this file, if it is unchanged and, where there is a `kb`, fits() it. Call
  // at most once for each path.
  std::optional<Learned> recall(std::string_view path, const source::FileStamp& stamp,
                                const kb::Kb* kb = nullptr) const;

  // Whether something that is learned now of a file with this stamp may be kept.
  bool may_keep(const source::FileStamp& stamp) const;

  // Writes what was recalled and `learned`, the records of files that were read (append_record),
  // unless that is what the file holds already.
  void save(const std::vector<std::vector<std::byte>>& learned) const;

 private:
  bool load();
  void index_records();
  std::span<const std::byte> record_bytes(std::size_t number) const {
    return body_.subspan(offsets_[number]);
  }
  std::uint64_t hash_of(std::string_view path) const;
  std::vector<std::byte> encode(const std::vector<std::vector<std::byte>>& learned) const;

  CacheOptions options_;
  std::vector<std::byte> bytes_;     // the file
  std::span<const std::byte> body_;  // its records
  std::vector<std::uint64_t> offsets_;
  std::vector<std::uint32_t> slots_;  // by hash of path: number of a record + 1; 0: free
  std::uint64_t seed_ = 0;
  mutable std::vector<std::atomic<bool>> recalled_;
};

// Fuzzed: what load() believes of a file's bytes. The records, if they are sound and of that key.
std::optional<std::span<const std::byte>> cache_body(std::span<const std::byte> bytes,
                                                     std::string_view key);

}  // namespace stowaway::match
