// Fills a store from what publishers publish: OSV files, directories and archives of them, Debian's
// tracker. Foreign input: the limits are those of `source`, and those of osv.h for each record.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "advisory/store.h"
#include "base/progress.h"
#include "base/result.h"

namespace stowaway::advisory {

struct ImportOptions {
  unsigned jobs = 0;
  std::stop_token stop;
  ProgressSink* progress = nullptr;  // may be null
};

struct ImportCount {
  std::uint64_t files = 0, records = 0;  // records read, whatever became of them
  std::uint64_t added = 0, replaced = 0, unchanged = 0, older = 0;
  std::uint64_t withdrawn = 0;    // of records
  std::uint64_t bad = 0;          // records and files that could not be read
  std::vector<Error> complaints;  // about these, at most kMaxComplaints; sorted
};
inline constexpr std::size_t kMaxComplaints = 100;

// `path`: a file of OSV JSON (an object, an array, or a line each), a directory of such files, or
// an archive of them (the zip dumps of osv.dev, tar, compressed or not). Files that are not called
// .json, .jsonl or .ndjson are passed over, but for `path` itself. One transaction: on a failure
// the store is as it was. Fails with not_found, io, cancelled, corrupt (nothing in it is a record).
Result<ImportCount> import_osv(const std::string& path, Store& store, const ImportOptions& options);

// The dump of the Debian security tracker, compressed or not; replaces what an earlier dump
// brought.
Result<ImportCount> import_debian_tracker(const std::string& path, Store& store,
                                          const ImportOptions& options);

}  // namespace stowaway::advisory
