// What the ledger answers, for people and for programs. As writer.h: pure, deterministic,
// everything foreign escaped. JSON follows schema/ledger-1.schema.json.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "ledger/changes.h"
#include "ledger/claims.h"
#include "ledger/ledger.h"
#include "ledger/tracker.h"
#include "ledger/who_embeds.h"
#include "report/writer.h"

namespace stowaway::report {

// The answer to a question, as the user put it ("libmemcached < 0.41").
std::string write_embedders(const std::string& question,
                            std::span<const ledger::Embedder> embedders, bool as_json,
                            const Options& options);

std::string write_spread(std::span<const ledger::Spread> spread, bool as_json,
                         const Options& options);
std::string write_popular(std::span<const ledger::Popular> popular, bool as_json,
                          const Options& options);

// Subjects, or the versions of one.
std::string write_snapshots(std::span<const ledger::Snapshot> snapshots, bool as_json,
                            const Options& options);
std::string write_failures(std::span<const ledger::Failure> failures, bool as_json,
                           const Options& options);

// One step from a version to the next.
struct Step {
  ledger::Snapshot before, after;
  std::vector<ledger::Change> changes;
};
std::string write_steps(std::span<const Step> steps, bool as_json, const Options& options);

std::string write_comparisons(std::span<const ledger::Comparison> comparisons, bool as_json,
                              const Options& options);

// One line about what was done: "debian:cmake 3.25.1-1: 14 copies (added; 1.2 s to fetch, 0.8 s to
// scan)". Without a line end.
std::string tracked_line(const ledger::Tracked& tracked);
std::string_view name_of(ledger::Outcome outcome);

}  // namespace stowaway::report
