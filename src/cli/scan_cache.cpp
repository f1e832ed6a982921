#include "cli/scan_cache.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>

#include "fingerprint/identity.h"

namespace stowaway::cli {
namespace {

namespace fs = std::filesystem;

fs::path cache_directory() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  const char* home = std::getenv("HOME");
  fs::path base;
  if (cache != nullptr && fs::path(cache).is_absolute())
    base = cache;
  else if (home != nullptr && *home != '\0')
    base = fs::path(home) / ".cache";
  else
    return {};
  return base / "stowaway" / "scans";
}

// The directory, for its owner alone, with those above it.
bool make_directory(const fs::path& directory) {
  std::error_code failed;
  fs::create_directories(directory.parent_path(), failed);
  ::mkdir(directory.c_str(), 0700);
  return fs::is_directory(directory, failed);
}

// Another build of the program may see another thing in the same file.
std::string program() {
  struct stat status {};
  if (::stat("/proc/self/exe", &status) != 0) return STOWAWAY_VERSION;
  return fmt::format("{} {} {} {} {}.{}", STOWAWAY_VERSION, status.st_dev, status.st_ino,
                     status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
}

}  // namespace

match::CacheOptions cache_for(const std::string& subject, const kb::Kb& kb,
                              const match::ScanOptions& options) {
  match::CacheOptions cache;
  std::error_code failed;
  const fs::path root = fs::canonical(subject, failed);
  if (failed || !fs::is_directory(root, failed)) return cache;
  const fs::path directory = cache_directory();
  if (directory.empty() || !make_directory(directory)) return cache;
  const auto digest = fingerprint::sha256_of(fingerprint::as_bytes(root.native()));
  constexpr std::size_t kNameBytes = 16;
  const std::string name = fingerprint::to_hex(std::span(digest.bytes).first(kNameBytes));
  cache.file = directory / (name + ".scan");
  cache.key = fmt::format("{}\n{}\n{}", program(), kb.id(), options.resemblances);
  cache.now_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(
                     std::chrono::system_clock::now().time_since_epoch())
                     .count();
  return cache;
}

}  // namespace stowaway::cli
