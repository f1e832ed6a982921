// Where long work reports how far it is. Implementations live in `cli`; rooms below only call.
#pragma once

#include <cstdint>
#include <string_view>

namespace stowaway {

class ProgressSink {
 public:
  virtual ~ProgressSink() = default;
  // `total` 0 means unknown. Safe from any thread; cheap enough to call for every file.
  virtual void advance(std::string_view stage, std::uint64_t done, std::uint64_t total) = 0;
};

}  // namespace stowaway
