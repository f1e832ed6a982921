// Runs test cases against a copy: stages it, picks the variant that fits, builds, runs, judges.
#pragma once

#include <map>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "testcase/case.h"
#include "testcase/judge.h"
#include "testcase/sandbox.h"
#include "testcase/staged_tree.h"
#include "testcase/toolchain.h"

namespace stowaway::testcase {

struct CopyUnderTest {
  CopyPlace place;
  std::string component;
  std::vector<std::string> versions;            // as match::Copy has them; empty: unknown
  std::map<std::string, CopyPlace> neighbours;  // by component: other copies of the subject, which
                                                // a case may need
};

// What one case said of one copy.
struct CaseOutcome {
  std::string test, advisory, component;
  std::string path;                   // the copy's root in its subject
  std::vector<std::string> versions;  // the copy's
  Verdict verdict = Verdict::error;
  std::string variant;              // that was run; empty if none was built
  std::string evidence;             // one line, escaped
  std::vector<std::string> errors;  // the compiler's first lines, where nothing could be built
  std::string missing_variant;      // then: a variant to fill in, as text
  std::string ran_with;             // Toolchain::id_for
};

// With verdict error and no evidence yet.
CaseOutcome outcome_of(const Case& test, const CopyUnderTest& copy, const std::string& ran_with);

struct RunnerOptions {
  unsigned jobs = 1;  // compilers at a time
  std::stop_token stop;
};

// Safe from any thread.
class Runner {
 public:
  // Both are borrowed.
  Runner(const Sandbox& sandbox, const Toolchain& tools, RunnerOptions options)
      : sandbox_(sandbox), tools_(tools), options_(std::move(options)) {}

  // One outcome for each case, in their order. Whatever a case or a copy does, or that a copy
  // cannot be read, is in its outcome; fails only if no box can be set up, with io for files of our
  // own, or with cancelled.
  Result<std::vector<CaseOutcome>> run(const CopyUnderTest& copy,
                                       std::span<const Case* const> cases) const;

  const Toolchain& tools() const { return tools_; }

 private:
  const Sandbox& sandbox_;
  const Toolchain& tools_;
  RunnerOptions options_;
};

// Those variants that name one of the versions come first, then the others; each group in the
// manifest's order. All where no version is known.
std::vector<const Variant*> in_order_of_fit(const Case& test,
                                            std::span<const std::string> versions);

}  // namespace stowaway::testcase
