#include "report/explain.h"

#include <fmt/core.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "report/common.h"
#include "report/json.h"
#include "report/style.h"
#include "report/text.h"

namespace stowaway::report {
namespace {

using match::FileRelation;

constexpr std::size_t kShownFiles = 200;  // of each kind; the JSON has all

// What stands below one title. A file appears in the first section that takes its relation.
struct Section {
  const char* title;
  const char* meaning;
  std::vector<FileRelation> relations;
};

const std::vector<Section>& sections() {
  static const std::vector<Section> kSections = {
      {"For", "in the chosen release", {FileRelation::identical, FileRelation::reformatted}},
      {"Against", "only in other releases", {FileRelation::other_release}},
      {"Changed", "resembles a file of the release", {FileRelation::changed}},
      {"Missing", "in the release, not in the copy", {FileRelation::missing}},
      {"Added", "in the copy, not in the release", {FileRelation::added}},
  };
  return kSections;
}

std::string_view below(std::string_view path, std::string_view root) {
  const bool is_inside = !root.empty() && path.size() > root.size() && path.starts_with(root) &&
                         path[root.size()] == '/';
  return is_inside ? path.substr(root.size() + 1) : path;
}

std::string remark_of(const match::FileEvidence& file, std::string_view shown_path) {
  std::string where;
  if (!file.release_path.empty() && file.release_path != shown_path &&
      file.relation != FileRelation::missing) {
    where = fmt::format(" ({} in the release)", to_line(file.release_path));
  }
  switch (file.relation) {
    case FileRelation::reformatted: return "reformatted" + where;
    case FileRelation::changed:
      return percent_text(file.similarity_ratio) + " of it is there" + where;
    case FileRelation::other_release: return "in " + to_line(version_text(file.versions)) + where;
    case FileRelation::identical: return where.empty() ? "" : "identical" + where;
    case FileRelation::added:
    case FileRelation::missing: return "";
  }
  return "";
}

std::string file_lines(const match::Copy& copy, const Section& section, const Style& style,
                       std::size_t line) {
  std::size_t count = 0;
  std::string lines;
  for (const match::FileEvidence& file : copy.files) {
    if (std::find(section.relations.begin(), section.relations.end(), file.relation) ==
        section.relations.end())
      continue;
    if (++count > kShownFiles) continue;
    const std::string_view path = below(file.path, copy.path);
    const std::string remark = remark_of(file, path);
    lines += indented(to_line(path) + (remark.empty() ? "" : ": " + remark), 2, line);
  }
  if (count == 0) return {};
  if (count > kShownFiles) lines += fmt::format("  … and {} more\n", count - kShownFiles);
  const std::string title =
      fmt::format("{}, {}: {}", section.title, section.meaning, count_text(count, "file", "files"));
  return "\n" + style(Paint::strong, title) + "\n" + lines;
}

// "13 fewer files for it", "2 more missing", or nothing where the two are equal.
void compare(std::vector<std::string>& reasons, std::uint32_t rival, std::uint32_t chosen,
             std::string_view what) {
  if (rival == chosen) return;
  reasons.push_back(rival < chosen ? fmt::format("{} fewer {}", chosen - rival, what)
                                   : fmt::format("{} more {}", rival - chosen, what));
}

std::string fate_of(const match::RivalRelease& rival, const match::Copy& copy) {
  const match::RivalRelease& chosen = copy.rivals.front();
  const bool is_reported =
      std::find(copy.versions.begin(), copy.versions.end(), rival.version) != copy.versions.end();
  if (is_reported) return copy.versions.size() == 1 ? "chosen" : "cannot be told apart";
  std::vector<std::string> reasons;
  compare(reasons, rival.files_for, chosen.files_for, "for it");
  compare(reasons, rival.files_against, chosen.files_against, "against it");
  compare(reasons, rival.files_missing, chosen.files_missing, "missing");
  if (reasons.empty()) return "as good by its files";
  std::string text = reasons[0];
  for (std::size_t i = 1; i < reasons.size(); ++i) text += ", " + reasons[i];
  return "lost: " + text;
}

std::string rivals_part(const match::Copy& copy, const Style& style, std::size_t line) {
  if (copy.rivals.empty()) return {};
  static constexpr std::size_t kLongestVersion = 24;  // columns
  std::size_t width = columns_of("RELEASE");
  for (const match::RivalRelease& rival : copy.rivals) {
    width = std::max(width, std::min(columns_of(to_line(rival.version)), kLongestVersion));
  }
  std::string out =
      "\n" + style(Paint::strong, "Why this version: files for it, against it, and missing") + "\n";
  out +=
      fmt::format("  {:<{}}  {:>5}  {:>7}  {:>7}\n", "RELEASE", width, "FOR", "AGAINST", "MISSING");
  for (const match::RivalRelease& rival : copy.rivals) {
    const std::string version = shorten_end(to_line(rival.version), width);
    const std::string row = fmt::format("  {}{}  {:>5}  {:>7}  {:>7}  ", version,
                                        std::string(width - columns_of(version), ' '),
                                        rival.files_for, rival.files_against, rival.files_missing);
    const std::size_t left = line - std::min(columns_of(row), line / 2);
    std::string text = indented(fate_of(rival, copy), 0, left);
    for (std::size_t at = 0; (at = text.find('\n', at)) + 1 < text.size();) {
      text.insert(++at, columns_of(row), ' ');
    }
    out += row + text;
  }
  return out;
}

std::string declared_part(const match::Copy& copy, const Style& style, std::size_t line) {
  if (copy.declared.empty()) return {};
  std::string out = "\n" + style(Paint::strong, "What the copy says of itself") + "\n";
  for (const match::Declaration& declared : copy.declared) {
    out += indented(
        fmt::format("{}: {}", to_line(declaration_text(declared)),
                    declared.agrees      ? "agrees"
                    : declared.overruled ? "as a release's own file says, whatever its number"
                                         : "CONTRADICTS the contents"),
        2, line);
  }
  return out;
}

std::string head_part(const match::Copy& copy, const Style& style, std::size_t line) {
  const std::string title =
      fmt::format("{} {} in {}", to_line(copy.component), to_line(version_text(copy.versions)),
                  copy.path.empty() ? "." : to_line(copy.path));
  std::string out;
  for (const std::string& part : wrap(title, line)) out += style(Paint::strong, part) + "\n";
  out += indented(
      fmt::format(
          "{}; confidence {}; covers {} of the release's code files; the release explains {} of "
          "the copy's; {} of the code that was found is unchanged",
          match::name_of(copy.verdict), percent_text(copy.confidence),
          percent_text(copy.coverage_ratio), percent_text(copy.purity_ratio),
          percent_text(copy.unchanged_ratio)),
      2, line);
  out += indented("files: " + counts_text(copy.counts), 2, line);
  if (!copy.version_note.empty())
    out += indented("version: " + to_line(copy.version_note), 2, line);
  if (!copy.licence.empty()) out += indented("licence: " + to_line(copy.licence), 2, line);
  for (const std::string& other : copy.alternatives)
    out += indented("could as well be " + to_line(other), 2, line);
  return out;
}

}  // namespace

std::string explain_text(const match::Copy& copy, const Options& options) {
  const Style style(options);
  const std::size_t line = line_columns(options);
  std::string out = head_part(copy, style, line) + declared_part(copy, style, line) +
                    rivals_part(copy, style, line);
  for (const Section& section : sections()) out += file_lines(copy, section, style, line);
  return out;
}

std::string explain_json(const match::Copy& copy, const Options& options) {
  Json out;
  out["schema"] = "https://stowaway.invalid/schema/explain-1.json";
  out["format_version"] = kJsonFormatVersion;
  out["tool"] = {{"name", kToolName}, {"version", json_text(options.tool_version)}};
  if (!options.timestamp.empty()) out["timestamp"] = json_text(options.timestamp);
  out["copy"] = copy_json(copy);
  return to_document(out);
}

}  // namespace stowaway::report
