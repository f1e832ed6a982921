#include "kb/index/index_file.h"

#include <xxhash.h>

#include <bit>
#include <memory>
#include <vector>

#include "kb/index/packed_writer.h"

namespace stowaway::kb::index {
namespace {

constexpr std::uint64_t kCopyBytes = std::uint64_t{1} << 20;

}  // namespace

Result<IndexFile> IndexFile::create(const std::string& file) {
  STOWAWAY_TRY(auto created, AtomicWriter::create(file));
  IndexFile out(std::move(created));
  const std::vector<std::byte> room(sizeof(Header));
  STOWAWAY_TRY_VOID(out.file_.append(room));
  out.size_ = room.size();
  return out;
}

Result<void> IndexFile::copy(Spool& spool, SectionEntry& entry) {
  STOWAWAY_TRY_VOID(spool.flush());
  const std::vector<std::byte> padding((64 - size_ % 64) % 64);  // records begin with cache lines
  STOWAWAY_TRY_VOID(file_.append(padding));
  size_ += padding.size();
  entry.offset = size_;
  entry.size_bytes = spool.size();
  const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> hash(XXH3_createState(),
                                                                      &XXH3_freeState);
  XXH3_64bits_reset(hash.get());
  std::vector<std::byte> buffer(kCopyBytes);
  for (std::uint64_t at = 0; at < spool.size();) {
    const auto piece = std::span(buffer).first(std::min(kCopyBytes, spool.size() - at));
    STOWAWAY_TRY_VOID(spool.read_at(at, piece));
    XXH3_64bits_update(hash.get(), piece.data(), piece.size());
    STOWAWAY_TRY_VOID(file_.append(piece));
    at += piece.size();
  }
  entry.checksum = XXH3_64bits_digest(hash.get());
  size_ += spool.size();
  return {};
}

Result<void> IndexFile::add_records(SectionId id, Spool& spool) {
  SectionEntry& entry = header_.sections[id];
  entry.count = spool.size() / kShapes[id].record_bytes;
  return copy(spool, entry);
}

Result<void> IndexFile::add_packed(SectionId id, Spool& spool, std::uint64_t count,
                                   unsigned width) {
  SectionEntry& entry = header_.sections[id];
  entry.count = count;
  entry.width = width;
  return copy(spool, entry);
}

Result<void> IndexFile::add_marks(SectionId id, Spool& spool, const MarksWriter& marks) {
  SectionEntry& entry = header_.sections[id];
  entry.count = marks.size();
  entry.ones = static_cast<std::uint32_t>(marks.ones());
  return copy(spool, entry);
}

Result<void> IndexFile::add_numbers(SectionId id, Spool& numbers, std::uint32_t largest,
                                    const std::string& directory) {
  STOWAWAY_TRY_VOID(numbers.flush());
  STOWAWAY_TRY(auto packed, Spool::create(directory));
  const auto width = static_cast<unsigned>(std::bit_width(largest));
  PackedWriter writer(packed, width);
  SpoolReader reader(numbers, 0, numbers.size());
  for (std::uint32_t number; reader.next(number);) writer.add(number);
  STOWAWAY_TRY_VOID(reader.result());
  const std::uint64_t count = writer.finish();
  return add_packed(id, packed, count, width);
}

Result<std::uint64_t> IndexFile::finish(std::uint32_t version_bits, const KbId& id,
                                        Durability durability) {
  header_.magic = kMagic;
  header_.format = kFormat;
  header_.byte_order = kByteOrderMark;
  header_.file_bytes = size_;
  header_.version_bits = version_bits;
  header_.id = id;
  header_.checksum = XXH3_64bits(&header_, offsetof(Header, checksum));
  STOWAWAY_TRY_VOID(file_.overwrite_start(std::as_bytes(std::span(&header_, 1))));
  STOWAWAY_TRY_VOID(file_.commit(durability));
  return size_;
}

}  // namespace stowaway::kb::index
