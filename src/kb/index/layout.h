// The index file: what scans query, derived from packs. docs/index-format.md describes it; this is
// its layout in code.
//
// One immutable file, mapped read-only: header, section directory, then arrays of fixed-size
// little-endian records. Nothing is unpacked or copied at open, so opening costs the same for any
// size and processes share the pages. A position is 32 bits; a sentinel record ends each array
// whose records own a range of another.
#pragma once

#include <array>
#include <cstdint>
#include <type_traits>

namespace stowaway::kb::index {

inline constexpr std::array<char, 8> kMagic{'S', 'T', 'O', 'W', 'I', 'N', 'D', 'X'};
inline constexpr std::uint32_t kFormat = 1;
inline constexpr std::uint32_t kByteOrderMark = 0x01020304;

enum SectionId : std::uint32_t {
  kStrings,
  kComponents,
  kReleases,
  kPaths,
  kFileVersions,
  kSpans,
  kContents,
  kNormalisedKeys,
  kNormalisedBuckets,
  kPostings,
  kMd5Entries,
  kMd5Buckets,
  kShingles,
  kShingleBuckets,
  kShingleFilter,
  kSectionCount
};

struct SectionEntry {
  std::uint64_t offset, size_bytes, checksum;  // XXH3-64
};

struct Header {
  std::array<char, 8> magic;
  std::uint32_t format, byte_order;
  std::uint64_t file_bytes;
  std::array<std::uint8_t, 16> id;  // first half of the SHA-256 over the packs' own digests
  std::uint32_t normalised_bits, md5_bits, shingle_bits,
      filter_bits;  // how many leading key bits choose a bucket
  std::array<SectionEntry, kSectionCount> sections;
  std::uint64_t checksum;  // XXH3-64 of everything before it
};

struct Component {
  std::uint32_t name, purl, licence, language, aliases;  // positions in strings
  std::uint32_t rank;
  std::uint32_t first_release, first_path;
};

struct Release {
  std::uint32_t version, revision;  // positions in strings
  std::uint32_t date;               // 20220327; 0 unknown
  std::uint32_t code_files;
};

struct Path {
  std::uint32_t name;  // position in strings
  std::uint32_t component;
  std::uint32_t first_file_version;
  std::uint8_t density_exponent;  // 0: no shingles
  std::uint8_t role;              // fingerprint::FileRole
  std::uint16_t reserved;
};

struct FileVersion {
  std::uint32_t content, path, first_span;
  std::uint32_t shingles;  // how many of the path's shingles it has
};

struct ReleaseSpan {
  std::uint16_t first, last;  // releases of the component, both included
};

struct Content {
  std::array<std::uint8_t, 16> sha256;
  std::uint32_t size_bytes;  // saturated
  std::uint32_t first_posting;
};

// A posting is the position of a file version; the top bit says that the component only carries the
// content.
inline constexpr std::uint32_t kCarriedBit = 0x80000000U;

struct Md5Entry {
  std::uint32_t low, high;  // the first eight bytes of the MD5, as a big-endian number
  std::uint32_t content;
};

struct ShingleEntry {
  std::uint32_t low_key;  // the lower 32 of 48 bits
  std::uint32_t path;
  std::uint16_t first, last;  // file versions of the path, both included
};

static_assert(sizeof(Component) == 32 && sizeof(Release) == 16 && sizeof(Path) == 16 &&
              sizeof(FileVersion) == 16);
static_assert(sizeof(ReleaseSpan) == 4 && sizeof(Content) == 24 && sizeof(Md5Entry) == 12 &&
              sizeof(ShingleEntry) == 12);
static_assert(std::is_trivially_copyable_v<Header>);

}  // namespace stowaway::kb::index
