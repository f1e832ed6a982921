// Bytes as OSV records. What is accepted must come back the same from the form in which it is kept,
// and must be comparable with any version.
#include <cstddef>
#include <cstdint>

#include "advisory/osv.h"
#include "advisory/ranges.h"

using namespace stowaway;
using namespace stowaway::advisory;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto use = [](const Record& record) -> Result<void> {
    STOWAWAY_CHECK(!record.id.empty(), "a record without id");
    const std::string written = write_record(record);
    const auto again = read_record(written);
    STOWAWAY_CHECK(again, "what was written is not read");
    STOWAWAY_CHECK(write_record(*again) == written, "what was written reads otherwise");
    Component component;
    component.name = "zlib";
    component.purl = "pkg:github/madler/zlib";
    component.releases = {{"1.2.11", "cacf7f1d4e3d44d871b605da3b647f07d718623f"}};
    const auto keys = keys_of(component);
    for (const char* version : {"", "1.2.11", "1.2.12-rc1", "v2"})
      static_cast<void>(standing_of(version, record, component, keys));
    return {};
  };
  const auto read =
      read_records({reinterpret_cast<const char*>(data), size}, use, [](const Error&) {});
  static_cast<void>(read);
  return 0;
}
