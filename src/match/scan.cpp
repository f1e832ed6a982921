#include "match/scan.h"

#include <algorithm>
#include <set>

#include "match/collect.h"
#include "match/copies.h"
#include "match/hits.h"
#include "match/place.h"

namespace stowaway::match {

namespace {

Result<ScanResult> explain(Collected collected, std::string_view kind, const kb::Kb& kb,
                           const ScanOptions& options) {
  const std::vector<Hit> hits = find_hits(collected.files, kb);
  const std::vector<Placement> placements =
      explain_tree(candidate_placements(hits, collected.files, kb), hits, collected.files, kb);
  ScanResult result;
  result.subject_kind = kind;
  result.summary = collected.summary;
  result.gaps = std::move(collected.gaps);
  result.partial = collected.summary.gaps > 0;
  const kb::KbSummary whole = kb.summary();
  result.kb = {whole.file,     whole.id,       whole.components,
               whole.releases, whole.contents, whole.shingles};
  describe_copies(placements, hits, collected, kb, options, result);
  STOWAWAY_TRY_VOID(kb.intact());
  return result;
}

}  // namespace

Result<ScanResult> scan(source::Source& subject, const kb::Kb& kb, const ScanOptions& options) {
  if (options.fingerprints != nullptr) *options.fingerprints = {};
  STOWAWAY_TRY(Collected collected, collect(subject, kb, options.source, options.resemblances,
                                            options.cache, options.fingerprints));
  if (options.fingerprints != nullptr) options.fingerprints->kind = subject.kind();
  return explain(std::move(collected), subject.kind(), kb, options);
}

Result<ScanResult> rescan(const Fingerprints& fingerprints, const kb::Kb& kb,
                          const ScanOptions& options) {
  STOWAWAY_TRY(Collected collected, collect_again(fingerprints, kb, options.resemblances));
  return explain(std::move(collected), fingerprints.kind, kb, options);
}

}  // namespace stowaway::match
