#include "report/html.h"

#include <fmt/core.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <vector>

#include "fingerprint/identity.h"
#include "report/common.h"
#include "report/html_style.h"
#include "report/text.h"

namespace stowaway::report {
namespace {

constexpr std::size_t kDeepestIndent = 3;   // the style sheet has classes for these
constexpr std::size_t kShownGaps = 500;     // the JSON report has all
constexpr std::size_t kShownVersions = 50;  // of one copy

std::string code(std::string_view path) {
  return "<code>" + to_html(path.empty() ? "." : path) + "</code>";
}

std::string sha256_base64(std::string_view text) {
  const auto digest = fingerprint::sha256_of(fingerprint::as_bytes(text));
  return base64({reinterpret_cast<const char*>(digest.bytes.data()), digest.bytes.size()});
}

std::string head_part(const match::ScanResult& result) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'sha256-{}'; "
      "base-uri 'none'; form-action 'none'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n"
      "<title>Embedded copies in {}</title>\n<style>{}</style>\n</head>\n<body>\n",
      sha256_base64(kHtmlStyle), to_html(shorten_middle(to_utf8(subject_name(result)), 50)),
      kHtmlStyle);
}

std::string fact(std::string_view name, std::string_view value) {
  return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", name, value);
}

std::string summary_part(const match::ScanResult& result) {
  std::set<std::string_view> components;
  for (const match::Copy& copy : result.copies) components.insert(copy.component);
  std::string out =
      fmt::format("<header>\n<h1>Embedded copies in {}</h1>\n<p class=\"soft\">{}</p>\n",
                  to_html(subject_name(result)),
                  code(result.subject) + " (" + to_html(result.subject_kind) + ")");
  for (const match::SelfIdentity& self : result.self) {
    out += fmt::format("<p>This is <strong>{} {}</strong> itself: {}, {} of its code files.</p>\n",
                       to_html(self.component), to_html(version_text(self.versions)),
                       match::name_of(self.verdict), percent_text(self.coverage_ratio));
  }
  out += "</header>\n<main>\n";
  if (result.partial) {
    out += fmt::format(
        "<p class=\"partial\"><strong>Partial.</strong> {} not looked at; more may be "
        "embedded.</p>\n",
        count_text(result.summary.gaps, "thing was", "things were"));
  }
  out += "<dl>\n" + fact("Copies", std::to_string(result.copies.size())) +
         fact("Components", std::to_string(components.size())) +
         fact("Files", std::to_string(result.summary.files)) +
         fact("Size", bytes_text(result.summary.bytes)) +
         fact("Not looked at", std::to_string(result.summary.gaps));
  return out + "</dl>\n";
}

std::string versions_cell(const match::Copy& copy) {
  std::string out = to_html(version_text(copy.versions));
  if (copy.versions.size() <= 2) return out;
  out = fmt::format("<details><summary>{}</summary><ul>", out);
  for (std::size_t i = 0; i < std::min(copy.versions.size(), kShownVersions); ++i) {
    out += "<li>" + to_html(copy.versions[i]) + "</li>";
  }
  if (copy.versions.size() > kShownVersions) {
    out += fmt::format("<li>… and {} more</li>", copy.versions.size() - kShownVersions);
  }
  return out + "</ul></details>";
}

std::string cell(std::string_view label, std::string_view content,
                 std::string_view attributes = {}) {
  return fmt::format("<td data-label=\"{}\"{}><div>{}</div></td>\n", label, attributes, content);
}

std::string row_of(const match::Copy& copy, std::size_t depth) {
  std::string place = code(copy.path);
  for (const std::string& note : notes_of(copy))
    place += "<span class=\"note\">" + to_html(note) + "</span>";
  const std::string_view verdict = match::name_of(copy.verdict);
  const std::string indent =
      depth == 0 ? "" : fmt::format(" class=\"depth-{}\"", std::min(depth, kDeepestIndent));
  const std::string covers = percent_text(copy.coverage_ratio);
  return fmt::format("<tr>\n<th scope=\"row\"{}>{}</th>\n", indent, place) +
         cell("Component", "<strong>" + to_html(copy.component) + "</strong>") +
         cell("Version", versions_cell(copy)) +
         cell("Covers",
              fmt::format("{}<meter min=\"0\" max=\"1\" value=\"{}\" aria-label=\"share of the "
                          "release\">{}</meter>",
                          covers, rounded(copy.coverage_ratio), covers),
              " class=\"number\"") +
         cell("Verdict", fmt::format("<span class=\"verdict {0}\">{0}</span>", verdict)) +
         cell("Confidence", percent_text(copy.confidence), " class=\"number\"") +
         cell("Licence", copy.licence.empty() ? "–" : to_html(copy.licence)) + "</tr>\n";
}

