// Bytes as an entry of the catalogue. What is accepted must keep the promises of
// kb/catalog/catalog.h, and its version rules are compiled: an expression of the catalogue may be
// wrong, never harmful.
#include <cstddef>
#include <cstdint>

#include "kb/catalog/catalog.h"
#include "kb/miner/version_rule.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto entry = stowaway::kb::parse_catalog_entry({reinterpret_cast<const char*>(data), size});
  if (!entry) {
    STOWAWAY_CHECK(entry.error().code == stowaway::ErrorCode::corrupt,
                   "another error than corrupt");
    return 0;
  }
  STOWAWAY_CHECK(!entry->component.empty() && !entry->purl.empty(), "an empty field");
  for (const stowaway::kb::CatalogSource& source : entry->sources) {
    STOWAWAY_CHECK(!source.repository.empty() && !source.version.empty(), "an empty source");
    const auto rule = stowaway::kb::VersionRule::parse(source.version, source.tag_regex);
    if (!rule) continue;
    for (const char* text : {"v1.2.3", "release_1_2", "aaaaaaaaaaaaaaaaaaaaaaaa"})
      if (const auto version = rule->version_of(text))
        STOWAWAY_CHECK(!version->empty(), "an empty version");
  }
  return 0;
}
