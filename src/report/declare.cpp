#include "report/declare.h"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "report/common.h"
#include "report/embeds.h"

namespace stowaway::report {
namespace {

bool is_rpm_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_' || c == '+';
}

std::string rpm_name(std::string_view name) {
  std::string out;
  for (const char c : name) out += is_rpm_character(c) || c == '-' ? c : '_';
  return out;
}

// RPM ends a version at "-" and sorts 1.0rc1 after 1.0; "~" sorts before the end, so 1.0-rc1
// and 1.0rc1 become 1.0~rc1.
std::string rpm_version(std::string_view version) {
  static constexpr std::string_view kBefore[] = {"alpha", "beta", "dev", "pre", "rc"};
  std::string out;
  for (std::size_t i = 0; i < version.size(); ++i) {
    const bool is_separator = version[i] == '-' || version[i] == '.' || version[i] == '_';
    const std::string_view rest = version.substr(is_separator ? i + 1 : i);
    const bool is_word =
        !out.empty() && (is_separator || std::isdigit(static_cast<unsigned char>(out.back())) != 0);
    if (is_word && std::any_of(std::begin(kBefore), std::end(kBefore),
                               [rest](std::string_view word) { return rest.starts_with(word); })) {
      out += '~';
      if (is_separator) continue;
    }
    out += is_rpm_character(version[i]) ? version[i] : version[i] == '-' ? '.' : '_';
  }
  return out;
}

bool is_rpm_version(std::string_view version) {
  return !version.empty() && std::isalnum(static_cast<unsigned char>(version[0])) != 0;
}

// For a comment: words that no macro can start in.
std::string rpm_comment(const match::Copy& copy) {
  std::vector<std::string> parts;
  if (copy.versions.size() > 1) {
    parts.push_back(fmt::format("one of {} releases from {} to {}", copy.versions.size(),
                                rpm_version(copy.versions.front()),
                                rpm_version(copy.versions.back())));
  }
  if (copy.versions.empty()) parts.push_back("version unknown");
  if (copy.verdict == match::Verdict::modified) parts.push_back("modified");
  if (copy.verdict == match::Verdict::fragment) parts.push_back("a fragment");
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text.empty() ? "" : fmt::format("# {}: {}\n", rpm_name(copy.component), text);
}

}  // namespace

std::string write_deb822(const match::ScanResult& result, const Options& options) {
  return embeds_field(options.field, embeds_of(result, options.with_paths));
}

std::string write_rpm(const match::ScanResult& result, const Options&) {
  std::map<std::string, std::set<std::string>> lines;  // the comments that stand above each
  for (const match::Copy& copy : result.copies) {
    if (copy.component.empty()) continue;
    std::string line = fmt::format("Provides: bundled({})", rpm_name(copy.component));
    const std::string version = rpm_version(exact_version(copy.versions).value_or(""));
    if (is_rpm_version(version)) line += " = " + version;
    lines[line].insert(rpm_comment(copy));
  }
  std::string out;
  for (const auto& [line, comments] : lines) {
    for (const std::string& comment : comments) out += comment;
    out += line + "\n";
  }
  return out;
}

}  // namespace stowaway::report
