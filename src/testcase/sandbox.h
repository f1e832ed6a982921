// Runs strangers' programs in boxes that bubblewrap makes, or not at all.
//
// A box has no network, sees the system's /usr read-only and nothing else of the machine but what
// it is given, a /tmp of its own, no capabilities, no way to gain any, and a filter of system calls
// (seccomp.h). Processor time, memory, processes, sizes of files, output and wall time are limited,
// and when it ends, for whatever reason, everything that was started in it ends. As root, each work
// directory gets a user id of its own, so that boxes cannot reach one another's processes.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"

namespace stowaway::testcase {

struct BoxLimits {
  unsigned cpu_seconds = 10;  // of each process
  std::chrono::milliseconds wall{60'000};
  std::uint64_t memory_bytes = std::uint64_t{1} << 30;  // of all processes, sampled every 20 ms
  std::uint64_t file_bytes = std::uint64_t{64} << 20;   // of each file that is written
  std::uint64_t tmp_bytes = std::uint64_t{64} << 20;    // of /tmp
  std::uint64_t output_bytes = std::uint64_t{4} << 20;
  unsigned processes = 64;
  unsigned open_files = 256;
};

struct Shown {
  std::string outside, inside;  // a directory of ours, where the box sees it
};

struct Box {
  std::vector<std::string> arguments;    // the program's absolute path first
  std::vector<std::string> environment;  // "NAME=value"
  std::vector<Shown> readable, writable;
  std::string directory = "/tmp";  // to start in, as the box sees it
  BoxLimits limits;
  std::stop_token stop;
};

enum class BoxEnd {
  exited,       // by itself or by a signal: `status`
  out_of_time,  // wall time
  over_limit,   // memory or output
};

struct BoxResult {
  BoxEnd end = BoxEnd::exited;
  int status = 0;  // as ProcessResult::status
  std::string output, errors;
  std::string detail;  // which limit, for people; empty after `exited`
  // The processor time was used up: the kernel's signal for that, or its SIGKILL a second later.
  bool out_of_cpu() const {
    return end == BoxEnd::exited && (status == 128 + 24 || status == 128 + 9);
  }
};

// A directory for one box's files, gone with its owner. Only our user and the box's can enter.
class WorkDirectory {
 public:
  WorkDirectory(WorkDirectory&& other) noexcept;
  WorkDirectory& operator=(WorkDirectory&&) = delete;
  ~WorkDirectory();
  const std::string& path() const { return path_; }
  unsigned user() const { return user_; }  // that the box runs as outside; ours if we are not root
  // A directory below, made as ours, or as the box's user where `writable`.
  Result<std::string> make(const std::string& name, bool writable) const;

 private:
  friend class Sandbox;
  WorkDirectory(std::string path, unsigned user) : path_(std::move(path)), user_(user) {}
  std::string path_;
  unsigned user_;
};

// Safe from any thread.
class Sandbox {
 public:
  // Sets up a first box, and looks from inside whether it is one: other namespaces, no capability,
  // no new privileges, a filter, limits, nothing of ours to be seen. Fails with unavailable, saying
  // what is missing, if `bwrap` cannot do that here; the caller must then run nothing.
  static Result<Sandbox> open(const std::string& bwrap = "bwrap");

  Result<WorkDirectory> make_directory() const;

  // Fails with unavailable (the box could not be set up: nothing was run), cancelled or io. How the
  // program ends is never an error.
  Result<BoxResult> run(const WorkDirectory& work, const Box& box) const;

 private:
  explicit Sandbox(std::string bwrap) : bwrap_(std::move(bwrap)) {}
  Result<void> look_from_inside() const;
  std::string bwrap_;
};

}  // namespace stowaway::testcase
