// What every miner is told, and what it tells.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/progress.h"

namespace stowaway::kb {

struct DebianOptions {
  // Besides those that apt is configured with, or instead of them: "sid" of the same mirror.
  std::vector<std::string> suites;
  std::vector<std::string> apt_sources;  // lines of a sources.list; then no other source counts
  std::vector<std::string> keyrings;     // for .dsc files; empty: those of debian-keyring
};

struct MineOptions {
  unsigned jobs = 0;                         // 0: as many as the machine has processors
  std::uint64_t max_file_bytes = 32U << 20;  // larger files are left out and counted
  std::stop_token stop;
  ProgressSink* progress = nullptr;  // may be null
  std::vector<std::string> mirrors;  // directories of clones, looked into first
  std::string cache_directory;       // for clones and downloads; made when needed
  bool offline = false;              // use what is there; ask no network
  bool prereleases = false;          // of npm packages, where no range is given
  DebianOptions debian;
};

struct MineCount {
  std::uint64_t releases = 0;  // that were read
  std::uint64_t contents = 0;  // distinct blobs or files read
  std::uint64_t bytes = 0;     // of these
  std::uint64_t unread = 0;    // missing from a partial clone, or too large
  std::vector<Error> errors;   // of single releases, which were left out

  void add(const MineCount& other) {
    releases += other.releases;
    contents += other.contents;
    bytes += other.bytes;
    unread += other.unread;
    errors.insert(errors.end(), other.errors.begin(), other.errors.end());
  }
};

}  // namespace stowaway::kb
