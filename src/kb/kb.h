// The door of `kb` for those who ask: an open knowledge base.
//
// Read-only, mapped from one index file, shared between threads and processes without locks. All
// positions are 32-bit numbers that mean something only within one open Kb. The file is untrusted:
// its header, its directory and every position are checked (cheaply at open, at each use, in full
// by verify()); a damaged file gives an error or an empty answer, never undefined behaviour. What
// the answers mean is the business of `match`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
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
#include "kb/index/packed.h"

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

// What of a path is numbers.
struct PathNumbers {
  ComponentId component;
  Range file_versions;
  std::uint8_t density_exponent;
  std::uint8_t role;
};

struct PathView : PathNumbers {
  std::string_view name;
};

struct FileVersion {
  PathId path;
  std::uint32_t shingles;  // how many of the path's shingles it has
  bool carried;            // the component embeds this file, it does not come from there
};

struct Content {
  index::Sha256Prefix sha256;
  std::uint32_t size_bytes;  // saturated
};

struct Posting {
  std::uint32_t file_version;
  bool carried;  // as in FileVersion
};

// Where a shingle occurs: in file versions first…last of a path, counted from the path's first.
struct Occurrence {
  PathId path;
  std::uint16_t first, last;
};

// A range of them, unpacked while it is walked.
class Occurrences {
 public:
  class Iterator {
   public:
    using value_type = Occurrence;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    Iterator(const Occurrences* all, std::uint64_t at) : all_(all), at_(at) {}
    Occurrence operator*() const { return all_->at(at_); }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    Iterator operator++(int) {
      const Iterator before = *this;
      ++at_;
      return before;
    }
    bool operator==(const Iterator& other) const { return at_ == other.at_; }

   private:
    const Occurrences* all_ = nullptr;
    std::uint64_t at_ = 0;
  };

  Occurrences() = default;
  Occurrences(index::PackedView packed, unsigned version_bits, std::uint64_t first,
              std::uint64_t end)
      : packed_(packed), version_bits_(version_bits), first_(first), end_(end) {}

  std::size_t size() const { return end_ - first_; }
  bool empty() const { return first_ == end_; }
  Iterator begin() const { return {this, first_}; }
  Iterator end() const { return {this, end_}; }

 private:
  Occurrence at(std::uint64_t i) const {
    const std::uint64_t value = packed_[i], mask = index::low_bits(version_bits_);
    return {static_cast<PathId>(value >> (2 * version_bits_)),
            static_cast<std::uint16_t>(value >> version_bits_ & mask),
            static_cast<std::uint16_t>(value & mask)};
  }

  index::PackedView packed_;
  unsigned version_bits_ = 0;
  std::uint64_t first_ = 0, end_ = 0;
};

// What a knowledge base is called and holds: of a slice (store.h), the whole that it stands for.
struct KbSummary {
  std::string file, id;  // id: hex
  std::uint64_t components = 0, releases = 0, contents = 0, shingles = 0;
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
  // Fails with corrupt when the file was cut short while it was in use: answers since then may be
  // empty or wrong. Ask before believing them. Cheap.
  Result<void> intact() const;

  std::string id() const;  // hex; of a slice that of the whole
  const std::string& file() const;
  // What reports say of it. The counts below bound positions; those of a slice are smaller.
  KbSummary summary() const;
  // For slices: from now on this is `whole`.
  void stand_for(KbSummary whole);
  std::uint32_t component_count() const;
  std::uint32_t release_count() const;
  std::uint32_t content_count() const;
  std::uint32_t shingle_count() const;
  std::uint32_t path_count() const;

  ComponentView component(ComponentId id) const;
  ReleaseView release(std::uint32_t position) const;
  PathView path(PathId id) const;
  PathNumbers path_numbers(PathId id) const;  // without reading the name, which lies elsewhere
  FileVersion file_version(std::uint32_t position) const;
  // Releases that hold a file version, as positions within its component (0 = oldest).
  std::span<const index::ReleaseSpan> releases_of(std::uint32_t file_version) const;

  // Contents that are the same after normalisation: neighbours, so a range.
  Range contents_with(fingerprint::NormalisedId normalised) const;
  // The same for many, several times as fast: ranges[i] answers keys[i]; both are of one size.
  void contents_with(std::span<const fingerprint::NormalisedId> keys,
                     std::span<Range> ranges) const;
  std::optional<ContentId> content_with_md5(const fingerprint::Md5& md5) const;
  Content content(ContentId id) const;
  fingerprint::NormalisedId normalised_of(ContentId id) const;  // slow: searches
  std::size_t posting_count(ContentId id) const;
  Posting posting(ContentId id, std::size_t i) const;

  // Where a shingle occurs; empty for one that the KB has never seen.
  Occurrences occurrences(std::uint64_t shingle_key) const;
  // The same for many, several times as fast: found[i] answers keys[i]; both are of one size.
  void occurrences(std::span<const std::uint64_t> keys, std::span<Occurrences> found) const;

 private:
  struct File;
  explicit Kb(std::unique_ptr<File> file);
  std::unique_ptr<File> file_;
};

}  // namespace stowaway::kb
