// usage: stowaway-synthetic-index PACKS COPIES OUT [--no-shingles] [--memory MIB]
// Builds an index of the packs in a directory and of COPIES - 1 changed copies of each
// (synthetic_packs.h), which are made while they are read and never written. Says as JSON what the
// index holds, how long building took and the process's peak memory.
#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "synthetic_packs.h"

namespace stowaway::bench {
namespace {

int build(const std::string& directory, const SyntheticOptions& options, const std::string& out,
          const kb::BuildOptions& build_options) {
  SyntheticPacks packs(directory, options);
  const auto start = std::chrono::steady_clock::now();
  const auto count = kb::build_index(packs, out, build_options);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  if (!count) {
    fmt::print(stderr, "{}\n", count.error().message);
    return 6;
  }
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  fmt::print(
      "{{\"copies\": {}, \"components\": {}, \"releases\": {}, \"contents\": {}, "
      "\"file_versions\": {}, \"shingles\": {}, \"bytes\": {}, \"seconds\": {:.2f}, "
      "\"memory_limit_mib\": {}, \"peak_mib\": {}}}\n",
      options.copies, count->components, count->releases, count->contents, count->file_versions,
      count->shingles, count->bytes, took.count(), build_options.memory_bytes >> 20,
      usage.ru_maxrss / 1024);
  return 0;
}

}  // namespace
}  // namespace stowaway::bench

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fputs("usage: stowaway-synthetic-index PACKS COPIES OUT [--no-shingles] [--memory MIB]\n",
               stderr);
    return 2;
  }
  stowaway::bench::SyntheticOptions options;
  stowaway::kb::BuildOptions build_options;
  options.copies = static_cast<unsigned>(std::max(1, std::atoi(argv[2])));
  for (int i = 4; i < argc; ++i) {
    if (std::strcmp(argv[i], "--no-shingles") == 0) options.shingles = false;
    if (std::strcmp(argv[i], "--memory") == 0 && i + 1 < argc)
      build_options.memory_bytes = std::strtoull(argv[++i], nullptr, 10) << 20;
  }
  return stowaway::bench::build(argv[1], options, argv[3], build_options);
}
