#include "advisory/assess.h"

#include <fmt/format.h>

#include <algorithm>

namespace stowaway::advisory {
namespace {

Status status_of(Position position) {
  switch (position) {
    case Position::in_range: return Status::affected;
    case Position::not_after_fix:
    case Position::commit_unknown:
    case Position::distribution_fix: return Status::unknown;
    case Position::before_introduced:
    case Position::after_fix:
    case Position::outside: return Status::not_affected;
  }
  return Status::unknown;
}

// Whether `newer` replaces what was said so far, or contradicts it.
enum class Outcome { keep, replace, contradict };

Outcome weigh(Position so_far, Position next) {
  const auto is_vague = [](Position p) {
    return p == Position::commit_unknown || p == Position::distribution_fix;
  };
  if (is_vague(next)) return Outcome::keep;
  if (is_vague(so_far)) return Outcome::replace;
  // Only the lower bound was open, and somebody knows it.
  if (so_far == Position::not_after_fix && next != Position::after_fix)
    return next == Position::not_after_fix ? Outcome::keep : Outcome::replace;
  if (next == Position::not_after_fix && so_far != Position::after_fix) return Outcome::keep;
  const bool open_so_far = status_of(so_far) != Status::not_affected;
  const bool open_next = status_of(next) != Status::not_affected;
  return open_so_far == open_next ? Outcome::keep : Outcome::contradict;
}

Reason reason_of(Position position) {
  switch (position) {
    case Position::in_range: return Reason::in_range;
    case Position::not_after_fix: return Reason::not_after_fix;
    case Position::before_introduced: return Reason::before_introduced;
    case Position::after_fix: return Reason::after_fix;
    case Position::outside: return Reason::outside;
    case Position::commit_unknown: return Reason::commit_unknown;
    case Position::distribution_fix: return Reason::distribution_fix;
  }
  return Reason::version_unknown;
}

std::string until_fix(const Standing& standing) {
  return standing.fixed.empty() ? "no fixed version is known" : "fixed in " + standing.fixed;
}

std::string sentence_of(const VersionStanding& at) {
  const Standing& standing = at.standing;
  if (!at.disagrees.empty())
    return fmt::format("{} and {} do not agree on {}", at.record, at.disagrees, at.version);
  switch (standing.position) {
    case Position::in_range:
      return fmt::format("{} is affected{}, {}", at.version,
                         standing.since.empty() ? "" : " (since " + standing.since + ")",
                         until_fix(standing));
    case Position::not_after_fix:
      return fmt::format("{} is older than any fix, {}; the first affected version is not known",
                         at.version, until_fix(standing));
    case Position::before_introduced:
      return fmt::format("{} is older than the first affected version, {}", at.version,
                         standing.bound);
    case Position::after_fix:
      return fmt::format("{} has the fix of {}", at.version, standing.fixed);
    case Position::outside: return fmt::format("{} lies in no affected range", at.version);
    case Position::commit_unknown: return "the range is given by commits that are no known release";
    case Position::distribution_fix:
      return fmt::format("Debian fixed {} in {}, perhaps by a patch", at.version, standing.fixed);
  }
  return "";
}

std::string joined(const std::vector<std::string>& items) {
  if (items.size() <= 3) return fmt::format("{}", fmt::join(items, ", "));
  return fmt::format("{} … {} ({})", items.front(), items.back(), items.size());
}

std::string straddling(const Finding& finding) {
  std::vector<std::string> hit, free;
  for (const VersionStanding& at : finding.versions)
    (at.status == Status::not_affected ? free : hit).push_back(at.version);
  return fmt::format("affected if it is {}; not affected if it is {}", joined(hit), joined(free));
}

void overrule(Finding& finding, Status status, Reason reason, std::string because) {
  finding.status = status;
  finding.reason = reason;
  finding.because = std::move(because);
}

std::string with_detail(std::string_view text, const std::string& detail) {
  return detail.empty() ? std::string(text) : fmt::format("{}: {}", text, detail);
}

}  // namespace

VersionStanding standing_in_advisory(const std::string& version, const Advisory& advisory,
                                     const Component& component,
                                     const std::vector<std::string>& component_keys) {
  VersionStanding result;
  result.version = version;
  for (const Record& record : advisory.records) {
    const bool speaks = std::ranges::any_of(record.affected, [&](const Affected& affected) {
      const bool says_something = !affected.ranges.empty() || !affected.versions.empty();
      return says_something && concerns(affected, component_keys);
    });
    if (!speaks) continue;
    const Standing standing = standing_of(version, record, component, component_keys);
    const Outcome outcome = result.record.empty()
                                ? Outcome::replace
                                : weigh(result.standing.position, standing.position);
    if (outcome == Outcome::contradict) result.disagrees = record.id;
    if (outcome != Outcome::replace) continue;
    result.standing = standing;
    result.record = record.id;
  }
  if (result.record.empty()) result.standing.position = Position::commit_unknown;
  result.status = result.disagrees.empty() ? status_of(result.standing.position) : Status::unknown;
  return result;
}

void conclude_by_version(Finding& finding) {
  finding.status = finding.status_by_version = Status::unknown;
  finding.reason = Reason::version_unknown;
  finding.because = "the version of the copy is not known";
  if (finding.versions.empty()) return;
  for (const VersionStanding& at : finding.versions)  // the fix of the newest that needs one
    if (at.status != Status::not_affected && !at.standing.fixed.empty())
      finding.fixed = at.standing.fixed;
  const auto differs = [&](const VersionStanding& at) {
    return (at.status == Status::not_affected) !=
           (finding.versions.front().status == Status::not_affected);
  };
  if (std::ranges::any_of(finding.versions, differs)) {
    finding.reason = Reason::straddles_fix;
    finding.because = straddling(finding);
    return;
  }
  // All are free, or none is; the most doubtful of them speaks for the copy.
  const VersionStanding* told = &finding.versions.back();
  for (const VersionStanding& at : finding.versions)
    if (at.status == Status::unknown && told->status != Status::unknown) told = &at;
  finding.status = finding.status_by_version = told->status;
  finding.reason =
      told->disagrees.empty() ? reason_of(told->standing.position) : Reason::sources_disagree;
  finding.because = sentence_of(*told);
  if (finding.status == Status::not_affected) finding.fixed = told->standing.fixed;
}

void conclude_by_evidence(Finding& finding) {
  const auto form = finding.patch_form;
  const auto verdict = finding.testcase_verdict;
  if (verdict == TestcaseVerdict::vulnerable)
    return overrule(finding, Status::affected, Reason::testcase_vulnerable,
                    with_detail("a test case shows it in this copy", finding.testcase_detail));
  if (form == PatchForm::fixed_form)
    return overrule(finding, Status::not_affected, Reason::fixed_form,
                    with_detail("the fix is in this copy", finding.patch_detail));
  if (verdict == TestcaseVerdict::not_vulnerable)
    return overrule(
        finding, Status::not_affected, Reason::testcase_not_vulnerable,
        with_detail("a test case does not show it in this copy", finding.testcase_detail));
  if (form == PatchForm::vulnerable_form)
    return overrule(finding, Status::affected, Reason::vulnerable_form,
                    with_detail("the code before the fix is in this copy", finding.patch_detail));
}

}  // namespace stowaway::advisory
