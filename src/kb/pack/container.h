// The container that packs lie in: named sections, each compressed and checksummed, behind one
// header. docs/pack-format.md, "Container". Little-endian throughout.
//
//   0  8   magic "STOWPACK"
//   8  4   format version
//  12  4   number of sections
//  16  8   size of the whole file
//  24  32  SHA-256 of everything from byte 64 on: what a signature signs
//  56  8   XXH3-64 of bytes 0…55
//  64      directory: per section id u32, codec u32 (0 stored, 1 zstd), offset u64, stored size
//  u64, raw size u64,
//          XXH3-64 of the stored bytes u64; then the sections, in order, without gaps
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "base/result.h"

namespace stowaway::kb {

struct Section {
  std::uint32_t id;
  bool compress;
  std::vector<std::byte> bytes;
};

std::vector<std::byte> write_container(std::uint32_t version, const std::vector<Section>& sections);

// Verifies header, SHA-256, directory and every section. `max_raw_bytes` bounds what is unpacked in
// all. Fails with corrupt, unsupported (another version) or limit_exceeded.
Result<std::map<std::uint32_t, std::vector<std::byte>>> read_container(
    std::uint32_t version, std::span<const std::byte> file, std::uint64_t max_raw_bytes);

}  // namespace stowaway::kb
