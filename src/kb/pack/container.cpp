#include "kb/pack/container.h"

#include <xxhash.h>
#include <zstd.h>

#include <algorithm>
#include <cstring>

#include "fingerprint/identity.h"
#include "kb/pack/bytes.h"

namespace stowaway::kb {
namespace {

constexpr std::string_view kMagic = "STOWPACK";
constexpr std::size_t kHeaderBytes = 64, kHashedHeaderBytes = 56, kEntryBytes = 40;
constexpr std::uint32_t kMaxSections = 64;
// Packs are written once and read often; the last levels save a few per cent over 12 and mining
// hides their cost.
constexpr int kZstdLevel = 19;

std::vector<std::byte> compress(const std::vector<std::byte>& raw) {
  std::vector<std::byte> out(ZSTD_compressBound(raw.size()));
  const std::size_t size =
      ZSTD_compress(out.data(), out.size(), raw.data(), raw.size(), kZstdLevel);
  STOWAWAY_CHECK(!ZSTD_isError(size), "zstd refused to compress into a buffer of its own bound");
  out.resize(size);
  return out;
}

struct Entry {
  std::uint64_t id, codec, offset, stored, raw, checksum;
};

Result<std::vector<std::byte>> unpack(const Entry& entry, std::span<const std::byte> stored) {
  if (XXH3_64bits(stored.data(), stored.size()) != entry.checksum)
    return fail(ErrorCode::corrupt, "section {} has a wrong checksum", entry.id);
  if (entry.codec == 0) {
    if (entry.raw != entry.stored)
      return fail(ErrorCode::corrupt, "section {} has two sizes", entry.id);
    return std::vector<std::byte>(stored.begin(), stored.end());
  }
  if (entry.codec != 1)
    return fail(ErrorCode::unsupported, "section {} has codec {}", entry.id, entry.codec);
  // The frame says its size before memory is taken for what the directory claims.
  if (ZSTD_getFrameContentSize(stored.data(), stored.size()) != entry.raw)
    return fail(ErrorCode::corrupt, "section {} does not unpack to its size", entry.id);
  std::vector<std::byte> raw(entry.raw);
  const std::size_t size = ZSTD_decompress(raw.data(), raw.size(), stored.data(), stored.size());
  if (ZSTD_isError(size) || size != entry.raw)
    return fail(ErrorCode::corrupt, "section {} does not unpack", entry.id);
  return raw;
}

}  // namespace

std::vector<std::byte> write_container(std::uint32_t version,
                                       const std::vector<Section>& sections) {
  ByteWriter directory, body;
  std::uint64_t offset = kHeaderBytes + kEntryBytes * sections.size();
  for (const Section& section : sections) {
    const std::vector<std::byte> stored =
        section.compress ? compress(section.bytes) : section.bytes;
    directory.fixed(section.id, 4);
    directory.fixed(section.compress ? 1 : 0, 4);
    directory.fixed(offset, 8);
    directory.fixed(stored.size(), 8);
    directory.fixed(section.bytes.size(), 8);
    directory.fixed(XXH3_64bits(stored.data(), stored.size()), 8);
    body.raw(stored);
    offset += stored.size();
  }
  directory.raw(body.bytes());
  const auto digest = fingerprint::sha256_of(directory.bytes());
  ByteWriter file;
  file.raw(fingerprint::as_bytes(kMagic));
  file.fixed(version, 4);
  file.fixed(sections.size(), 4);
  file.fixed(offset, 8);
  file.raw(std::as_bytes(std::span(digest.bytes)));
  file.fixed(XXH3_64bits(file.bytes().data(), kHashedHeaderBytes), 8);
  file.raw(directory.bytes());
  return std::move(file.bytes());
}

Result<std::map<std::uint32_t, std::vector<std::byte>>> read_container(
    std::uint32_t version, std::span<const std::byte> file, std::uint64_t max_raw_bytes) {
  if (file.size() < kHeaderBytes || std::memcmp(file.data(), kMagic.data(), kMagic.size()) != 0)
    return fail(ErrorCode::corrupt, "not a pack");
  ByteReader header(file.subspan(kMagic.size(), kHeaderBytes - kMagic.size()));
  const std::uint64_t found_version = header.fixed(4), count = header.fixed(4),
                      size = header.fixed(8);
  const auto digest = header.raw(32);
  if (XXH3_64bits(file.data(), kHashedHeaderBytes) != header.fixed(8))
    return fail(ErrorCode::corrupt, "the header's checksum is wrong");
  if (found_version != version)
    return fail(ErrorCode::unsupported, "pack format {}, this program reads {}", found_version,
                version);
  if (size != file.size())
    return fail(ErrorCode::corrupt,
                "{} bytes long where the header says {}: cut short or appended to", file.size(),
                size);
  if (count > kMaxSections || kHeaderBytes + kEntryBytes * count > size)
    return fail(ErrorCode::corrupt, "{} sections do not fit", count);
  const auto actual = fingerprint::sha256_of(file.subspan(kHeaderBytes));
  if (std::memcmp(actual.bytes.data(), digest.data(), digest.size()) != 0)
    return fail(ErrorCode::corrupt, "the SHA-256 in the header does not fit the content");

  ByteReader directory(file.subspan(kHeaderBytes, kEntryBytes * count));
  std::map<std::uint32_t, std::vector<std::byte>> sections;
  std::uint64_t expected_offset = kHeaderBytes + kEntryBytes * count, raw_total = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const Entry entry{directory.fixed(4), directory.fixed(4), directory.fixed(8),
                      directory.fixed(8), directory.fixed(8), directory.fixed(8)};
    if (entry.offset != expected_offset || entry.stored > size - entry.offset)
      return fail(ErrorCode::corrupt, "section {} lies outside the file", entry.id);
    expected_offset += entry.stored;
    if (entry.raw > max_raw_bytes || (raw_total += entry.raw) > max_raw_bytes)
      return fail(ErrorCode::limit_exceeded, "unpacks to more than {} bytes", max_raw_bytes);
    STOWAWAY_TRY(auto bytes, unpack(entry, file.subspan(entry.offset, entry.stored)));
    if (!sections.emplace(static_cast<std::uint32_t>(entry.id), std::move(bytes)).second)
      return fail(ErrorCode::corrupt, "section {} stands there twice", entry.id);
  }
  if (expected_offset != size) return fail(ErrorCode::corrupt, "bytes after the last section");
  return sections;
}

}  // namespace stowaway::kb
