// Bytes as a source file or a manifest that states versions. The first byte chooses which.
#include <array>
#include <cstddef>
#include <cstdint>

#include "match/declare.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  static constexpr std::array<const char*, 7> kManifests = {
      "package.json", "qt_attribution.json", "configure.ac", "CMakeLists.txt",
      "meson.build",  "README.chromium",     "METADATA"};
  const auto bytes = std::as_bytes(std::span<const std::uint8_t>(data + 1, size - 1));
  const std::size_t kind = data[0] % (kManifests.size() + 1);
  const auto statements = kind == kManifests.size()
                              ? stowaway::match::statements_in_code(bytes)
                              : stowaway::match::statements_in_manifest(kManifests[kind], bytes);
  STOWAWAY_CHECK(statements.size() <= 24, "more statements than a file may make");
  for (const stowaway::match::Statement& statement : statements)
    STOWAWAY_CHECK(!statement.version.empty() && !statement.method.empty(), "an empty statement");
  return 0;
}
