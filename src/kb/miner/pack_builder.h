// Gathers the files of a component's releases and makes a pack of them. Starts empty or from
// existing packs, whose releases then need not be read again. What comes out does not depend on the
// order in which things went in. Not thread-safe, but for fingerprint_content(), which is a pure
// function that miners call from their workers.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "fingerprint/identity.h"
#include "fingerprint/shingle.h"
#include "kb/pack/pack.h"

namespace stowaway::kb {

// Shingles that the largest version of a path keeps, about. Chosen with the starter KB's size:
// docs/starter-kb.md.
inline constexpr std::uint64_t kShinglesPerFile = 32;
// The same for a component of few files (single-file libraries), where shingles must tell releases
// apart on their own.
inline constexpr std::uint64_t kShinglesPerFileOfFew = 256;
inline constexpr std::size_t kFewPaths = 8;

// The sparsest exponent at which `normalised_bytes` still leave about `wanted` shingles.
std::uint8_t density_exponent_for(std::uint64_t normalised_bytes, std::uint64_t wanted);

struct FingerprintedContent {
  PackContent content;
  std::uint64_t normalised_bytes = 0;
  std::vector<fingerprint::Shingle> shingles;  // sorted by key, no repeats; of the densest sample
};
FingerprintedContent fingerprint_content(fingerprint::Bytes bytes, std::string_view path);

// Whether files at this path belong into packs at all: code, and a path that a pack can hold.
bool belongs_into_pack(std::string_view path);

class PackBuilder {
 public:
  // Takes over what `pack` says of the component, its sources and its releases.
  explicit PackBuilder(Pack pack);

  // Adds the releases of another pack of the component. Where both sampled a path at different
  // densities, the sparser one counts, and of a content that only the denser sample has, the
  // shingles are kept that are known to belong to the sparser one.
  void take_over(Pack pack);

  // True when this version was taken over or added, from the same revision.
  bool has_release(const std::string& version, const std::string& revision) const;

  // Adds a content; equal contents get equal numbers.
  std::uint32_t add_content(FingerprintedContent content);

  // A release that exists already is extended: several tags of one version are one release. It
  // keeps the origin with the earliest date as its own and the others beside it. "1.7.0" is "1.7",
  // and the shorter label stays: git tags and npm differ in that. But 2.01 is not 2.1.
  std::uint32_t add_release(PackRelease release);
  void add_file(std::uint32_t release, const std::string& path, std::uint32_t content);

  // Orders everything and returns the pack. The builder is empty afterwards.
  Pack finish();

 private:
  struct BuiltContent {
    PackContent content;
    std::uint64_t normalised_bytes;  // 0: taken over, and never read
    std::vector<fingerprint::Shingle> shingles;
  };
  struct KnownSample {  // of a content at one path, from a pack
    std::uint8_t exponent = 0;
    std::vector<std::uint64_t> keys;
  };
  struct BuiltPath {
    std::map<std::uint32_t, std::vector<std::uint32_t>>
        releases_of;                  // content → releases, unordered, with repeats
    std::uint8_t known_exponent = 0;  // the sparsest of the packs that were taken over
    std::unordered_map<std::uint32_t, std::vector<KnownSample>> known;  // content → its samples
  };
  void take_over_paths(const Pack& pack, const std::vector<std::uint32_t>& contents,
                       const std::vector<std::uint32_t>& releases);
  std::vector<std::uint32_t> order_releases(Pack& pack) const;
  PackPath finish_path(const std::string& name, const BuiltPath& path,
                       const std::vector<std::uint32_t>& position, std::uint64_t wanted) const;
  std::vector<std::uint64_t> keys_of(const BuiltPath& path, bool is_library, std::uint32_t content,
                                     std::uint8_t exponent) const;
  void number_contents(Pack& pack);

  Pack head_;  // without paths and contents
  std::vector<BuiltContent> contents_;
  std::map<PackContent, std::uint32_t> content_numbers_;
  std::map<std::string, std::uint32_t> release_numbers_;  // by plain_version()
  std::map<std::string, BuiltPath> paths_;
};

}  // namespace stowaway::kb
