// Bytes as a dump of the Debian security tracker.
#include <cstddef>
#include <cstdint>

#include "advisory/debian_tracker.h"
#include "advisory/osv.h"

using namespace stowaway;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto use = [](const advisory::Record& record) -> Result<void> {
    STOWAWAY_CHECK(record.affected.size() == 1 && record.aliases.size() == 1, "shape of a record");
    STOWAWAY_CHECK(advisory::read_record(advisory::write_record(record)),
                   "what was written is not read");
    return {};
  };
  const auto read = advisory::read_debian_tracker({reinterpret_cast<const char*>(data), size}, use);
  static_cast<void>(read);
  return 0;
}
