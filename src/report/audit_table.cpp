#include "report/audit_table.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <vector>

#include "report/common.h"
#include "report/style.h"
#include "report/text.h"
#include "report/vex_common.h"

namespace stowaway::report {
namespace {

using advisory::Audit;
using advisory::Finding;
using advisory::Reason;
using advisory::Status;

constexpr std::size_t kColumns = 5;
enum Column : std::size_t { id, severity, status, fixed, why };
constexpr std::array<std::string_view, kColumns> kTitles = {"ADVISORY", "SEVERITY", "STATUS",
                                                            "FIXED IN", "WHY"};
constexpr std::size_t kIndent = 2, kSpace = 2, kRemarkIndent = 6;
constexpr std::size_t kWidestId = 20, kWidestFixed = 16;  // columns; a GHSA id has 19
constexpr std::size_t kNarrowestId = 14, kNarrowestFixed = 8, kNarrowestWhy = 16;

using Cells = std::array<std::string, kColumns>;
using Widths = std::array<std::size_t, kColumns>;

std::string padded(const std::string& text, std::size_t width) {
  const std::size_t used = columns_of(text);
  return text + std::string(used < width ? width - used : 0, ' ');
}

std::string status_text(const Finding& finding) {
  if (finding.acceptance && !finding.acceptance->expired) return "accepted";
  const bool closed = finding.status != Status::not_affected && !finding.is_open();
  return closed ? "stated free" : std::string(advisory::name_of(finding.status));
}

std::string severity_text(const advisory::Rating& rating) {
  if (rating.level == advisory::Level::unknown) return "-";
  return std::string(advisory::name_of(rating.level)) +
         (rating.score < 0 ? "" : fmt::format(" {:.1f}", rating.score));
}

// A few words; the sentence is in the JSON report.
std::string why_text(const Finding& finding) {
  const advisory::Standing standing =
      finding.versions.empty() ? advisory::Standing{} : finding.versions.back().standing;
  switch (finding.reason) {
    case Reason::in_range: return standing.since.empty() ? "in range" : "since " + standing.since;
    case Reason::not_after_fix:
      return standing.fixed.empty() ? "no known fix; start not known"
                                    : "before the fix; start not known";
    case Reason::straddles_fix: return "some of its versions";
    case Reason::version_unknown: return "version not known";
    case Reason::commit_unknown: return "range by unknown commits";
    case Reason::distribution_fix: return "Debian patched it";
    case Reason::sources_disagree: return "sources disagree";
    case Reason::before_introduced: return "begins in " + standing.bound;
    case Reason::after_fix: return "has the fix";
    case Reason::outside: return "in no range";
    case Reason::fixed_form: return "fixed form";
    case Reason::vulnerable_form: return "vulnerable form";
    case Reason::testcase_vulnerable: return "test case shows it";
    case Reason::testcase_not_vulnerable: return "test case does not show it";
  }
  return "";
}

Paint paint_of(const Finding& finding, advisory::Level level) {
  if (!finding.is_open()) return Paint::faint;
  if (finding.status == Status::unknown) return Paint::warn;
  return level >= advisory::Level::high ? Paint::bad : Paint::warn;
}

Cells cells_of(const Finding& finding, const advisory::Advisory& advisory) {
  return {to_line(advisory.id), severity_text(advisory.rating), status_text(finding),
          finding.fixed.empty() ? "-" : to_line(finding.fixed), to_line(why_text(finding))};
}

std::vector<std::string> remarks_of(const Finding& finding) {
  std::vector<std::string> remarks;
  const auto add = [&](std::string_view what, std::string_view name, const std::string& detail) {
    remarks.push_back(fmt::format("{}: {}{}{}", what, name, detail.empty() ? "" : ", ", detail));
  };
  if (finding.patch_form)
    add("patch presence", advisory::name_of(*finding.patch_form), finding.patch_detail);
  if (finding.testcase_verdict)
    add("test case", advisory::name_of(*finding.testcase_verdict), finding.testcase_detail);
  for (const advisory::Statement& statement : finding.statements)
    remarks.push_back(statement_text(statement));
  if (finding.acceptance) remarks.push_back(acceptance_text(*finding.acceptance));
  if (finding.reason == Reason::straddles_fix) remarks.push_back(finding.because);
  return remarks;
}

class Table {
 public:
  Table(const Audit& audit, const AuditOptions& options)
      : audit_(audit),
        options_(options),
        style_(options.common),
        line_(line_columns(options.common)) {
    for (std::size_t i = 0; i < kColumns; ++i) widths_[i] = columns_of(kTitles[i]);
    for (const Finding& finding : audit.findings)
      if (is_shown(finding)) widen(cells_of(finding, advisory_of(finding)));
    fit();
  }

  std::string text() const {
    std::string out;
    for (std::size_t copy = 0; copy < audit_.subject.copies.size(); ++copy) out += block(copy);
    return out + tail();
  }

 private:
  const advisory::Advisory& advisory_of(const Finding& finding) const {
    return audit_.advisories[finding.advisory];
  }

  // An unknown version decides nothing: such a copy gets one line for all its advisories.
  bool is_shown(const Finding& finding) const {
    const bool has_more = finding.patch_form || finding.testcase_verdict || finding.acceptance ||
                          !finding.statements.empty();
    if (has_more) return true;
    if (finding.reason == Reason::version_unknown) return false;
    return finding.status != Status::not_affected || options_.with_not_affected;
  }

