// usage: stowaway-synthetic-index PACKS COPIES OUT [--no-shingles] [--memory MIB]
// Builds an index of the packs in a directory and of COPIES - 1 changed copies of each
// (synthetic_packs.h), which are made while they are read and never written. Says as JSON what the
// index holds, how long building took and the process's peak memory.
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <thread>

#include "synthetic_packs.h"

namespace stowaway::bench {
namespace {

constexpr std::chrono::milliseconds kLookEvery{20};

std::uint64_t anonymous_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (std::uint64_t kib = 0; word == "RssAnon:" && status >> kib) return kib;
  return 0;
}

// Looks every so often while it lives.
class PeakWatch {
 public:
  PeakWatch()
      : looking_([this](const std::stop_token& stop) {
          while (!stop.stop_requested()) {
            kib_ = std::max(kib_, anonymous_kib());
            std::this_thread::sleep_for(kLookEvery);
          }
        }) {}
  std::uint64_t stop() {
    looking_.request_stop();
    looking_.join();
    return kib_;
  }

 private:
  std::uint64_t kib_ = 0;  // the thread's own until it has ended
  std::jthread looking_;
};

int build(const std::string& directory, const SyntheticOptions& options, const std::string& out,
          const kb::BuildOptions& build_options) {
  SyntheticPacks packs(directory, options);
  PeakWatch watch;
  const auto start = std::chrono::steady_clock::now();
  const auto count = kb::build_index(packs, out, build_options);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  const std::uint64_t anonymous = watch.stop();
  if (!count) {
    fmt::print(stderr, "{}\n", count.error().message);
    return 6;
  }
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  fmt::print(
      "{{\"copies\": {}, \"components\": {}, \"releases\": {}, \"contents\": {}, "
      "\"file_versions\": {}, \"shingles\": {}, \"bytes\": {}, \"seconds\": {:.2f}, "
      "\"memory_limit_mib\": {}, \"peak_mib\": {}, "
      "\"peak_without_files_mib\": {}}}\n",
      options.copies, count->components, count->releases, count->contents, count->file_versions,
      count->shingles, count->bytes, took.count(), build_options.memory_bytes >> 20,
      usage.ru_maxrss / 1024, anonymous / 1024);
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
