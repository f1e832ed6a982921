// Gathers the files of a component's releases and makes a pack of them. Starts empty or from an
// existing pack, whose releases then need not be read again. Not thread-safe, but for
// fingerprint_content(), which is a pure function that miners call from their workers.
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

// Whether files at this path belong into packs at all: code, and not empty.
bool belongs_into_pack(std::string_view path);

class PackBuilder {
 public:
  // Takes over what `pack` says of the component, its sources and its releases.
  explicit PackBuilder(Pack pack);

  // True when this version was taken over or added, from the same revision.
  bool has_release(const std::string& version, const std::string& revision) const;

  // Adds a content; equal contents get equal numbers.
  std::uint32_t add_content(FingerprintedContent content);

  // A release that exists already is extended: several tags of one version are one release.
  std::uint32_t add_release(PackRelease release);
  void add_file(std::uint32_t release, const std::string& path, std::uint32_t content);

  // Orders everything and returns the pack. The builder is empty afterwards.
  Pack finish();

 private:
  struct BuiltContent {
    PackContent content;
    std::uint64_t normalised_bytes;
    std::vector<fingerprint::Shingle> shingles;
  };
  struct BuiltPath {
    std::map<std::uint32_t, std::vector<std::uint32_t>>
        releases_of;                  // content → releases, unordered, with repeats
    std::uint8_t known_exponent = 0;  // of a pack that was taken over
    std::unordered_map<std::uint32_t, std::vector<std::uint64_t>>
        known_keys;  // content → keys, likewise
  };
  void take_over_paths(Pack& pack);
  std::vector<std::uint32_t> order_releases(Pack& pack) const;
  PackPath finish_path(const std::string& name, const BuiltPath& path,
                       const std::vector<std::uint32_t>& position, std::uint64_t wanted) const;

  Pack head_;  // without paths and contents
  std::vector<BuiltContent> contents_;
  std::map<PackContent, std::uint32_t> content_numbers_;
  std::map<std::string, std::uint32_t> release_numbers_;
  std::map<std::string, BuiltPath> paths_;
};

}  // namespace stowaway::kb
