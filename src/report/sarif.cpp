#include "report/sarif.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>
#include <utility>

#include "fingerprint/identity.h"
#include "report/common.h"
#include "report/json_text.h"
#include "report/text.h"

namespace stowaway::report {
namespace {

// One rule for each verdict, in the order of the enumeration, and one for what only declares
// itself. Level "note": an embedded copy is a fact to know, not yet a fault; "warning" where a fix
// cannot simply be taken from upstream.
struct Rule {
  const char* id;
  const char* name;
  const char* level;
  const char* text;
};
constexpr Rule kRules[] = {
    {"embedded-identical", "EmbeddedIdentical", "note",
     "Every code file of a release of another project is embedded here, byte for byte."},
    {"embedded-subset", "EmbeddedSubset", "note",
     "Files of a release of another project are embedded here, unchanged; some of the release is "
     "left out."},
    {"embedded-modified", "EmbeddedModified", "warning",
     "A changed copy of another project is embedded here: an upstream fix may not apply."},
    {"embedded-fragment", "EmbeddedFragment", "note",
     "A few files of another project are embedded here."},
    {"declared-component", "DeclaredComponent", "note",
     "Something declares itself a third-party component, but the knowledge base does not know it."},
};
constexpr std::size_t kDeclaredRule = 4;
constexpr std::size_t kShownGaps =
    1000;  // code scanning refuses large files; the JSON report has them all

std::size_t rule_of(match::Verdict verdict) {
  switch (verdict) {
    case match::Verdict::identical: return 0;
    case match::Verdict::subset: return 1;
    case match::Verdict::modified: return 2;
    case match::Verdict::fragment: return 3;
  }
  return 3;
}

Json rules() {
  Json list = Json::array();
  for (const Rule& rule : kRules) {
    list.push_back(
        {{"id", rule.id},
         {"name", rule.name},
         {"shortDescription", {{"text", rule.text}}},
         {"fullDescription", {{"text", rule.text}}},
         {"help",
          {{"text", fmt::format("{} `stowaway explain` tells file by file why.", rule.text)}}},
         {"defaultConfiguration", {{"level", rule.level}}}});
  }
  return list;
}

// Braces mean placeholders in SARIF messages, and brackets links.
std::string message_text(std::string_view bytes) {
  std::string out;
  for (const char c : to_line(bytes)) {
    if (c == '{' || c == '}') out += c;
    if (c == '[' || c == ']') out += '\\';
    out += c;
  }
  return out;
}

Json location_of(std::string_view path) {
  const std::string uri = path.empty() ? "." : percent_encode(path, "/");
  return {{"physicalLocation",
           {{"artifactLocation", {{"uri", uri}, {"uriBaseId", "%SRCROOT%"}}},
            {"region", {{"startLine", 1}}}}}};
}

// Stays the same while component and place do, whatever the version: so code scanning can follow a
// copy over time.
class Fingerprints {
 public:
  std::string of(std::string_view kind, std::string_view path, std::string_view name) {
    std::string key;
    for (const std::string_view part : {kind, path, name}) key.append(part).push_back('\0');
    const unsigned number = ++seen_[key];
    if (number > 1) key += std::to_string(number);
    return fingerprint::to_hex(fingerprint::sha256_of(fingerprint::as_bytes(key))).substr(0, 32);
  }

 private:
  std::map<std::string, unsigned> seen_;
};

Json result_of(std::size_t rule, std::string_view message, std::string_view path,
               const std::string& print) {
  return {{"ruleId", kRules[rule].id},
          {"ruleIndex", rule},
          {"level", kRules[rule].level},
          {"message", {{"text", message_text(message)}}},
          {"locations", Json::array({location_of(path)})},
          {"partialFingerprints", {{"stowawayCopy/v1", print}}}};
}

Json result_of(const match::Copy& copy, Fingerprints& prints) {
  const std::string version =
      copy.versions.empty() ? "of unknown version" : version_text(copy.versions);
  std::string message =
      fmt::format("{} {} is embedded here ({}, {} of its code files)", copy.component, version,
                  match::name_of(copy.verdict), percent_text(copy.coverage_ratio));
  for (const std::string& note : notes_of(copy)) message += "; " + note;
  message += ".";
  Json result = result_of(rule_of(copy.verdict), message, copy.path,
                          prints.of("copy", copy.path, copy.component));
  result["rank"] = std::round(rounded(copy.confidence) * 1e4) / 1e2;
  Json properties;
  set_bytes(properties, "path", copy.path);
  properties["component"] = json_text(copy.component);
  properties["purl"] = json_text(copy.purl);
  properties["licence"] = json_text(copy.licence);
  properties["versions"] = json_texts(copy.versions);
  properties["confidence"] = rounded(copy.confidence);
  properties["coverage_ratio"] = rounded(copy.coverage_ratio);
  result["properties"] = std::move(properties);
  return result;
}

Json results_of(const match::ScanResult& result) {
  Fingerprints prints;
  Json list = Json::array();
  for (const match::Copy& copy : result.copies) list.push_back(result_of(copy, prints));
  for (const match::DeclaredOnly& declared : result.declared_only) {
    const std::string message = fmt::format(
        "{} {} is not known to the knowledge base: {}.", declared.name,
        declared.version.empty() ? "of unknown version" : declared.version, reason_of(declared));
    list.push_back(result_of(kDeclaredRule, message, declared.path,
                             prints.of("declared", declared.path, declared.name)));
  }
  return list;
}

Json invocation_of(const match::ScanResult& result, const Options& options) {
  Json invocation = {{"executionSuccessful", true}};
  if (!options.timestamp.empty()) invocation["endTimeUtc"] = json_text(options.timestamp);
  Json notifications = Json::array();
  for (std::size_t i = 0; i < std::min(result.gaps.size(), kShownGaps); ++i) {
    const source::Gap& gap = result.gaps[i];
    std::string text = fmt::format("not looked at: {}", source::name_of(gap.reason));
    if (!gap.detail.empty()) text += ", " + gap.detail;
    notifications.push_back({{"level", "warning"},
                             {"message", {{"text", message_text(text)}}},
                             {"locations", Json::array({location_of(gap.path)})}});
  }
  invocation["toolExecutionNotifications"] = std::move(notifications);
  invocation["properties"] = {{"partial", result.partial}, {"gaps", result.summary.gaps}};
  return invocation;
}

}  // namespace

std::string write_sarif(const match::ScanResult& result, const Options& options) {
  Json driver = {{"name", "Stowaway"}, {"rules", rules()}};
  if (!options.tool_version.empty()) {
    driver["version"] = json_text(options.tool_version);
    driver["semanticVersion"] = json_text(options.tool_version);
  }
  Json run;
  run["tool"] = {{"driver", std::move(driver)}};
  run["invocations"] = Json::array({invocation_of(result, options)});
  run["originalUriBaseIds"] = {
      {"%SRCROOT%", {{"description", {{"text", "The root of the subject."}}}}}};
  run["results"] = results_of(result);
  run["columnKind"] = "unicodeCodePoints";
  run["automationDetails"] = {{"id", "stowaway/"}};
  Json out;
  out["$schema"] = "https://json.schemastore.org/sarif-2.1.0.json";
  out["version"] = "2.1.0";
  out["runs"] = Json::array({std::move(run)});
  return to_document(out);
}

}  // namespace stowaway::report
