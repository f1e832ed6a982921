// Compiles and links in boxes. What is compiled is shown under /in, read-only; only /out is
// written.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "testcase/sandbox.h"
#include "testcase/toolchain.h"

namespace stowaway::testcase {

// With what everything is compiled: both sanitizers, less the checks that old code fails though
// nothing bad comes of it. Part of a control's key.
const std::vector<std::string>& sanitizer_flags();

struct CompileTask {
  std::string source, object;  // paths as the box sees them
  bool cpp = false;
  bool strict = false;  // a case's own program: what was not declared is an error
  std::vector<std::string> flags, includes;
};

struct CompileResult {
  bool done = false;
  std::string missing_header;                // the one that was not found, if that was it
  std::vector<std::string> missing_symbols;  // that the linker did not find, as it writes them
  std::vector<std::string> errors;           // the first lines that say why
};

// Where absent symbols lie: pages that no process has, above what null pointers reach.
inline constexpr std::uint64_t kFirstAbsent = 0x8000, kEndAbsent = 0x10000, kAbsentStep = 16;

// Safe from any thread.
class Compiler {
 public:
  Compiler(const Sandbox& sandbox, const Toolchain& tools, const WorkDirectory& work,
           std::stop_token stop)
      : sandbox_(sandbox), tools_(tools), work_(work), stop_(std::move(stop)) {}

  Result<CompileResult> compile(const CompileTask& task) const;
  // `absent`: symbols that may be missing, as missing_symbols of a link before; whoever touches one
  // faults at an address from kFirstAbsent on.
  Result<CompileResult> link(const std::vector<std::string>& objects, const std::string& program,
                             const std::vector<std::string>& libraries, bool cpp,
                             const std::vector<std::string>& absent = {}) const;
  // Demangled names that the objects define for others to use, sorted.
  Result<std::vector<std::string>> symbols(const std::vector<std::string>& objects) const;

 private:
  Result<BoxResult> run(std::vector<std::string> arguments) const;

  const Sandbox& sandbox_;
  const Toolchain& tools_;
  const WorkDirectory& work_;
  std::stop_token stop_;
};

}  // namespace stowaway::testcase
