// Looks for the files of the KB that a file resembles, by its sampled shingles.
#pragma once

#include <span>
#include <vector>

#include "fingerprint/shingle.h"
#include "kb/kb.h"
#include "match/collect.h"

namespace stowaway::match {

// Of a part of an amalgamation at least this much is there.
inline constexpr double kContainedPart = 0.5;

// A shingle that stands in more paths than this is furniture (a common loop, a licence table) and
// names nobody.
inline constexpr std::size_t kMaxOccurrences = 48;
inline constexpr std::uint32_t kMinMatched = 3;  // fewer can be chance and common idioms

// Reused between files; one per thread.
class Resembler {
 public:
  explicit Resembler(const kb::Kb& kb) : kb_(&kb) {}
  // `shingles` may repeat; it is sorted in place. Best first, at most kMaxResemblances.
  std::vector<Resemblance> find(std::vector<fingerprint::Shingle>& shingles);

 private:
  struct Hit {
    kb::PathId path;
    std::uint16_t first, last;
    std::uint32_t shingle;  // position in what find() was given
  };
  void add_apart_ratios(std::vector<Resemblance>& found);
  void add_windows_per_release(std::vector<Resemblance>& found);
  double windows_in_file() const;  // estimated; sample_sizes_ is that of the file
  std::vector<float> windows_of(std::vector<Hit> hits, std::size_t releases) const;

  const kb::Kb* kb_;
  std::vector<std::uint64_t> keys_;
  std::vector<kb::Occurrences> occurrences_;
  std::vector<Hit> hits_;
  std::vector<std::uint32_t> sample_sizes_;
};

}  // namespace stowaway::match
