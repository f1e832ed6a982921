// Every limit on what a hostile subject can cost, with its name. A hit limit is reported in the
// result, never hidden.
#pragma once

#include <cstdint>

namespace stowaway {

struct Limits {
  std::uint64_t max_file_bytes = std::uint64_t{256} << 20;  // larger files are not read
  std::uint64_t max_files = 20'000'000;                     // files of one subject
  std::uint64_t max_path_bytes = 4096;                      // longer paths are not followed
  unsigned max_directory_depth = 256;
  unsigned max_archive_depth = 3;                              // archives inside archives
  std::uint64_t max_archive_members = 2'000'000;               // of one archive
  std::uint64_t max_unpacked_bytes = std::uint64_t{16} << 30;  // of one subject, over all archives
  std::uint64_t max_compression_ratio = 1000;  // unpacked / packed, once past 64 MiB unpacked
  std::uint64_t max_nested_archive_bytes = std::uint64_t{256}
                                           << 20;  // an archive member held in memory to open it
};

}  // namespace stowaway
