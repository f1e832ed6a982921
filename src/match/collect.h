// First pass of a scan: fingerprints every file as it streams by and keeps what the KB says of it.
// Bounded memory: of a file that the KB has never seen only its path is kept. DESIGN §5, steps 1
// and 2.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fingerprint/file_class.h"
#include "fingerprint/shingle.h"
#include "kb/kb.h"
#include "match/declare.h"
#include "source/source.h"

namespace stowaway::match {

// A file of the KB that an unidentified file of the subject resembles.
struct Resemblance {
  kb::PathId path;
  std::uint32_t best_version;  // of the path's file versions, counted from its first
  double contained_ratio;      // share of that version's shingles found in the file
  double explained_ratio;      // share of the file's shingles, at that density, that it explains
  std::uint32_t matched;       // shingles
  std::vector<std::uint16_t> matched_per_version;  // one per file version of the path
  // As explained_ratio, by all paths of the component together.
  double explained_by_component;
  // Share of the component's matched shingles that no other component here has: near 1 for the
  // parts of a bundle, near 0 for forks.
  double apart_ratio = 1;
  // For each release of the component, over all its paths that the file resembles (an amalgamation
  // resembles many, a file that moved two): how many windows of the file the matched shingles stand
  // for. Only in a file's first resemblance of a component, and only where there are several.
  std::vector<float> windows_per_release;
};

struct ScannedFile {
  std::string path;
  std::uint64_t size_bytes = 0;
  std::uint32_t normalised_bytes = 0;  // 0 for an md5 list
  fingerprint::FileRole role = fingerprint::FileRole::library;
  kb::Range contents;                  // same after normalisation; empty: not known
  bool exact = false;                  // `contents` is one content, confirmed byte for byte
  std::vector<Resemblance> resembles;  // best first; when `contents` is empty or only carried
  std::vector<Statement> statements;   // of headers, and of files that are not exactly known
  bool known() const { return !contents.empty(); }
};

struct Manifest {
  std::string path;
  std::vector<Statement> statements;  // never empty
};

struct Collected {
  std::vector<ScannedFile> files;   // code files only, sorted by path
  std::vector<Manifest> manifests;  // sorted by path; exactly known files are no manifests
  std::vector<source::Gap> gaps;    // sorted by path
  source::Summary summary;
};

struct CacheOptions;
struct Fingerprints;

// With `cache` files that have not changed since are not read (cache.h). Where `keep` is not null
// it gets what collect_again() needs (fingerprints.h), and all files are read. Fails as
// Source::deliver does.
Result<Collected> collect(source::Source& subject, const kb::Kb& kb, const source::Options& options,
                          bool resemblances, const CacheOptions& cache,
                          Fingerprints* keep = nullptr);

}  // namespace stowaway::match