std::string titles(const std::vector<std::string_view>& names) {
  std::string out = "<thead><tr>";
  for (const std::string_view name : names) {
    const bool is_number = name == "Covers" || name == "Confidence";
    out += fmt::format("<th scope=\"col\"{}>{}</th>", is_number ? " class=\"number\"" : "", name);
  }
  return out + "</tr></thead>\n<tbody>\n";
}

std::string copies_part(const match::ScanResult& result) {
  std::string out = "<section>\n<h2>Embedded copies</h2>\n";
  if (result.copies.empty()) return out + "<p>No embedded copies found.</p>\n</section>\n";
  out += "<table>\n" +
         titles({"Path", "Component", "Version", "Covers", "Verdict", "Confidence", "Licence"});
  for (const TreeRow& row : in_tree_order(result))
    out += row_of(result.copies[row.copy], row.depth);
  return out + "</tbody>\n</table>\n</section>\n";
}

std::string declared_part(const match::ScanResult& result) {
  if (result.declared_only.empty()) return {};
  std::string out =
      "<section>\n<h2>Declared only</h2>\n<p class=\"soft\">These declare themselves third-party "
      "components, but the "
      "knowledge base does not know them.</p>\n<table>\n" +
      titles({"Path", "Name", "Version", "Declared in"});
  for (const match::DeclaredOnly& declared : result.declared_only) {
    out += "<tr>\n<th scope=\"row\">" + code(declared.path) + "</th>\n" +
           cell("Name", to_html(declared.name)) +
           cell("Version", declared.version.empty() ? "unknown" : to_html(declared.version)) +
           cell("Why", to_html(reason_of(declared))) + "</tr>\n";
  }
  return out + "</tbody>\n</table>\n</section>\n";
}

std::string gaps_part(const match::ScanResult& result) {
  if (result.gaps.empty()) return {};
  const std::size_t shown = std::min(result.gaps.size(), kShownGaps);
  const std::uint64_t total = std::max<std::uint64_t>(result.summary.gaps, result.gaps.size());
  std::string out =
      fmt::format("<section>\n<h2>Not looked at</h2>\n<details>\n<summary>{}</summary>\n<ul>\n",
                  count_text(total, "thing", "things"));
  for (std::size_t i = 0; i < shown; ++i) {
    const source::Gap& gap = result.gaps[i];
    out += fmt::format("<li>{}: {}{}</li>\n", code(gap.path), source::name_of(gap.reason),
                       gap.detail.empty() ? "" : ", " + to_html(gap.detail));
  }
  if (shown < total) out += fmt::format("<li>… and {} more</li>\n", total - shown);
  return out + "</ul>\n</details>\n</section>\n";
}

std::string foot_part(const match::ScanResult& result, const Options& options) {
  std::string text = "Stowaway";
  if (!options.tool_version.empty()) text += " " + to_html(options.tool_version);
  if (!options.timestamp.empty()) text += ", " + to_html(options.timestamp);
  if (!result.kb.id.empty()) {
    text += fmt::format("; knowledge base {} of {} and {}", code(result.kb.id),
                        count_text(result.kb.components, "component", "components"),
                        count_text(result.kb.releases, "release", "releases"));
  }
  return "</main>\n<footer><p>" + text + ".</p></footer>\n</body>\n</html>\n";
}

}  // namespace

std::string write_html(const match::ScanResult& result, const Options& options) {
  return head_part(result) + summary_part(result) + copies_part(result) + declared_part(result) +
         gaps_part(result) + foot_part(result, options);
}

}  // namespace stowaway::report
