// A case over every release that can be had: the range that is observed, beside the claimed one.
#pragma once

#include <string>
#include <vector>

#include "base/progress.h"
#include "testcase/releases.h"

namespace stowaway::testcase {

// Releases that follow one another and say the same.
struct VerdictSpan {
  Verdict verdict = Verdict::error;
  std::string first, last;  // versions
  std::size_t releases = 0;
};

struct Sweep {
  std::vector<CaseOutcome> outcomes;  // one for each release, oldest first
  std::vector<VerdictSpan> spans;
  // Releases that decide, but not as the advisory claims; versions, oldest first.
  std::vector<std::string> vulnerable_unclaimed, clean_though_claimed;
  std::size_t count(Verdict verdict) const;
};

// `jobs` releases at a time. Fails as Runner::run does.
Result<Sweep> sweep(const Runner& runner, const Case& test, const std::vector<Release>& releases,
                    unsigned jobs, ProgressSink* progress);

// "1.2.3 … 1.2.5, 1.2.7 … 1.2.12": the spans of one verdict; "none" when there is none.
std::string describe(const std::vector<VerdictSpan>& spans, Verdict verdict);

}  // namespace stowaway::testcase
