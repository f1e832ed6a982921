// What the subcommands of `testcase` share: options, and the sandbox with its tools.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/find_testcases.h"
#include "testcase/runner.h"

namespace stowaway::cli {

struct TestcaseOptions {
  std::string directory, records, cc, bwrap = "bwrap", format = "table", output;
  WantedCases wanted;

  void add_to(CLI::App& command);          // --testcases, --advisory, --format, -o
  void add_running_to(CLI::App& command);  // --records, --cc, --bwrap
};

// A sandbox that was tried, tools, and a runner over both.
class TestBench {
 public:
  // Fails with unavailable where there is no sandbox.
  static Result<std::unique_ptr<TestBench>> open(const TestcaseOptions& options,
                                                 unsigned compile_jobs);
  const testcase::Runner& runner() const { return *runner_; }
  const testcase::Toolchain& tools() const { return tools_; }

 private:
  TestBench(testcase::Sandbox sandbox, testcase::Toolchain tools)
      : sandbox_(std::move(sandbox)), tools_(std::move(tools)) {}
  testcase::Sandbox sandbox_;
  testcase::Toolchain tools_;
  std::unique_ptr<testcase::Runner> runner_;
};

unsigned jobs_of(const Common& common);

int list_testcases(const TestcaseOptions& options);
void add_testcase_run(CLI::App& command, Common& common, Run& run);
void add_testcase_verify(CLI::App& command, Common& common, Run& run);
void add_testcase_sweep(CLI::App& command, Common& common, Run& run);

}  // namespace stowaway::cli
