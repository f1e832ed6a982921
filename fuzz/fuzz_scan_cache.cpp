// Bytes as a rescan cache: as they are, and as the records of one that is sound. What is recalled
// of it must make sense.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "check_sink.h"
#include "match/cache.h"

namespace {

using namespace stowaway;
using namespace stowaway::match;

void walk(std::span<const std::byte> body) {
  for (std::size_t at = 0; at < body.size();) {
    const auto bytes = body.subspan(at);
    const auto record = record_at(bytes);
    if (!record) return;
    STOWAWAY_CHECK(record->record_bytes >= sizeof *record && record->record_bytes <= bytes.size(),
                   "a record beyond its bytes");
    const auto learned = decode_learned(*record, bytes);
    if (learned && learned->file) {
      STOWAWAY_CHECK(learned->file->path == path_of(*record, bytes), "another path");
      STOWAWAY_CHECK(learned->file->contents.first <= learned->file->contents.end,
                     "contents upside down");
    }
    if (learned) {
      std::vector<std::byte> again;
      append_record(path_of(*record, bytes), record->stamp,
                    learned->file ? &*learned->file : nullptr,
                    learned->manifest ? &*learned->manifest : nullptr, again);
      const auto reread = record_at(again);
      STOWAWAY_CHECK(reread && decode_learned(*reread, again), "what was decoded does not encode");
    }
    at += record->record_bytes;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span<const std::uint8_t>(data, size));
  if (const auto body = cache_body(bytes, "key")) walk(*body);
  walk(bytes);
  return 0;
}
