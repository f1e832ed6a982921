#include "report/table.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <set>
#include <string_view>
#include <vector>

#include "report/common.h"
#include "report/policy_report.h"
#include "report/style.h"
#include "report/text.h"

namespace stowaway::report {
namespace {

constexpr std::size_t kColumns = 6;
enum Column : std::size_t { path, component, version, coverage, verdict, licence };
constexpr std::array<std::string_view, kColumns> kTitles = {"PATH",   "COMPONENT", "VERSION",
                                                            "COVERS", "VERDICT",   "LICENCE"};
constexpr std::size_t kSpace = 2;          // columns between two columns
constexpr std::size_t kDeepestIndent = 8;  // columns; deeper nesting is not indented further
constexpr std::size_t kShownGaps = 5;      // the rest is in the JSON report
constexpr std::size_t kShownDeclarations = 20;

constexpr double kSure =
    0.9;  // confidence from which a row needs no remark; the bar that `make accuracy` calibrates

using Widths = std::array<std::size_t, kColumns>;

// What the columns are cut to, the widest first, until the line fits: a licence is missed the
// least. With the spaces between them the second fits 80 columns, the last 60.
constexpr Widths kFloors[] = {{40, 16, 20, 6, 9, 6}, {24, 12, 13, 6, 9, 6}, {13, 9, 8, 6, 9, 5}};

struct Row {
  std::array<std::string, kColumns> cells;  // escaped, not yet shortened
  std::size_t indent = 0;
  match::Verdict verdict = match::Verdict::fragment;
  std::size_t releases = 0;        // that the evidence cannot tell apart
  std::vector<std::string> notes;  // escaped
};

std::string shown_path(std::string_view path) { return path.empty() ? "." : to_line(path); }

Row row_of(const match::Copy& copy, std::size_t depth) {
  Row row;
  row.indent = std::min(2 * depth, kDeepestIndent);
  row.verdict = copy.verdict;
  row.cells[path] = shown_path(copy.path);
  row.cells[component] = to_line(copy.component);
  row.cells[version] = to_line(version_text(copy.versions));
  row.cells[coverage] = percent_text(copy.coverage_ratio);
  row.cells[verdict] = match::name_of(copy.verdict);
  row.cells[licence] = copy.licence.empty() ? "-" : to_line(copy.licence);
  row.releases = copy.versions.size();
  if (copy.confidence < kSure) row.notes.push_back("confidence " + percent_text(copy.confidence));
  for (const std::string& note : notes_of(copy)) row.notes.push_back(to_line(note));
  return row;
}

std::size_t total_of(const Widths& widths) {
  return std::accumulate(widths.begin(), widths.end(), kSpace * (kColumns - 1));
}

// Takes one column at a time from the widest that is still above its floor, until the line fits.
void shrink(Widths& widths, const Widths& floors, std::size_t line) {
  while (total_of(widths) > line) {
    std::size_t widest = kColumns;
    for (std::size_t i = 0; i < kColumns; ++i) {
      if (widths[i] > floors[i] && (widest == kColumns || widths[i] > widths[widest])) widest = i;
    }
    if (widest == kColumns) return;
    --widths[widest];
  }
}

Widths widths_of(const std::vector<Row>& rows, std::size_t line) {
  Widths widths{};
  for (std::size_t i = 0; i < kColumns; ++i) widths[i] = columns_of(kTitles[i]);
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < kColumns; ++i) {
      const std::size_t indent = i == path ? row.indent : 0;
      // A cell wider than the line is cut anyway; the bound keeps shrink() short for hostile paths.
      widths[i] = std::max(widths[i], std::min(indent + columns_of(row.cells[i]), line));
    }
  }
  for (const Widths& floors : kFloors) shrink(widths, floors, line);
  return widths;
}

std::string padded(const std::string& text, std::size_t width, bool to_the_right) {
  const std::size_t used = columns_of(text);
  const std::string space(used < width ? width - used : 0, ' ');
  return to_the_right ? space + text : text + space;
}

std::string cell_of(const Row& row, std::size_t column, std::size_t width) {
  const std::string& text = row.cells[column];
  if (column == path) {
    return std::string(row.indent, ' ') + shorten_middle(text, width - row.indent);
  }
  const bool is_cut_set = column == version && row.releases > 1 && columns_of(text) > width;
  return shorten_end(is_cut_set ? fmt::format("{} releases", row.releases) : text, width);
}

// What is said below the line: what did not fit its column, and the notes.
std::string remarks_of(const Row& row, const Widths& widths, std::size_t line) {
  std::string text;
  if (columns_of(row.cells[version]) > widths[version]) text = row.cells[version];
  for (const std::string& note : row.notes) text += (text.empty() ? "" : "; ") + note;
  return text.empty() ? "" : indented(text, row.indent + 4, line);
}

std::string line_of(const Row& row, const Widths& widths, const Style& style) {
  std::string line;
  for (std::size_t i = 0; i < kColumns; ++i) {
    std::string cell = cell_of(row, i, widths[i]);
    if (i + 1 < kColumns) cell = padded(cell, widths[i], i == coverage);
    line += i == verdict ? style(paint_of(row.verdict), cell) : cell;
    if (i + 1 < kColumns) line.append(kSpace, ' ');
  }
  return line + "\n";
}

