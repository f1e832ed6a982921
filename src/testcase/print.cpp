#include "testcase/print.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace stowaway::testcase {
namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

// Columns as wide as their widest cell; the last one as it is. UTF-8 counts by code points.
std::string table(const std::vector<std::vector<std::string>>& rows) {
  const auto width_of = [](const std::string& cell) {
    return static_cast<std::size_t>(std::ranges::count_if(
        cell, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
  };
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line.append(widths[i] - width_of(row[i]) + 2, ' ');
    }
    while (line.ends_with(' ')) line.pop_back();
    text += line + "\n";
  }
  return text;
}

std::string versions_text(const std::vector<std::string>& versions) {
  if (versions.empty()) return "unknown";
  if (versions.size() == 1) return escape_for_terminal(versions.front());
  return escape_for_terminal(versions.front()) + " … " + escape_for_terminal(versions.back());
}

Json outcome_json(const CaseOutcome& outcome) {
  return {{"case", outcome.test},           {"advisory", outcome.advisory},
          {"component", outcome.component}, {"path", outcome.path},
          {"versions", outcome.versions},   {"verdict", name_of(outcome.verdict)},
          {"variant", outcome.variant},     {"evidence", outcome.evidence},
          {"errors", outcome.errors},       {"missing_variant", outcome.missing_variant},
          {"ran_with", outcome.ran_with}};
}

Json sweep_summary(const Case& test, const Sweep& sweep) {
  Json spans = Json::array();
  for (const VerdictSpan& span : sweep.spans)
    spans.push_back({{"verdict", name_of(span.verdict)},
                     {"first", span.first},
                     {"last", span.last},
                     {"releases", span.releases}});
  return {{"format", "stowaway-testcase-sweep-1"},
          {"case", test.name},
          {"advisory", test.advisory},
          {"component", test.component},
          {"ran_with", sweep.outcomes.empty() ? "" : sweep.outcomes.front().ran_with},
          {"releases", sweep.outcomes.size()},
          {"claimed", describe(test.affected)},
          {"observed", describe(sweep.spans, Verdict::vulnerable)},
          {"vulnerable_unclaimed", sweep.vulnerable_unclaimed},
          {"clean_though_claimed", sweep.clean_though_claimed},
          {"spans", spans}};
}

constexpr std::array kVerdicts{Verdict::vulnerable, Verdict::not_vulnerable,
                               Verdict::not_applicable, Verdict::needs_variant, Verdict::error};

}  // namespace

std::string list_text(std::span<const Case> cases) {
  std::vector<std::vector<std::string>> rows{
      {"CASE", "COMPONENT", "AFFECTED", "VARIANTS", "TITLE"}};
  for (const Case& test : cases)
    rows.push_back({test.name, test.component, describe(test.affected),
                    std::to_string(test.variants.size()), escape_for_terminal(test.title)});
  return table(rows);
}

std::string list_json(std::span<const Case> cases,
                      std::span<const std::vector<ControlRecord>> records) {
  Json list = Json::array();
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const Case& test = cases[i];
    Json ranges = Json::array(), variants = Json::array();
    for (const VersionRange& range : test.affected)
      ranges.push_back({{"introduced", range.introduced},
                        {"fixed", range.fixed},
                        {"last_affected", range.last_affected}});
    for (const Variant& variant : test.variants) variants.push_back(variant.name);
    list.push_back({{"case", test.name},
                    {"advisory", test.advisory},
                    {"aliases", test.aliases},
                    {"component", test.component},
                    {"title", test.title},
                    {"language", name_of(test.language)},
                    {"affected", ranges},
                    {"vulnerable", test.vulnerable},
                    {"fixed", test.fixed},
                    {"variants", variants},
                    {"verified_with", verified_with(records[i], test)}});
  }
  return dump({{"format", "stowaway-testcase-list-1"}, {"cases", list}});
}

std::string outcomes_text(const std::string& subject, std::span<const CaseOutcome> outcomes) {
  std::vector<std::vector<std::string>> rows{
      {"PATH", "COMPONENT", "VERSION", "CASE", "VERDICT", "EVIDENCE"}};
  std::string notes;
  for (const CaseOutcome& outcome : outcomes) {
    const std::string path = outcome.path.empty() ? "." : escape_for_terminal(outcome.path);
    rows.push_back({path, outcome.component, versions_text(outcome.versions), outcome.test,
                    std::string(name_of(outcome.verdict)), outcome.evidence});
    if (outcome.errors.empty()) continue;
    notes += fmt::format("\n{} at {}: no variant could be built, which says nothing about safety\n",
                         outcome.test, path);
    for (const std::string& line : outcome.errors) notes += "  " + line + "\n";
    notes += outcome.missing_variant;
  }
  return escape_for_terminal(subject) + "\n" + table(rows) + notes;
}

std::string outcomes_json(const std::string& subject, std::span<const CaseOutcome> outcomes) {
  Json list = Json::array();
  for (const CaseOutcome& outcome : outcomes) list.push_back(outcome_json(outcome));
  return dump({{"format", "stowaway-testcase-run-1"}, {"subject", subject}, {"outcomes", list}});
}

std::string verification_text(const Case& test, const Verification& verification) {
  const auto line = [&](const char* role, const CaseOutcome& outcome) {
    std::string text = fmt::format("  {} {}: {}: {}\n", role, versions_text(outcome.versions),
                                   name_of(outcome.verdict), outcome.evidence);
    for (const std::string& error : outcome.errors) text += "    " + error + "\n";
    return text;
  };
  return fmt::format("{}: {} with {}\n", test.name,
                     verification.told_apart() ? "verified" : "REFUSED, does not tell them apart",
                     verification.vulnerable.ran_with) +
         line("vulnerable", verification.vulnerable) + line("fixed     ", verification.fixed);
}

std::string sweep_text(const Case& test, const Sweep& sweep) {
  std::string text =
      fmt::format("{}: {} releases of {}\n", test.name, sweep.outcomes.size(), test.component);
  for (const Verdict verdict : kVerdicts)
    if (sweep.count(verdict) > 0)
      text += fmt::format("  {:<14} {:>4}  {}\n", name_of(verdict), sweep.count(verdict),
                          describe(sweep.spans, verdict));
  text += fmt::format("  claimed              {}\n", describe(test.affected));
  if (!sweep.vulnerable_unclaimed.empty())
    text += fmt::format("  vulnerable, though not claimed: {}\n",
                        fmt::join(sweep.vulnerable_unclaimed, ", "));
  if (!sweep.clean_though_claimed.empty())
    text += fmt::format("  not vulnerable, though claimed: {}\n",
                        fmt::join(sweep.clean_though_claimed, ", "));
  return text;
}

std::string sweep_json(const Case& test, const Sweep& sweep) {
  Json json = sweep_summary(test, sweep), outcomes = Json::array();
  for (const CaseOutcome& outcome : sweep.outcomes) outcomes.push_back(outcome_json(outcome));
  json["outcomes"] = outcomes;
  return dump(json);
}

std::string sweep_record(const Case& test, const Sweep& sweep) {
  return dump(sweep_summary(test, sweep));
}

}  // namespace stowaway::testcase