  // Ids and fixed versions give way before the reason does.
  void fit() {
    const auto used = [&] {
      return widths_[id] + widths_[severity] + widths_[status] + widths_[fixed] + kIndent +
             (kColumns - 1) * kSpace;
    };
    while (used() + kNarrowestWhy > line_ && widths_[fixed] > kNarrowestFixed) --widths_[fixed];
    while (used() + kNarrowestWhy > line_ && widths_[id] > kNarrowestId) --widths_[id];
    widths_[why] = line_ > used() + 1 ? line_ - used() : 1;
  }

  void widen(const Cells& cells) {
    for (std::size_t i = 0; i < why; ++i) widths_[i] = std::max(widths_[i], columns_of(cells[i]));
    widths_[id] = std::min(widths_[id], kWidestId);
    widths_[fixed] = std::min(widths_[fixed], kWidestFixed);
  }

  std::string row(const Cells& cells, Paint paint) const {
    std::string out(kIndent, ' ');
    for (std::size_t i = 0; i < kColumns; ++i) {
      std::string cell = shorten_end(cells[i], widths_[i]);
      if (i + 1 < kColumns) cell = padded(cell, widths_[i]) + std::string(kSpace, ' ');
      out += i == status || i == severity ? style_(paint, cell) : cell;
    }
    return out + "\n";
  }

  std::string heading(const advisory::AuditedCopy& copy) const {
    const std::string place = copy.path.empty() ? "." : to_line(copy.path);
    const std::string what = shorten_end(
        to_line(fmt::format("{} {}", copy.component, version_text(copy.versions))), line_ / 2);
    const std::size_t room = line_ - columns_of(what) - kSpace;
    std::string out = style_(Paint::strong, shorten_middle(place, room) + "  " + what) + "\n";
    std::string note = to_line(copy.version_note);
    if (!copy.alternatives.empty())
      note += (note.empty() ? "" : "; ") +
              to_line(fmt::format("could as well be {}, which is not audited",
                                  fmt::join(copy.alternatives, ", ")));
    return note.empty() ? out : out + indented(note, kIndent, line_);
  }

  std::string block(std::size_t copy) const {
    std::string rows;
    std::size_t free = 0, undecided = 0, any = 0;
    for (const Finding& finding : audit_.findings) {
      if (finding.copy != copy) continue;
      ++any;
      if (!is_shown(finding)) {
        ++(finding.reason == Reason::version_unknown ? undecided : free);
        continue;
      }
      const advisory::Advisory& advisory = advisory_of(finding);
      rows += row(cells_of(finding, advisory), paint_of(finding, advisory.rating.level));
      for (const std::string& remark : remarks_of(finding))
        rows += indented(to_line(remark), kRemarkIndent, line_);
    }
    if (any == 0 || (rows.empty() && undecided == 0)) return "";
    std::string out = heading(audit_.subject.copies[copy]);
    if (!rows.empty()) {
      Cells titles;
      std::ranges::copy(kTitles, titles.begin());
      out += style_(Paint::faint, row(titles, Paint::plain)) + rows;
    }
    if (undecided > 0)
      out += indented(fmt::format("version not known: {} cannot be decided",
                                  count_text(undecided, "advisory", "advisories")),
                      kIndent, line_);
    if (free > 0)
      out += style_(Paint::faint,
                    indented(fmt::format("{} more do{} not affect it", free, free == 1 ? "es" : ""),
                             kIndent, line_));
    return out + "\n";
  }

  std::string tail() const {
    std::size_t affected = 0, unknown = 0, closed = 0, clean = 0;
    for (const Finding& finding : audit_.findings) {
      const bool counts = finding.status != Status::not_affected;
      closed += counts && !finding.is_open();
      affected += finding.is_open() && finding.status == Status::affected;
      unknown += finding.is_open() && finding.status == Status::unknown;
    }
    for (std::size_t copy = 0; copy < audit_.subject.copies.size(); ++copy)
      clean += std::ranges::none_of(audit_.findings, [&](const Finding& finding) {
        return finding.copy == copy && finding.status != Status::not_affected;
      });
    std::string text =
        fmt::format("{}: {} affected, {} unknown",
                    count_text(audit_.subject.copies.size(), "copy", "copies"), affected, unknown);
    if (closed > 0) text += fmt::format(", {} accepted or stated free", closed);
    if (clean > 0) text += fmt::format("; nothing known against {} of them", clean);
    std::string out = indented(text, 0, line_);
    if (audit_.subject.partial)
      out += indented("The scan was partial: what was not looked at is not audited.", 0, line_);
    if (audit_.subject.declared_only > 0)
      out +=
          indented(fmt::format("{} only declared, unknown to the knowledge base: not audited",
                               count_text(audit_.subject.declared_only, "component", "components")),
                   0, line_);
    for (const advisory::Statement& statement : audit_.unused)
      out +=
          indented(to_line(fmt::format("met no finding: {} {}", statement.vulnerabilities.front(),
                                       statement_text(statement))),
                   0, line_);
    return out;
  }

  const Audit& audit_;
  const AuditOptions& options_;
  Style style_;
  std::size_t line_;
  Widths widths_{};
};

}  // namespace

std::string write_audit_table(const Audit& audit, const AuditOptions& options) {
  return Table(audit, options).text();
}

}  // namespace stowaway::report