std::string title_line(const Widths& widths, const Style& style) {
  std::string line;
  for (std::size_t i = 0; i < kColumns; ++i) {
    const std::string title = shorten_end(kTitles[i], widths[i]);
    if (i + 1 == kColumns) {
      line += title;
    } else {
      line += padded(title, widths[i], i == coverage) + std::string(kSpace, ' ');
    }
  }
  return style(Paint::strong, line) + "\n";
}

std::string copies_part(const match::ScanResult& result, const Style& style, std::size_t line) {
  if (result.copies.empty()) return "No embedded copies found.\n";
  std::vector<Row> rows;
  for (const TreeRow& at : in_tree_order(result)) {
    rows.push_back(row_of(result.copies[at.copy], at.depth));
  }
  const Widths widths = widths_of(rows, line);
  std::string out = title_line(widths, style);
  for (const Row& row : rows) {
    out += line_of(row, widths, style);
    out += remarks_of(row, widths, line);
  }
  return out;
}

std::string head_part(const match::ScanResult& result, const Style& style, std::size_t line) {
  std::string out = indented(
      fmt::format("{} ({})", to_line(result.subject), to_line(result.subject_kind)), 0, line);
  for (const match::SelfIdentity& self : result.self) {
    out += indented(fmt::format("This is {} {} itself ({}, {} of its code files)",
                                to_line(self.component), to_line(version_text(self.versions)),
                                match::name_of(self.verdict), percent_text(self.coverage_ratio)),
                    0, line);
  }
  if (result.partial) {
    const std::string what =
        result.summary.gaps == 0
            ? "the scan did not look at everything"
            : count_text(result.summary.gaps, "thing was", "things were") + " not looked at";
    const std::string_view word = "PARTIAL";
    const std::string text =
        indented(fmt::format("{}: {}; more may be embedded.", word, what), 0, line);
    out += style(Paint::bad, word) + text.substr(word.size());
  }
  return out + "\n";
}

std::string declared_part(const match::ScanResult& result, const Style& style, std::size_t line) {
  if (result.declared_only.empty()) return {};
  std::string out =
      "\n" + style(Paint::strong, "Declared, but not known to the knowledge base:") + "\n";
  const std::size_t shown = std::min(result.declared_only.size(), kShownDeclarations);
  for (std::size_t i = 0; i < shown; ++i) {
    const match::DeclaredOnly& declared = result.declared_only[i];
    const std::string version = declared.version.empty() ? "unknown" : to_line(declared.version);
    out += indented(fmt::format("{}: {} {} ({})", shown_path(declared.path), to_line(declared.name),
                                version, to_line(reason_of(declared))),
                    2, line);
  }
  if (shown < result.declared_only.size()) {
    out += fmt::format("  … and {} more\n", result.declared_only.size() - shown);
  }
  return out;
}

std::string gaps_part(const match::ScanResult& result, const Style& style, std::size_t line) {
  if (result.gaps.empty() && result.summary.gaps == 0) return {};
  const std::size_t shown = std::min(result.gaps.size(), kShownGaps);
  const std::uint64_t total = std::max<std::uint64_t>(result.summary.gaps, result.gaps.size());
  std::string out = "\n" + style(Paint::strong, fmt::format("Not looked at ({}):", total)) + "\n";
  for (std::size_t i = 0; i < shown; ++i) {
    const source::Gap& gap = result.gaps[i];
    std::string text = fmt::format("{}: {}", shown_path(gap.path), source::name_of(gap.reason));
    if (!gap.detail.empty()) text += ", " + to_line(gap.detail);
    out += indented(text, 2, line);
  }
  if (shown < total) out += fmt::format("  … and {} more\n", total - shown);
  return out;
}

// "3000 files, of which 1200 hold code (9.8 MB)"
std::string files_text(const source::Summary& summary) {
  const std::string files = count_text(summary.files, "file", "files");
  const std::string bytes = bytes_text(summary.bytes);
  if (summary.passed_over == 0) return fmt::format("{}, {}", files, bytes);
  return fmt::format("{}, of which {} hold code ({})", files, summary.files - summary.passed_over,
                     bytes);
}

std::string totals_part(const match::ScanResult& result, std::size_t line) {
  std::set<std::string_view> components;
  for (const match::Copy& copy : result.copies) components.insert(copy.component);
  return "\n" + indented(fmt::format("{}, {} of {}.", files_text(result.summary),
                                     count_text(result.copies.size(), "copy", "copies"),
                                     count_text(components.size(), "component", "components")),
                         0, line);
}

}  // namespace

std::string write_table(const match::ScanResult& result, const Options& options) {
  const Style style(options);
  const std::size_t line = line_columns(options);
  return head_part(result, style, line) + copies_part(result, style, line) +
         declared_part(result, style, line) + gaps_part(result, style, line) +
         (options.policy == nullptr ? "" : policy_part(result, *options.policy, style, line)) +
         totals_part(result, line);
}

}  // namespace stowaway::report
