// The one door through which this program starts others: argument vectors, never a shell line; a
// clean environment; output with a limit; a time limit. Safe from any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"

namespace stowaway {

struct ProcessRequest {
  std::vector<std::string>
      arguments;          // the program first; a name without '/' is looked for in our PATH
  std::string directory;  // to start in; empty: ours
  std::vector<std::string>
      environment;                   // "NAME=value", added to PATH, HOME, TMPDIR and LC_ALL=C.UTF-8
  bool inherit_environment = false;  // give it all of ours instead of these four
  std::uint64_t max_output_bytes = std::uint64_t{64} << 20;  // of output and errors together
  // Of the child and all that it started, together; 0: any. Sampled every 20 ms, so more can be had
  // for a moment.
  std::uint64_t max_memory_bytes = 0;
  std::vector<int> descriptors;  // open ones of ours that it gets as 3, 4, … ; they stay ours
  std::chrono::milliseconds timeout{0};  // 0: none
  std::stop_token stop;
};

struct ProcessResult {
  int status = 0;      // exit status; 128 + N when signal N ended it
  std::string output;  // standard output
  std::string errors;  // standard error
};

// Starts the program in a process group of its own, with nothing to read, and waits for it.
// Whatever the end, nothing of the group is left running. A status other than 0 is not an error
// here. Fails with not_found (no such program), limit_exceeded (output or memory), unavailable
// (time is up), cancelled, or io.
Result<ProcessResult> run_process(const ProcessRequest& request);

// Resident memory of a process and all its descendants; 0 when it has ended or /proc does not tell.
std::uint64_t memory_of_tree(int process);

}  // namespace stowaway
