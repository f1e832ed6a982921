#include "kb/index/shingles.h"

#include <bit>
#include <optional>

#include "kb/index/key_set.h"
#include "kb/index/packed_writer.h"

namespace stowaway::kb::index {
namespace {

constexpr unsigned kShinglesPerBlock = 48;
constexpr unsigned kShingleKeyBits = 48;

}  // namespace

std::uint32_t version_bits_of(const Tables& tables) {
  return static_cast<std::uint32_t>(std::bit_width(tables.count.last_version));
}

Result<std::uint64_t> write_shingles(Tables& tables, IndexFile& out, const std::string& directory) {
  STOWAWAY_TRY(auto keys, Spool::create(directory));
  STOWAWAY_TRY(auto mark_bytes, Spool::create(directory));
  STOWAWAY_TRY(auto occurrence_bytes, Spool::create(directory));
  MarksWriter marks(mark_bytes);
  const unsigned version_bits = version_bits_of(tables);
  const unsigned width =
      2 * version_bits + static_cast<unsigned>(std::bit_width(tables.count.paths));
  PackedWriter occurrences(occurrence_bytes, width);
  std::optional<std::uint64_t> last;
  STOWAWAY_TRY_VOID(tables.shingles.drain([&](const ShingleRecord& record) -> Result<void> {
    if (last != record.key) keys.put(record.key);
    marks.add(last != record.key);
    last = record.key;
    occurrences.add(std::uint64_t{record.path} << (2 * version_bits) |
                    std::uint64_t{record.first} << version_bits | record.last);
    return {};
  }));
  marks.finish();
  const std::uint64_t count = occurrences.finish();
  STOWAWAY_TRY_VOID(keys.flush());
  STOWAWAY_TRY(auto set, write_key_set(keys, kShingleKeyBits, kShinglesPerBlock, directory));
  STOWAWAY_TRY_VOID(out.add_records(kShingleBlocks, set.blocks));
  STOWAWAY_TRY_VOID(out.add_packed(kShingleTails, set.tails, set.keys, set.tail_bits));
  STOWAWAY_TRY_VOID(out.add_records(kShingleCrowd, set.crowd));
  STOWAWAY_TRY_VOID(out.add_marks(kShingleMarks, mark_bytes, marks));
  STOWAWAY_TRY_VOID(out.add_packed(kOccurrences, occurrence_bytes, count, width));
  return count;
}

}  // namespace stowaway::kb::index
