// What the writer and the reader of packs share: the sections and their limits.
// docs/pack-format.md has both. Private to `kb/pack`.
#pragma once

#include <cstddef>
#include <cstdint>

namespace stowaway::kb {

inline constexpr std::uint32_t kPackFormat = 1;
inline constexpr std::uint64_t kMaxRawBytes = std::uint64_t{2} << 30;  // of all sections
inline constexpr std::uint64_t kMaxReleases = 65'000;
inline constexpr std::uint64_t kMaxFileVersions = 65'000;  // of one path
inline constexpr std::uint64_t kMaxContents = 1'000'000'000;
inline constexpr unsigned kMaxExponent = 32;
// Paths are front-coded: a small section can stand for far more bytes than it has.
inline constexpr std::uint64_t kMaxAllPathBytes = std::uint64_t{512} << 20;
inline constexpr unsigned kKeyBytes = 6;

enum SectionId : std::uint32_t {
  kMeta = 1,
  kReleases,
  kPaths,
  kPathInfo,
  kSizes,
  kMd5,
  kSha256,
  kNormalised,
  kFileVersions,
  kShingleKeys,
  kShingleSpans,
  kOrigins  // only where a release has more than one
};

}  // namespace stowaway::kb
