// What the tests of this room share: a bench with a sandbox, or a loud skip; small cases and
// libraries made on the spot. For tests only.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <memory>
#include <string>

#include "source/testing/support.h"
#include "testcase/manifest.h"
#include "testcase/runner.h"

namespace stowaway::testcase::testing {

using source::testing::TempDirectory;
using Files = std::map<std::string, std::string>;

// The sandbox and the tools of this machine. STOWAWAY_REQUIRE_SANDBOX=1 turns a skip into a
// failure.
struct Bench {
  Sandbox sandbox;
  Toolchain tools;

  static std::unique_ptr<Bench> open(std::string& why) {
    auto tools = find_toolchain();
    auto sandbox = Sandbox::open();
    if (!tools || !sandbox) {
      why = tools ? sandbox.error().message : tools.error().message;
      return nullptr;
    }
    if (tools->c.empty() || tools->cpp.empty() || tools->nm.empty()) {
      why = "no compiler was found";
      return nullptr;
    }
    return std::make_unique<Bench>(Bench{*std::move(sandbox), *std::move(tools)});
  }
};

inline bool sandbox_is_required() {
  const char* value = std::getenv("STOWAWAY_REQUIRE_SANDBOX");
  return value != nullptr && std::string(value) == "1";
}

#define STOWAWAY_BENCH_OR_SKIP(name)                                                     \
  std::string name##_why;                                                                \
  const auto name = ::stowaway::testcase::testing::Bench::open(name##_why);              \
  if (name == nullptr) {                                                                 \
    ASSERT_FALSE(::stowaway::testcase::testing::sandbox_is_required()) << name##_why;    \
    GTEST_SKIP() << "SKIPPED: what needs a sandbox was NOT tested here: " << name##_why; \
  }

inline void write_files(const TempDirectory& directory, const std::string& below,
                        const Files& files) {
  for (const auto& [name, text] : files) directory.write(below + "/" + name, text);
}

// A case about the library "demo": `lines` are more of the manifest, at its top level.
inline Case make_case(const std::string& lines, const Files& programs) {
  auto test = parse_manifest(
      "format: 1\nadvisory: DEMO-1\ncomponent: demo\ntitle: demo\n"
      "affected: [{introduced: '0', fixed: '2'}]\ncontrol: {vulnerable: '1', fixed: '2'}\n" +
      lines);
  if (!test) {
    ADD_FAILURE() << test.error().message;
    return {};
  }
  test->name = "demo-case";
  test->files = programs;
  return *std::move(test);
}

// Runs one case against the tree in `directory` as a copy of `version`.
inline CaseOutcome run_case(const Bench& bench, const Case& test, const std::string& directory,
                            const std::string& version = "1", const std::string& root = "") {
  const Runner runner(bench.sandbox, bench.tools, {2, {}});
  const Case* const one[] = {&test};
  auto outcomes = runner.run({{directory, root}, "demo", {version}, {}}, one);
  if (!outcomes) {
    ADD_FAILURE() << outcomes.error().message;
    return {};
  }
  return outcomes->front();
}

}  // namespace stowaway::testcase::testing
