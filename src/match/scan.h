// The door of `match`: one subject against one knowledge base.
// Thread-safe: a Kb may serve several scans at once; a Source serves one.
#pragma once

#include "kb/kb.h"
#include "match/cache.h"
#include "match/fingerprints.h"
#include "match/result.h"
#include "source/source.h"

namespace stowaway::match {

struct ScanOptions {
  source::Options source;
  bool resemblances = true;  // look for changed files by sampled shingles
  bool declarations = true;  // let version strings decide where contents cannot
  bool evidence = false;     // fill Copy::files and Copy::rivals, for `explain`
  CacheOptions cache;        // for a directory that is scanned again; the result is the same
  Fingerprints* fingerprints = nullptr;  // gets what rescan() needs; takes more time and memory
};

// The same subject and KB give the same result, whatever options.source.jobs is.
// Fails as Source::deliver does; what could not be read is in the result, which is then partial.
Result<ScanResult> scan(source::Source& subject, const kb::Kb& kb, const ScanOptions& options);

// The same from what was kept of an earlier scan, as if the same bytes had been read again: for a
// knowledge base that knows more than the one of that scan. A file that it knows less of becomes a
// gap. options.source and options.fingerprints are not used. Fails with corrupt.
Result<ScanResult> rescan(const Fingerprints& fingerprints, const kb::Kb& kb,
                          const ScanOptions& options);

}  // namespace stowaway::match
