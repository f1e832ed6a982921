#include "report/common.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "report/text.h"

namespace stowaway::report {
namespace {

// True if following nested_in from `start` comes to an end.
bool has_root(const match::ScanResult& result, std::size_t start) {
  std::size_t at = start;
  for (std::size_t steps = 0; steps <= result.copies.size(); ++steps) {
    const auto& parent = result.copies[at].nested_in;
    if (!parent || *parent >= result.copies.size()) return true;
    at = *parent;
  }
  return false;
}

std::string joined(const std::vector<std::string>& items, std::string_view separator) {
  std::string out;
  for (const std::string& item : items) {
    if (!out.empty()) out += separator;
    out += item;
  }
  return out;
}

}  // namespace

Forest forest_of(const match::ScanResult& result) {
  const std::size_t count = result.copies.size();
  Forest forest{{}, std::vector<std::vector<std::size_t>>(count)};
  for (std::size_t i = 0; i < count; ++i) {
    const auto& parent = result.copies[i].nested_in;
    if (parent && *parent < count && has_root(result, i)) {
      forest.children[*parent].push_back(i);
    } else {
      forest.roots.push_back(i);
    }
  }
  return forest;
}

std::vector<TreeRow> in_tree_order(const match::ScanResult& result) {
  const Forest forest = forest_of(result);
  std::vector<TreeRow> rows;
  std::vector<TreeRow> waiting;  // a stack: the next row is at the back
  const auto push = [&waiting](const std::vector<std::size_t>& copies, std::size_t depth) {
    for (auto copy = copies.rbegin(); copy != copies.rend(); ++copy) {
      waiting.push_back({*copy, depth});
    }
  };
  push(forest.roots, 0);
  while (!waiting.empty()) {
    const TreeRow row = waiting.back();
    waiting.pop_back();
    rows.push_back(row);
    push(forest.children[row.copy], row.depth + 1);
  }
  return rows;
}

std::string version_text(const std::vector<std::string>& versions) {
  switch (versions.size()) {
    case 0: return "unknown";
    case 1: return versions[0];
    case 2: return versions[0] + " or " + versions[1];
    default: return fmt::format("{} … {} ({})", versions.front(), versions.back(), versions.size());
  }
}

std::optional<std::string> exact_version(const std::vector<std::string>& versions) {
  if (versions.size() != 1 || versions[0].empty()) return std::nullopt;
  return versions[0];
}

double rounded(double ratio) {
  if (!(ratio > 0)) return 0;  // NaN too
  return std::round(std::min(ratio, 1.0) * 1e4) / 1e4;
}

std::string percent_text(double ratio) {
  const double percent = std::isnan(ratio) ? 0 : std::clamp(ratio, 0.0, 1.0) * 100;
  if (percent == 0 || percent == 100) return fmt::format("{:.0f}%", percent);
  return fmt::format("{:.1f}%", std::clamp(percent, 0.1, 99.9));
}

std::string bytes_text(std::uint64_t bytes) {
  static constexpr std::string_view kUnits[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
  if (bytes < 1000) return count_text(bytes, "byte", "bytes");
  double size = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  while (size >= 999.95 && unit + 1 < std::size(kUnits)) {
    size /= 1000;
    ++unit;
  }
  return fmt::format("{:.1f} {}", size, kUnits[unit]);
}

std::string reason_of(const match::DeclaredOnly& declared) {
  return declared.known_from.empty() ? declared.declared_in + " says so"
                                     : "known only as " + declared.known_from;
}

std::string count_text(std::uint64_t count, std::string_view singular, std::string_view plural) {
  return fmt::format("{} {}", count, count == 1 ? singular : plural);
}

std::string purl_with_version(std::string_view purl, std::string_view version) {
  if (purl.empty()) return {};
  const std::size_t end = std::min(purl.find_first_of("?#"), purl.size());
  return to_utf8(
      fmt::format("{}@{}{}", purl.substr(0, end), percent_encode(version, ":"), purl.substr(end)));
}

std::string subject_name(const match::ScanResult& result) {
  std::string_view name = result.subject;
  while (name.ends_with('/')) name.remove_suffix(1);
  const std::size_t slash = name.rfind('/');
  if (slash != std::string_view::npos) name.remove_prefix(slash + 1);
  if (name.empty() || name == "." || name == ".." || name == "-") return "subject";
  return std::string(name);
}

std::string counts_text(const match::FileCounts& counts) {
  std::vector<std::string> parts;
  const auto add = [&parts](std::uint32_t count, std::string_view what) {
    if (count != 0) parts.push_back(fmt::format("{} {}", count, what));
  };
  add(counts.identical, "identical");
  add(counts.reformatted, "reformatted");
  add(counts.changed, "changed");
  add(counts.other_release, "of another release");
  add(counts.added, "added");
  add(counts.missing, "missing");
  return parts.empty() ? "no file" : joined(parts, ", ");
}

const match::Declaration* disagreement(const match::Copy& copy) {
  const auto found = std::find_if(
      copy.declared.begin(), copy.declared.end(),
      [](const auto& declaration) { return !declaration.agrees && !declaration.overruled; });
  return found == copy.declared.end() ? nullptr : &*found;
}

std::string declaration_text(const match::Declaration& declaration) {
  return fmt::format("{} in {} states {}", declaration.method, declaration.path,
                     declaration.version);
}

std::vector<std::string> notes_of(const match::Copy& copy) {
  std::vector<std::string> notes;
  if (!copy.version_note.empty()) notes.push_back(copy.version_note);
  if (copy.verdict == match::Verdict::modified && copy.unchanged_ratio < 1) {
    notes.push_back(fmt::format("{} of its code unchanged", percent_text(copy.unchanged_ratio)));
  }
  if (const match::Declaration* other = disagreement(copy)) {
    notes.push_back("but " + declaration_text(*other));
  }
  if (!copy.alternatives.empty()) {
    notes.push_back("could as well be " + joined(copy.alternatives, ", "));
  }
  return notes;
}

}  // namespace stowaway::report
