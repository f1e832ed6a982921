// The index file: what scans query, derived from packs. docs/index-format.md describes it; this is
// its layout in code.
//
// One immutable file, mapped read-only: a header with the directory of sections, then the sections.
// Nothing is unpacked or copied at open, so opening costs the same for any size and processes share
// the pages. Sections are texts, arrays of fixed-size little-endian records, packed numbers
// (packed.h), marks (marks.h) and key sets (key_set.h). A position is at most 32 bits wide.
#pragma once

#include <array>
#include <cstdint>
#include <type_traits>

namespace stowaway::kb::index {

inline constexpr std::array<char, 8> kMagic{'S', 'T', 'O', 'W', 'I', 'N', 'D', 'X'};
inline constexpr std::uint32_t kFormat = 2;
inline constexpr std::uint32_t kByteOrderMark = 0x01020304;

enum SectionId : std::uint32_t {
  kStrings,
  kComponents,
  kReleases,
  kPaths,
  kPathMarks,
  kSpans,
  kSpanMarks,
  kShingleCounts,
  kCarried,
  kOriginals,
  kSha256,
  kSizes,
  kNormalisedBlocks,
  kNormalisedTails,
  kNormalisedCrowd,
  kNormalisedMarks,
  kPostings,
  kSharedPostings,
  kMd5Blocks,
  kMd5Tails,
  kMd5Crowd,
  kMd5Contents,
  kShingleBlocks,
  kShingleTails,
  kShingleCrowd,
  kShingleMarks,
  kOccurrences,
  kSectionCount
};

enum class SectionKind : std::uint8_t { records, packed, marks };

// What a section is made of; `record_bytes` only for records.
struct SectionShape {
  SectionKind kind;
  std::uint32_t record_bytes;
};

struct SectionEntry {
  std::uint64_t offset, size_bytes;
  std::uint64_t checksum;  // XXH3-64 of these bytes
  std::uint64_t count;     // of records, packed numbers, or bits that carry marks
  std::uint32_t width;     // bits of a packed number; else 0
  std::uint32_t ones;      // of marks; else 0
};

struct Header {
  std::array<char, 8> magic;
  std::uint32_t format, byte_order;
  std::uint64_t file_bytes;
  std::array<std::uint8_t, 16> id;  // of the packs it was made from (kb_id_of)
  std::uint32_t version_bits;       // of the two file version numbers of an occurrence
  std::uint32_t reserved;
  std::array<SectionEntry, kSectionCount> sections;
  std::uint64_t checksum;  // XXH3-64 of everything before it
};

// Things that own a range of another array have a sentinel record behind them: thing i owns from
// its own start to that of record i + 1.
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

struct ReleaseSpan {
  std::uint16_t first, last;  // releases of the component, both included
};

using Sha256Prefix = std::array<std::uint8_t, 16>;

// Up to kMaxBlockKeys keys of a key set, in one cache line; key_set.h says how.
struct alignas(64) KeyBlock {
  std::uint32_t first_rank;
  std::uint16_t count;  // kCrowdedBlock: its keys stand in the crowd
  std::uint16_t reserved;
  std::uint64_t occupied;
  std::array<std::uint64_t, 6> rest;
};

struct CrowdedKey {
  std::uint64_t key, rank;
};

static_assert(sizeof(Component) == 32 && sizeof(Release) == 16 && sizeof(Path) == 16);
static_assert(sizeof(ReleaseSpan) == 4 && sizeof(KeyBlock) == 64 && sizeof(CrowdedKey) == 16);
static_assert(sizeof(SectionEntry) == 40 && sizeof(Header) == 48 + 40 * kSectionCount + 8);
static_assert(std::is_trivially_copyable_v<Header>);

inline constexpr std::array<SectionShape, kSectionCount> kShapes{{
    {SectionKind::records, 1},                     // strings
    {SectionKind::records, sizeof(Component)},     // components
    {SectionKind::records, sizeof(Release)},       // releases
    {SectionKind::records, sizeof(Path)},          // paths
    {SectionKind::marks, 0},                       // path marks
    {SectionKind::records, sizeof(ReleaseSpan)},   // spans
    {SectionKind::marks, 0},                       // span marks
    {SectionKind::packed, 0},                      // shingle counts
    {SectionKind::packed, 0},                      // carried
    {SectionKind::marks, 0},                       // originals
    {SectionKind::records, sizeof(Sha256Prefix)},  // SHA-256
    {SectionKind::packed, 0},                      // sizes
    {SectionKind::records, sizeof(KeyBlock)},      // normalised blocks
    {SectionKind::packed, 0},                      // normalised tails
    {SectionKind::records, sizeof(CrowdedKey)},    // normalised crowd
    {SectionKind::marks, 0},                       // normalised marks
    {SectionKind::packed, 0},                      // postings
    {SectionKind::packed, 0},                      // shared postings
    {SectionKind::records, sizeof(KeyBlock)},      // MD5 blocks
    {SectionKind::packed, 0},                      // MD5 tails
    {SectionKind::records, sizeof(CrowdedKey)},    // MD5 crowd
    {SectionKind::packed, 0},                      // MD5 contents
    {SectionKind::records, sizeof(KeyBlock)},      // shingle blocks
    {SectionKind::packed, 0},                      // shingle tails
    {SectionKind::records, sizeof(CrowdedKey)},    // shingle crowd
    {SectionKind::marks, 0},                       // shingle marks
    {SectionKind::packed, 0},                      // occurrences
}};

}  // namespace stowaway::kb::index
