// Bytes as a list of MD5 sums.
#include <cstddef>
#include <cstdint>

#include "check_sink.h"
#include "source/md5sums/md5_list_source.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  stowaway::source::Options options;
  options.limits.max_path_bytes = 64;  // so that short inputs reach the limit
  stowaway::fuzz::CheckSink sink;
  const auto summary = stowaway::source::deliver_md5_list(
      {reinterpret_cast<const char*>(data), size}, sink, options);
  STOWAWAY_CHECK(summary.has_value(), "a list never fails as a whole");
  return 0;
}
