// The door of `kb` for those who ask: an open knowledge base.
//
// Read-only, mapped from one index file, shared between threads and processes without locks. All
// positions are 32-bit numbers that mean something only within one open Kb. The file is untrusted:
// its header, its directory and every position are checked (cheaply at open, at each use, in full
// by verify()); a damaged file gives an error or an empty answer, never undefined behaviour. What
// the answers mean is the business of `match`.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "fingerprint/identity.h"
#include "fingerprint/normalise.h"
#include "kb/index/layout.h"

namespace stowaway::kb {

using ComponentId = std::uint32_t;
using PathId = std::uint32_t;
using ContentId = std::uint32_t;

// Half-open range of positions.
struct Range {
  std::uint32_t first = 0, end = 0;
  std::uint32_t size() const { return end - first; }
  bool empty() const { return first == end; }
};

struct ComponentView {
  std::string_view name, purl, licence, language, aliases;  // aliases: comma-separated
  std::uint32_t rank;
  Range releases;  // positions of Kb::release
  Range paths;
};

struct ReleaseView {
  std::string_view version, revision;
  std::uint32_t date;  // 20220327; 0 unknown
  std::uint32_t code_files;
};

struct PathView {
  std::string_view name;
  ComponentId component;
  Range file_versions;
  std::uint8_t density_exponent;
  std::uint8_t role;
};

struct Posting {
  std::uint32_t file_version;
  bool carried;  // the component embeds this content, it does not come from there
};

class Kb {
 public:
  // Fails with not_found, corrupt (truncated, foreign, damaged header) or unsupported (another
  // format).
  static Result<Kb> open(const std::string& file);
  Kb(Kb&&) noexcept;
  Kb& operator=(Kb&&) noexcept;
  ~Kb();

  // Reads the whole file and checks every section's checksum. Fails with corrupt.
  Result<void> verify() const;

  std::string id() const;  // hex
  const std::string& file() const;
  std::uint32_t component_count() const;
  std::uint32_t release_count() const;
  std::uint32_t content_count() const;
  std::uint32_t shingle_count() const;
  std::uint32_t path_count() const;

  ComponentView component(ComponentId id) const;
  ReleaseView release(std::uint32_t position) const;
  PathView path(PathId id) const;
  const index::FileVersion& file_version(std::uint32_t position) const;
  // Releases that hold a file version, as positions within its component (0 = oldest).
  std::span<const index::ReleaseSpan> releases_of(std::uint32_t file_version) const;

  // Contents that are the same after normalisation: neighbours, so a range.
  Range contents_with(fingerprint::NormalisedId normalised) const;
  std::optional<ContentId> content_with_md5(const fingerprint::Md5& md5) const;
  const index::Content& content(ContentId id) const;
  fingerprint::NormalisedId normalised_of(ContentId id) const;
  std::size_t posting_count(ContentId id) const;
  Posting posting(ContentId id, std::size_t i) const;

  // Where a shingle occurs; empty for one that the KB has never seen.
  std::span<const index::ShingleEntry> occurrences(std::uint64_t shingle_key) const;
  // Brings what occurrences() will touch into the cache; for batches.
  void prefetch(std::uint64_t shingle_key) const;

 private:
  struct Mapping;
  explicit Kb(std::unique_ptr<Mapping> mapping);
  std::unique_ptr<Mapping> mapping_;
};

}  // namespace stowaway::kb
