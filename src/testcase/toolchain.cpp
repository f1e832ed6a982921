#include "testcase/toolchain.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "base/process.h"
#include "base/text.h"

namespace stowaway::testcase {
namespace {

namespace fs = std::filesystem;

// Resolved, so that links through /etc, which boxes do not see, do no harm. Compiler caches pose as
// compilers and cannot work in a box; they are passed over.
std::string find_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::vector<std::string> places;
  if (name.find('/') != std::string::npos)
    places.push_back(name);
  else
    for (const std::string_view folder : split(path == nullptr ? "/usr/bin:/bin" : path, ':'))
      places.push_back(std::string(folder) + "/" + name);
  for (const std::string& place : places) {
    std::error_code failed;
    const fs::path real = fs::canonical(place, failed);
    if (failed || ::access(real.c_str(), X_OK) != 0 || !fs::is_regular_file(real, failed)) continue;
    const std::string program = real.filename();
    if (program == "ccache" || program == "distcc" || program == "sccache") continue;
    if (real.string().starts_with("/usr/")) return real;
  }
  return {};
}

// First line that it prints; empty when it fails.
std::string ask(const std::string& program, const std::string& question) {
  ProcessRequest request;
  request.arguments = {program, question};
  request.timeout = std::chrono::seconds(20);
  const auto done = run_process(request);
  if (!done || done->status != 0) return {};
  return std::string(trimmed(split(done->output, '\n').front()));
}

std::string compiler_id(const std::string& program) {
  const bool clang = ask(program, "--version").find("clang") != std::string::npos;
  const std::string version = ask(program, clang ? "-dumpversion" : "-dumpfullversion");
  if (version.empty()) return {};
  return (clang ? "clang " : "gcc ") + version + " " + ask(program, "-dumpmachine");
}

// clang++ beside clang, g++-12 beside gcc-12.
std::string sister_of(const std::string& cc) {
  std::string name = fs::path(cc).filename();
  if (const std::size_t at = name.find("clang"); at != std::string::npos)
    name.replace(at, 5, "clang++");
  else if (const std::size_t gcc = name.find("gcc"); gcc != std::string::npos)
    name.replace(gcc, 3, "g++");
  else
    name = "c++";
  return find_program(name);
}

}  // namespace

Result<Toolchain> find_toolchain(const std::string& cc) {
  Toolchain tools;
  tools.c = find_program(cc.empty() ? "cc" : cc);
  if (tools.c.empty() && !cc.empty())
    return fail(ErrorCode::not_found, "no compiler {} below /usr, where a box could see it", cc);
  for (const char* other : {"gcc", "clang"})
    if (tools.c.empty()) tools.c = find_program(other);
  if (!tools.c.empty()) tools.compiler_id = compiler_id(tools.c);
  if (!tools.c.empty()) tools.cpp = sister_of(tools.c);
  tools.nm = find_program("nm");
  tools.node = find_program("node");
  if (!tools.node.empty()) {
    const std::string version = ask(tools.node, "--version");  // v20.20.2
    if (version.starts_with("v"))
      tools.node_id =
          "node " + std::string(split(std::string_view(version).substr(1), '.').front());
  }
  return tools;
}

}  // namespace stowaway::testcase
