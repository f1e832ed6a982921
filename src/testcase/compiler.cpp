#include "testcase/compiler.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"

namespace stowaway::testcase {
namespace {

constexpr std::size_t kErrorLines = 8;

// Generous: an amalgamation of 9 MiB with both sanitizers takes a minute and 2 GiB.
BoxLimits compile_limits() {
  BoxLimits limits;
  limits.cpu_seconds = 300;
  limits.wall = std::chrono::minutes(10);
  limits.memory_bytes = std::uint64_t{4} << 30;
  limits.file_bytes = std::uint64_t{512} << 20;
  limits.tmp_bytes = std::uint64_t{1} << 30;
  limits.output_bytes = std::uint64_t{64} << 20;
  limits.processes = 32;
  return limits;
}

// "a.c:3:10: fatal error: png.h: No such file or directory", or clang's "'png.h' file not found".
std::string missing_header(std::string_view line) {
  static constexpr std::string_view kFatal = "fatal error: ", kGcc = ": No such file or directory",
                                    kClang = "' file not found";
  const std::size_t at = line.find(kFatal);
  if (at == std::string_view::npos) return {};
  std::string_view rest = line.substr(at + kFatal.size());
  if (rest.ends_with(kGcc)) return std::string(rest.substr(0, rest.size() - kGcc.size()));
  if (rest.starts_with('\'') && rest.ends_with(kClang))
    return std::string(rest.substr(1, rest.size() - 1 - kClang.size()));
  return {};
}

// "a.c:(.text+0x1): undefined reference to `name'"
std::string missing_symbol(std::string_view line) {
  static constexpr std::string_view kWords = "undefined reference to `";
  const std::size_t at = line.find(kWords);
  if (at == std::string_view::npos || !line.ends_with('\'')) return {};
  const std::string_view rest = line.substr(at + kWords.size());
  return std::string(rest.substr(0, rest.size() - 1));
}

bool says_why(std::string_view line) {
  static constexpr std::array<std::string_view, 5> kWords{
      "error:", "undefined reference", "undefined symbol", "multiple definition", "cannot find"};
  return std::ranges::any_of(
      kWords, [&](std::string_view word) { return line.find(word) != std::string_view::npos; });
}

CompileResult read_result(const BoxResult& done) {
  CompileResult result;
  result.done = done.end == BoxEnd::exited && done.status == 0;
  if (result.done) return result;
  if (done.end != BoxEnd::exited) result.errors.push_back(done.detail);
  std::set<std::string> symbols;
  for (const std::string_view line : split(done.errors, '\n')) {
    if (!says_why(line)) continue;
    if (result.missing_header.empty()) result.missing_header = missing_header(line);
    if (std::string symbol = missing_symbol(line); !symbol.empty())
      symbols.insert(std::move(symbol));
    if (result.errors.size() < kErrorLines) result.errors.emplace_back(line);
  }
  result.missing_symbols.assign(symbols.begin(), symbols.end());
  if (result.errors.empty())
    result.errors.push_back("status " + std::to_string(done.status) + ": " +
                            std::string(trimmed(done.errors.substr(0, 300))));
  return result;
}

}  // namespace

const std::vector<std::string>& sanitizer_flags() {
  static const std::vector<std::string> kFlags{
      "-g", "-O1", "-fno-omit-frame-pointer", "-fsanitize=address,undefined",
      "-fno-sanitize=alignment,shift,pointer-overflow,nonnull-attribute,returns-nonnull-attribute,"
      "object-size,vptr"};
  return kFlags;
}

Result<BoxResult> Compiler::run(std::vector<std::string> arguments) const {
  Box box;
  box.arguments = std::move(arguments);
  box.readable = {{work_.path() + "/in", "/in"}};
  box.writable = {{work_.path() + "/out", "/out"}};
  box.limits = compile_limits();
  box.stop = stop_;
  return sandbox_.run(work_, box);
}

Result<CompileResult> Compiler::compile(const CompileTask& task) const {
  const std::string& program = task.cpp ? tools_.cpp : tools_.c;
  if (program.empty())
    return fail(ErrorCode::unavailable, "no {} compiler was found", task.cpp ? "C++" : "C");
  std::vector<std::string> arguments{program, "-x", task.cpp ? "c++" : "c"};
  const auto append = [&](const std::vector<std::string>& more) {
    arguments.insert(arguments.end(), more.begin(), more.end());
  };
  append(sanitizer_flags());
  if (task.strict && !task.cpp)
    append({"-Werror=implicit-function-declaration", "-Werror=int-conversion",
            "-Werror=incompatible-pointer-types"});
  else
    append({"-w"});
  append(task.flags);
  for (const std::string& include : task.includes) append({"-I", include});
  append({"-c", task.source, "-o", task.object});
  STOWAWAY_TRY(const BoxResult done, run(std::move(arguments)));
  return read_result(done);
}

Result<CompileResult> Compiler::link(const std::vector<std::string>& objects,
                                     const std::string& program,
                                     const std::vector<std::string>& libraries, bool cpp,
                                     const std::vector<std::string>& absent) const {
  std::vector<std::string> arguments{cpp ? tools_.cpp : tools_.c, "-fsanitize=address,undefined",
                                     "-Wl,--no-demangle", "-o", program};
  arguments.insert(arguments.end(), objects.begin(), objects.end());
  for (const std::string& library : libraries) arguments.push_back("-l" + library);
  if (!absent.empty()) arguments.emplace_back("-no-pie");  // fixed addresses must be near the code
  std::uint64_t address = kFirstAbsent;
  for (const std::string& symbol : absent) {
    arguments.push_back(fmt::format("-Wl,--defsym={}={:#x}", symbol, address));
    address += kAbsentStep;
  }
  STOWAWAY_TRY(const BoxResult done, run(std::move(arguments)));
  return read_result(done);
}

Result<std::vector<std::string>> Compiler::symbols(const std::vector<std::string>& objects) const {
  std::vector<std::string> names;
  if (objects.empty()) return names;
  if (tools_.nm.empty()) return fail(ErrorCode::unavailable, "no nm was found (Debian: binutils)");
  std::vector<std::string> arguments{tools_.nm, "--defined-only", "--extern-only", "--demangle"};
  arguments.insert(arguments.end(), objects.begin(), objects.end());
  STOWAWAY_TRY(const BoxResult done, run(std::move(arguments)));
  if (done.end != BoxEnd::exited || done.status != 0)
    return fail(ErrorCode::io, "nm cannot read the objects: {}", done.errors.substr(0, 300));
  for (const std::string_view line : split(done.output, '\n')) {  // "0000000000000000 T inflate"
    const std::size_t first = line.find(' ');
    if (first == std::string_view::npos || line.size() < first + 4 || line[first + 2] != ' ')
      continue;
    if (std::string_view("TWiDBVRC").find(line[first + 1]) != std::string_view::npos)
      names.emplace_back(line.substr(first + 3));
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace stowaway::testcase
