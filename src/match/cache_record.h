// What a scan learned of one file, as bytes: the records of the rescan cache. Private to `match`.
// Pure; safe from any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "match/collect.h"
#include "source/source.h"

namespace stowaway::match {

// Learned of a file: what it is worth to the scan, what it declares; often neither.
struct Learned {
  std::optional<ScannedFile> file;
  std::optional<Manifest> manifest;
};

// The head of a record. Path and the rest, which decode_learned() reads, follow; then zeros up to a
// multiple of 8 bytes.
struct CacheRecord {
  source::FileStamp stamp;
  std::uint32_t record_bytes;  // all of it
  std::uint16_t path_bytes;
  std::uint8_t flags;
  std::uint8_t role;
  std::uint32_t normalised_bytes;
  std::uint32_t first_content, end_content;
  std::uint32_t reserved;
};
static_assert(sizeof(CacheRecord) == 64);

// Appends the record of a file. Its path has at most 65,535 bytes.
void append_record(std::string_view path, const source::FileStamp& stamp, const ScannedFile* file,
                   const Manifest* manifest, std::vector<std::byte>& out);

// The record at the beginning of `bytes`, if one is there whole.
std::optional<CacheRecord> record_at(std::span<const std::byte> bytes);
// Its path; valid as long as `bytes`.
std::string_view path_of(const CacheRecord& record, std::span<const std::byte> bytes);

// None where the bytes make no sense.
std::optional<Learned> decode_learned(const CacheRecord& record, std::span<const std::byte> bytes);

// Whether all that it says is of things that the KB has: what a KB answered always is, whatever
// else a file holds may not be.
bool fits(const Learned& learned, const kb::Kb& kb);

}  // namespace stowaway::match
