#include "report/sarif.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <span>
#include <string_view>
#include <utility>

#include "fingerprint/identity.h"
#include "report/common.h"
#include "report/json_text.h"
#include "report/policy_report.h"
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
// Only with a policy: one for each of its keys.
constexpr Rule kPolicyRules[] = {
    {"policy-allow", "PolicyAllow", "error",
     "The policy does not allow this component or version to be embedded."},
    {"policy-deny", "PolicyDeny", "error",
     "The policy denies that this component or version is embedded."},
    {"policy-require", "PolicyRequire", "error",
     "The policy requires another version of this component."},
    {"policy-deny-licences", "PolicyDenyLicences", "error",
     "The policy denies components under this licence."},
};
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

void add_rules(std::span<const Rule> rules, Json& list) {
  for (const Rule& rule : rules) {
    list.push_back(
        {{"id", rule.id},
         {"name", rule.name},
         {"shortDescription", {{"text", rule.text}}},
         {"fullDescription", {{"text", rule.text}}},
         {"help",
          {{"text", fmt::format("{} `stowaway explain` tells file by file why.", rule.text)}}},
         {"defaultConfiguration", {{"level", rule.level}}}});
  }
}

Json rules(const Options& options) {
  Json list = Json::array();
  add_rules(kRules, list);
  if (options.policy != nullptr) add_rules(kPolicyRules, list);
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

Json result_of(std::size_t index, std::string_view message, std::string_view path,
               const std::string& print) {
  const Rule& rule =
      index < std::size(kRules) ? kRules[index] : kPolicyRules[index - std::size(kRules)];
  return {{"ruleId", rule.id},
          {"ruleIndex", index},
          {"level", rule.level},
          {"message", {{"text", message_text(message)}}},
          {"locations", Json::array({location_of(path)})},
          {"partialFingerprints",
           {{"primaryLocationLineHash", print + ":1"}, {"stowawayCopy/v1", print}}}};
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

Json result_of(const match::ScanResult& result, const Judgement& judgement,
               const Violation& violation, Fingerprints& prints) {
  const match::Copy& copy = result.copies[violation.copy];
  const std::string id = "policy-" + violation.rule;
  const auto* rule = std::ranges::find(kPolicyRules, id, [](const Rule& one) { return one.id; });
  const std::string message =
      fmt::format("{} ({}).", violation.message, rule_text(judgement, violation));
  return result_of(std::size(kRules) + static_cast<std::size_t>(rule - kPolicyRules), message,
                   copy.path, prints.of(id + " " + violation.text, copy.path, copy.component));
}

Json results_of(const match::ScanResult& result, const Options& options) {
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
  if (options.policy != nullptr)
    for (const Violation& violation : options.policy->violations)
      list.push_back(result_of(result, *options.policy, violation, prints));
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
  Json driver = {{"name", "Stowaway"}, {"rules", rules(options)}};
  if (!options.tool_version.empty()) {
    driver["version"] = json_text(options.tool_version);
    driver["semanticVersion"] = json_text(options.tool_version);
  }
  Json run;
  run["tool"] = {{"driver", std::move(driver)}};
  run["invocations"] = Json::array({invocation_of(result, options)});
  run["originalUriBaseIds"] = {
      {"%SRCROOT%", {{"description", {{"text", "The root of the subject."}}}}}};
  run["results"] = results_of(result, options);
  run["columnKind"] = "unicodeCodePoints";
  run["automationDetails"] = {{"id", "stowaway/"}};
  Json out;
  out["$schema"] = "https://json.schemastore.org/sarif-2.1.0.json";
  out["version"] = "2.1.0";
  out["runs"] = Json::array({std::move(run)});
  return to_document(out);
}

}  // namespace stowaway::report
