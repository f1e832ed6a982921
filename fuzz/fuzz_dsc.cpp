// Bytes as a .dsc and as a Sources index. What is accepted must keep the promises of source/dsc.h.
#include <cstddef>
#include <cstdint>

#include "source/dsc.h"

namespace {

void check(const stowaway::source::Dsc& dsc) {
  STOWAWAY_CHECK(!dsc.source.empty() && !dsc.version.empty() && !dsc.files.empty(),
                 "an empty field");
  for (const stowaway::source::DscFile& file : dsc.files) {
    STOWAWAY_CHECK(!file.name.empty() && file.name.find('/') == std::string::npos, "file name");
    STOWAWAY_CHECK(file.name != "." && file.name != "..", "file name");
    STOWAWAY_CHECK(file.sha256_hex.empty() || file.sha256_hex.size() == 64, "SHA-256");
    STOWAWAY_CHECK(file.md5_hex.empty() || file.md5_hex.size() == 32, "MD5");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto dsc = stowaway::source::parse_dsc(text)) check(*dsc);
  if (const auto index = stowaway::source::parse_sources_index(text))
    for (const stowaway::source::Dsc& dsc : *index) check(dsc);
  return 0;
}
