// Bytes as an archive of every kind. The first byte chooses the name, and so what may be inside.
#include <array>
#include <cstddef>
#include <cstdint>

#include "check_sink.h"
#include "source/archive/archive_source.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  static constexpr std::array<const char*, 4> kNames = {"x.tar.gz", "x.deb", "x.gem", "x.js.gz"};
  const char* const name = kNames[data[0] % kNames.size()];
  stowaway::source::Options options;
  options.jobs = 1;
  options.limits.max_file_bytes = 1 << 20;
  options.limits.max_unpacked_bytes = 16 << 20;  // keeps one input under a second
  options.limits.max_archive_members = 2000;
  stowaway::fuzz::CheckSink sink;
  const auto bytes = std::as_bytes(std::span<const std::uint8_t>(data + 1, size - 1));
  static_cast<void>(stowaway::source::deliver_archive_bytes(bytes, name, sink, options));
  return 0;
}
