// Which release a copy is: evidence for and against every release of its component. DESIGN §5,
// step 5. Pure; no I/O; safe from any thread.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <vector>

#include "kb/kb.h"
#include "match/collect.h"
#include "match/hits.h"

namespace stowaway::match {

struct VersionEvidence {
  std::vector<std::uint32_t>
      releases;  // positions within the component that the evidence cannot tell apart, ascending
  double best_support = 0;     // files that the best release has, similar ones counted by likeness
  std::vector<float> support;  // for every release
  std::vector<std::uint32_t>
      missing;  // for every release: library files in the copy's folders that are not there
  std::uint32_t present = 0;          // library files of the first of `releases` that the copy has
  std::uint32_t library_files = 0;    // of that release
  std::uint32_t library_headers = 0;  // of these, C and C++ headers
  std::uint32_t code_files = 0;
  std::uint32_t against = 0;  // own files of the copy that are only in other releases
  std::vector<std::uint32_t> against_by_release;  // for every release: how many of these it has
};

// `hits` are those of one placement: all of one component.
VersionEvidence infer_versions(kb::ComponentId component, std::span<const Hit> hits,
                               const std::vector<ScannedFile>& files, const kb::Kb& kb);

// The release's files that one file of the copy is: one, but all its parts for an amalgamation.
std::vector<kb::PathId> paths_of(const Hit& hit, const ScannedFile& file, const kb::Kb& kb);

// For each of `releases` (ascending): library files that the copy, which has `found`, lacks in
// folders that it otherwise has.
std::vector<std::uint32_t> missing_files(const kb::Kb& kb, kb::ComponentId component,
                                         std::span<const std::uint32_t> releases,
                                         const std::set<kb::PathId>& found);

bool is_header(std::string_view path);

// The support of a single hit: 0…1 for each release of the component, oldest first.
std::vector<float> support_of(const Hit& hit, const ScannedFile& file, const kb::Kb& kb);

// Calls use(path, file version) for every file of a release.
template <class F>
void for_each_file_of(const kb::Kb& kb, kb::ComponentId component, std::uint32_t release, F use) {
  const kb::Range paths = kb.component(component).paths;
  for (kb::PathId id = paths.first; id < paths.end; ++id) {
    const kb::Range versions = kb.path(id).file_versions;
    for (std::uint32_t v = versions.first; v < versions.end; ++v)
      for (const auto span : kb.releases_of(v))
        if (span.first <= release && release <= span.last) use(id, v);
  }
}

}  // namespace stowaway::match
