#include "report/ledger.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "report/columns.h"
#include "report/common.h"
#include "report/ledger_json.h"
#include "report/style.h"
#include "report/text.h"

namespace stowaway::report {
namespace {

using Rows = std::vector<std::vector<std::string>>;

constexpr std::size_t kBarColumns = 40;

std::string noted_version(const std::vector<std::string>& versions, const std::string& note) {
  return version_text(versions) + (note.empty() ? "" : " (" + note + ")");
}

std::string place_text(const std::string& path) { return path.empty() ? "." : path; }

std::vector<std::string> row_of(const ledger::Embedder& embedder) {
  std::string what = noted_version(embedder.versions, embedder.version_note);
  if (embedder.evidence == ledger::Evidence::alternative) what = "a fork, perhaps";
  const bool is_declared = embedder.evidence == ledger::Evidence::declared;
  return {embedder.subject,
          embedder.version,
          place_text(embedder.path),
          embedder.component + " " + what,
          is_declared ? "declared" : embedder.verdict,
          is_declared ? "" : percent_text(1 - embedder.unchanged_ratio)};
}

std::string embedders_table(const std::string& question,
                            std::span<const ledger::Embedder> embedders, const Options& options) {
  Rows certain, possible;
  std::set<std::string> subjects, perhaps;
  for (const ledger::Embedder& embedder : embedders) {
    (embedder.is_certain ? certain : possible).push_back(row_of(embedder));
    (embedder.is_certain ? subjects : perhaps).insert(embedder.subject);
  }
  const std::vector<std::string> titles{"SUBJECT", "VERSION", "PATH",
                                        "COPY",    "VERDICT", "MODIFIED"};
  std::string text;
  if (!certain.empty()) text += in_columns(titles, certain, 2, options);
  if (!possible.empty()) {
    text += text.empty() ? "" : "\n";
    text += "Perhaps: the version is not known well enough\n";
    text += in_columns(titles, possible, 2, options);
  }
  for (const std::string& subject : subjects) perhaps.erase(subject);
  text += text.empty() ? "" : "\n";
  return text +
         fmt::format("{}: {}{}\n", to_line(question),
                     count_text(subjects.size(), "subject", "subjects"),
                     perhaps.empty() ? "" : fmt::format(", perhaps {} more", perhaps.size()));
}

std::string bar(std::uint64_t value, std::uint64_t most) {
  const auto eighths = static_cast<std::size_t>(
      std::max<std::uint64_t>(1, value * kBarColumns * 8 / std::max<std::uint64_t>(1, most)));
  static constexpr const char* kParts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  std::string text;
  for (std::size_t i = 0; i < eighths / 8; ++i) text += "█";
  return text + kParts[eighths % 8];
}

std::string spread_table(std::span<const ledger::Spread> spread, const Options& options) {
  if (spread.empty()) return "No tracked subject embeds it.\n";
  std::uint64_t most = 0, copies = 0;
  for (const ledger::Spread& one : spread) {
    most = std::max(most, one.subjects);
    copies += one.copies;
  }
  Rows rows;
  for (const ledger::Spread& one : spread)
    rows.push_back({one.component, version_text(one.versions), std::to_string(one.subjects),
                    std::to_string(one.copies), bar(one.subjects, most)});
  return in_columns({"COMPONENT", "VERSION", "SUBJECTS", "COPIES", ""}, rows, 1, options) +
         fmt::format("\n{} in the current versions of the subjects\n",
                     count_text(copies, "copy", "copies"));
}

std::string place_change(const ledger::Change& change) {
  if (change.kind == ledger::ChangeKind::gained) return place_text(change.after.path);
  if (change.kind == ledger::ChangeKind::lost) return place_text(change.before.path);
  return change.before.path == change.after.path
             ? place_text(change.after.path)
             : place_text(change.before.path) + " -> " + place_text(change.after.path);
}

std::string state_change(const ledger::Change& change) {
  const auto state = [](const ledger::CopyState& one) {
    return noted_version(one.versions, one.version_note) + ", " + one.verdict;
  };
  if (change.kind == ledger::ChangeKind::gained || change.kind == ledger::ChangeKind::moved)
    return state(change.after);
  if (change.kind == ledger::ChangeKind::lost) return state(change.before);
  if (change.before.verdict != change.after.verdict)
    return state(change.before) + " -> " + state(change.after);
  return noted_version(change.before.versions, change.before.version_note) + " -> " +
         noted_version(change.after.versions, change.after.version_note);
}

std::string step_table(const Step& step, const Options& options) {
  const std::string head =
      step.before.subject == step.after.subject
          ? fmt::format("{}  {} -> {}", step.after.subject, step.before.version, step.after.version)
          : fmt::format("{} {} -> {} {}", step.before.subject, step.before.version,
                        step.after.subject, step.after.version);
  std::string text = Style(options)(Paint::strong, to_line(head)) + "\n";
  if (step.before.kb != step.after.kb)
    text +=
        "  (compared with different knowledge bases: `stowaway track refresh "
        "--every-version` sets that right)\n";
  if (step.changes.empty()) return text + "  no change\n";
  Rows rows;
  for (const ledger::Change& change : step.changes)
    rows.push_back({"  " + std::string(ledger::name_of(change.kind)), change.component,
                    place_change(change), state_change(change)});
  return text + in_columns({"  CHANGE", "COMPONENT", "PATH", "VERSION"}, rows, 2, options);
}

std::string comparisons_table(std::span<const ledger::Comparison> comparisons,
                              const Options& options) {
  Rows rows;
  std::map<std::string_view, std::size_t> counts;
  for (const ledger::Comparison& one : comparisons) {
    ++counts[ledger::name_of(one.outcome)];
    if (one.outcome == ledger::ClaimOutcome::not_tracked) continue;
    std::string found;
    for (const ledger::Embedder& copy : one.copies)
      found += (found.empty() ? "" : "; ") + place_text(copy.path) + " " + copy.component + " " +
               version_text(copy.versions);
    rows.push_back({one.claim.component, one.subject, one.version,
                    one.claim.fixed.empty() ? one.claim.status : one.claim.fixed,
                    std::string(ledger::name_of(one.outcome)), found});
  }
  std::string text;
  if (!rows.empty())
    text =
        in_columns({"CLAIMED", "IN", "VERSION", "STATUS", "OUTCOME", "FOUND"}, rows, 5, options) +
        "\n";
  for (const auto& [name, count] : counts) text += fmt::format("{:>6}  {}\n", count, name);
  return text.empty() ? "No claims were imported.\n" : text;
}

}  // namespace

std::string write_embedders(const std::string& question,
                            std::span<const ledger::Embedder> embedders, bool as_json,
                            const Options& options) {
  if (!as_json) return embedders_table(question, embedders, options);
  return ledger_document("embedders", {{"question", json_text(question)}}, embedders, options);
}

std::string write_spread(std::span<const ledger::Spread> spread, bool as_json,
                         const Options& options) {
  return as_json ? ledger_document("spread", Json::object(), spread, options)
                 : spread_table(spread, options);
}

std::string write_popular(std::span<const ledger::Popular> popular, bool as_json,
                          const Options& options) {
  if (as_json) return ledger_document("components", Json::object(), popular, options);
  if (popular.empty()) return "No tracked subject embeds anything.\n";
  Rows rows;
  for (const ledger::Popular& one : popular)
    rows.push_back({one.component, std::to_string(one.subjects), std::to_string(one.copies),
                    bar(one.subjects, popular.front().subjects)});
  return in_columns({"COMPONENT", "SUBJECTS", "COPIES", ""}, rows, 0, options);
}

std::string write_snapshots(std::span<const ledger::Snapshot> snapshots, bool as_json,
                            const Options& options) {
  if (as_json) return ledger_document("snapshots", Json::object(), snapshots, options);
  if (snapshots.empty()) return "Nothing is tracked.\n";
  Rows rows;
  for (const ledger::Snapshot& one : snapshots)
    rows.push_back({one.subject, one.version + (one.is_current ? "" : " (earlier)"),
                    std::to_string(one.copies), std::to_string(one.files),
                    one.tracked_at.substr(0, 10), one.is_partial ? "partial" : ""});
  return in_columns({"SUBJECT", "VERSION", "COPIES", "FILES", "TRACKED", ""}, rows, 0, options);
}

std::string write_failures(std::span<const ledger::Failure> failures, bool as_json,
                           const Options& options) {
  if (as_json) return ledger_document("failures", Json::object(), failures, options);
  if (failures.empty()) return "Nothing failed.\n";
  Rows rows;
  for (const ledger::Failure& one : failures)
    rows.push_back({one.subject, one.version.empty() ? "-" : one.version, one.stage,
                    one.at.substr(0, 10), one.reason});
  return in_columns({"SUBJECT", "VERSION", "STAGE", "WHEN", "REASON"}, rows, 4, options);
}

std::string write_steps(std::span<const Step> steps, bool as_json, const Options& options) {
  if (as_json) return ledger_document("steps", Json::object(), steps, options);
  if (steps.empty()) return "Only one version is tracked.\n";
  std::string text;
  for (const Step& step : steps) text += (text.empty() ? "" : "\n") + step_table(step, options);
  return text;
}

std::string write_comparisons(std::span<const ledger::Comparison> comparisons, bool as_json,
                              const Options& options) {
  return as_json ? ledger_document("comparisons", Json::object(), comparisons, options)
                 : comparisons_table(comparisons, options);
}

std::string_view name_of(ledger::Outcome outcome) {
  switch (outcome) {
    case ledger::Outcome::added: return "added";
    case ledger::Outcome::replaced: return "replaced";
    case ledger::Outcome::rematched: return "matched again";
    case ledger::Outcome::kept: return "was there";
    case ledger::Outcome::failed: return "failed";
  }
  return "";
}

std::string tracked_line(const ledger::Tracked& tracked) {
  const std::string name =
      to_line(tracked.subject + (tracked.version.empty() ? "" : " " + tracked.version));
  if (tracked.outcome == ledger::Outcome::failed)
    return fmt::format("{}: FAILED to {}: {}", name, tracked.stage, to_line(tracked.reason));
  std::string times;
  if (tracked.fetch_ms > 0)
    times += fmt::format("; {:.1f} s to fetch", static_cast<double>(tracked.fetch_ms) / 1e3);
  if (tracked.scan_ms > 0)
    times += fmt::format("; {:.1f} s to scan", static_cast<double>(tracked.scan_ms) / 1e3);
  return fmt::format("{}: {} ({}{}{})", name, count_text(tracked.copies, "copy", "copies"),
                     name_of(tracked.outcome), tracked.is_partial ? ", partial" : "", times);
}

}  // namespace stowaway::report
