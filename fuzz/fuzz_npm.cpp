// Bytes as what npm prints of a package. What is accepted must be fit for a command line.
#include <cstddef>
#include <cstdint>

#include "kb/miner/npm/npm_registry.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto check = [](const std::string& version) {
    STOWAWAY_CHECK(!version.empty() && version.front() >= '0' && version.front() <= '9',
                   "a version that could be an option");
    STOWAWAY_CHECK(version.find('/') == std::string::npos, "a version that leads elsewhere");
  };
  if (const auto versions = stowaway::kb::parse_npm_versions(text)) {
    for (const std::string& version : versions->versions) check(version);
    for (const auto& [version, date] : versions->dates)
      STOWAWAY_CHECK(date.size() == 10, "a date that is none");
  }
  if (const auto releases = stowaway::kb::parse_npm_releases(text))
    for (const auto& release : *releases) check(release.version);
  return 0;
}
