// An index file while it is written: sections are put one behind the other, then the header. The
// file appears whole or not at all.
#pragma once

#include <cstdint>
#include <string>

#include "base/atomic_file.h"
#include "base/result.h"
#include "kb/index/layout.h"
#include "kb/index/marks.h"
#include "kb/index/spool.h"
#include "kb/pack/digest.h"

namespace stowaway::kb::index {

class IndexFile {
 public:
  // Fails with io.
  static Result<IndexFile> create(const std::string& file);

  // Copies a spool; each section once, in any order. Fail with io.
  Result<void> add_records(SectionId id, Spool& spool);
  Result<void> add_packed(SectionId id, Spool& spool, std::uint64_t count, unsigned width);
  Result<void> add_marks(SectionId id, Spool& spool, const MarksWriter& marks);
  // Packs u32 numbers that lie plainly in `numbers`, as wide as `largest` needs.
  Result<void> add_numbers(SectionId id, Spool& numbers, std::uint32_t largest,
                           const std::string& directory);

  // Writes the header and puts the file in place. Returns its size in bytes. Fails with io.
  Result<std::uint64_t> finish(std::uint32_t version_bits, const KbId& id,
                               Durability durability = Durability::synced);

 private:
  explicit IndexFile(AtomicWriter file) : file_(std::move(file)) {}
  Result<void> copy(Spool& spool, SectionEntry& entry);

  AtomicWriter file_;
  std::uint64_t size_ = 0;
  Header header_{};
};

}  // namespace stowaway::kb::index
