// A pack: everything known about one component, in memory. docs/pack-format.md specifies the file.
//
// A file of a release is a path and a content. All contents that one path ever had are its file
// versions, in release order; each says in which releases it stands there. A shingle belongs to a
// path and says in which of the path's file versions it occurs. Plain values; safe from any thread
// once built.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "fingerprint/identity.h"
#include "fingerprint/normalise.h"

namespace stowaway::kb {

inline constexpr std::size_t kMd5PrefixBytes =
    8;  // enough to look up by; a claim is confirmed by SHA-256
inline constexpr std::size_t kSha256PrefixBytes = 16;
inline constexpr std::size_t kMaxTextBytes = 4096;  // of any path, version, revision

struct PackSource {
  std::string kind;      // "git", "debian", "npm", "archive", "directory"
  std::string location;  // URL, package name, file name
  std::string rule;      // how versions are found or chosen, in the catalogue's words; may be empty
  std::string subpath;   // the part of it that is the component; empty: all
  bool operator==(const PackSource&) const = default;
};

// Where the files of a release were read: one of its tags, a Debian source package, a package of
// a registry, an archive.
struct PackOrigin {
  std::string date;       // "2022-03-27", of the commit or upload; empty: unknown
  std::string revision;   // commit id in hex, digest of the archive; names what was read, so that
                          // it need not be read again. Empty: unknown
  std::string signature;  // of a .dsc: "good", "unsigned", … (debian_signature.h); empty: no .dsc
  auto operator<=>(const PackOrigin&) const = default;
};

// date, revision and signature are those of the origin with the earliest date.
struct PackRelease {
  std::string version;
  std::string date, revision, signature;
  std::uint32_t code_files = 0;         // paths that stand in this release
  std::uint64_t code_bytes = 0;         // of them; of the largest where a path has several contents
  std::vector<PackOrigin> others = {};  // ascending, distinct revisions
};

struct PackContent {
  std::uint64_t size_bytes = 0;
  std::array<std::uint8_t, kMd5PrefixBytes> md5{};
  std::array<std::uint8_t, kSha256PrefixBytes> sha256{};
  fingerprint::NormalisedId normalised = 0;
  auto operator<=>(const PackContent&) const = default;
};

// Both ends included: releases first…last, as positions in Pack::releases, or file versions of one
// path.
struct Span32 {
  std::uint32_t first = 0, last = 0;
  auto operator<=>(const Span32&) const = default;
};

struct PackFileVersion {
  std::uint32_t content = 0;     // position in Pack::contents
  std::vector<Span32> releases;  // ascending, disjoint, not adjacent; never empty
  bool operator==(const PackFileVersion&) const = default;
};

struct PackShingle {
  std::uint64_t key = 0;         // 48 bits
  std::vector<Span32> versions;  // of the path, ascending, disjoint, not adjacent; never empty
  bool operator==(const PackShingle&) const = default;
};

struct PackPath {
  std::string path;                       // bytes, '/'-separated, relative to the component's root
  std::uint8_t density_exponent = 0;      // 0: the path has no shingles
  std::vector<PackFileVersion> versions;  // ordered by first release; never empty
  std::vector<PackShingle> shingles;      // ascending by key, no repeats
};

struct Pack {
  std::string component, purl, language, licence;
  std::vector<std::string> aliases;
  std::uint32_t rank = 0;  // of the catalogue: smaller is more embedded; 0 unknown
  std::vector<PackSource> sources;
  std::vector<PackRelease> releases;  // in the component's version order, oldest first
  std::vector<PackContent> contents;  // in order of first use by `paths`
  std::vector<PackPath> paths;        // ascending by path, no repeats
};

// Encodes deterministically: the same pack gives the same bytes. Fails with limit_exceeded for what
// decode_pack would refuse as too much, with invalid_argument for a pack that contradicts itself.
Result<std::vector<std::byte>> encode_pack(const Pack& pack);

// Sets code_files and code_bytes of every release.
void count_code(Pack& pack);

// Reads foreign bytes: fails with corrupt (says which section and why) or unsupported (another
// format version). Every count, order and position is checked; a pack that decodes can be used
// without further checks.
Result<Pack> decode_pack(std::span<const std::byte> bytes);

// File forms of the two. write_pack writes beside, syncs and renames.
Result<void> write_pack(const Pack& pack, const std::string& file);
Result<Pack> read_pack(const std::string& file);

}  // namespace stowaway::kb
