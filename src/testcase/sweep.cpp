#include "testcase/sweep.h"

#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <atomic>
#include <mutex>

namespace stowaway::testcase {
namespace {

std::vector<VerdictSpan> spans_of(const std::vector<CaseOutcome>& outcomes) {
  std::vector<VerdictSpan> spans;
  for (const CaseOutcome& outcome : outcomes) {
    const std::string& version = outcome.versions.front();
    if (spans.empty() || spans.back().verdict != outcome.verdict)
      spans.push_back({outcome.verdict, version, version, 0});
    spans.back().last = version;
    ++spans.back().releases;
  }
  return spans;
}

}  // namespace

std::size_t Sweep::count(Verdict verdict) const {
  return static_cast<std::size_t>(std::ranges::count(outcomes, verdict, &CaseOutcome::verdict));
}

Result<Sweep> sweep(const Runner& runner, const Case& test, const std::vector<Release>& releases,
                    unsigned jobs, ProgressSink* progress) {
  Sweep result;
  result.outcomes.resize(releases.size());
  std::mutex guard;
  Result<void> trouble;
  std::atomic<std::uint64_t> done{0};
  tbb::task_arena arena(static_cast<int>(jobs));
  arena.execute([&] {
    tbb::parallel_for(
        std::size_t{0}, releases.size(),
        [&](std::size_t i) {
          const Case* const one[] = {&test};
          auto outcomes = runner.run(releases[i].copy, one);
          if (progress != nullptr) progress->advance(test.name, ++done, releases.size());
          const std::lock_guard lock(guard);
          if (outcomes)
            result.outcomes[i] = std::move(outcomes->front());
          else
            trouble = tl::unexpected<Error>(outcomes.error());
        },
        tbb::simple_partitioner());
  });
  STOWAWAY_TRY_VOID(std::move(trouble));
  result.spans = spans_of(result.outcomes);
  for (const CaseOutcome& outcome : result.outcomes) {
    const bool claimed = holds(test.affected, outcome.versions.front());
    if (outcome.verdict == Verdict::vulnerable && !claimed)
      result.vulnerable_unclaimed.push_back(outcome.versions.front());
    if (outcome.verdict == Verdict::not_vulnerable && claimed)
      result.clean_though_claimed.push_back(outcome.versions.front());
  }
  return result;
}

std::string describe(const std::vector<VerdictSpan>& spans, Verdict verdict) {
  std::string text;
  for (const VerdictSpan& span : spans) {
    if (span.verdict != verdict) continue;
    text += (text.empty() ? "" : ", ") + span.first;
    if (span.releases > 1) text += " … " + span.last;
  }
  return text.empty() ? "none" : text;
}

}  // namespace stowaway::testcase
