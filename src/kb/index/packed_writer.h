// Writes packed numbers (packed.h) into a spool.
#pragma once

#include <cstdint>

#include "kb/index/packed.h"
#include "kb/index/spool.h"

namespace stowaway::kb::index {

class PackedWriter {
 public:
  PackedWriter(Spool& out, unsigned width) : out_(&out), width_(width) {}

  // `number` has at most `width` bits.
  void add(std::uint64_t number) {
    ++count_;
    word_ |= static_cast<unsigned __int128>(number) << filled_;
    filled_ += width_;
    if (filled_ >= 64) {
      out_->put(static_cast<std::uint64_t>(word_));
      word_ >>= 64;
      filled_ -= 64;
    }
  }

  // Ends the section. Returns how many numbers it holds.
  std::uint64_t finish() {
    const auto rest = static_cast<std::uint64_t>(word_);
    out_->append(std::as_bytes(std::span(&rest, 1)).first((filled_ + 7) / 8));
    for (std::uint64_t i = 0; i < kPackedPadding; ++i) out_->put(std::byte{0});
    word_ = 0;
    filled_ = 0;
    return count_;
  }

 private:
  Spool* out_;
  unsigned width_, filled_ = 0;
  std::uint64_t count_ = 0;
  unsigned __int128 word_ = 0;
};

}  // namespace stowaway::kb::index
