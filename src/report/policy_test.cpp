#include "report/policy.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <nlohmann/json.hpp>

#include "report/licence.h"
#include "report/testing/sample.h"

namespace stowaway::report {
namespace {

using testing::copy_of;

Policy parsed(std::string_view text) {
  auto policy = parse_policy(text, "stowaway.toml");
  EXPECT_TRUE(policy) << policy.error().message;
  return policy.value_or(Policy{});
}

std::string refusal(std::string_view text) {
  const auto policy = parse_policy(text, "stowaway.toml");
  EXPECT_FALSE(policy) << text;
  return policy ? "" : policy.error().message;
}

match::ScanResult with(std::vector<match::Copy> copies) {
  match::ScanResult result;
  result.copies = std::move(copies);
  return result;
}

// One line for each broken rule, then one for each acceptance.
std::string judged(std::string_view policy, const match::ScanResult& result,
                   std::string_view today = "2026-11-23") {
  const Judgement judgement = judge(parsed(policy), result, today);
  std::string text;
  for (const Violation& violation : judgement.violations)
    text += fmt::format("{} {}:{}: {}\n", result.copies[violation.copy].path, violation.rule,
                        violation.line, violation.message);
  for (const AcceptedCopy& accepted : judgement.accepted)
    text +=
        fmt::format("{} accepted by {}\n", result.copies[accepted.copy].path, accepted.acceptance);
  return text;
}

const match::ScanResult kTwo = with({copy_of("a/zlib", "zlib", "", "Zlib", {"1.2.8"}),
                                     copy_of("b/expat", "expat", "", "MIT", {"2.4.6", "2.4.7"})});

TEST(Policy, an_empty_one_breaks_nothing) { EXPECT_EQ(judged("", kTwo), ""); }

TEST(Policy, allow_names_all_that_may_be_there) {
  EXPECT_EQ(judged("allow = [\"zlib\", \"expat\"]", kTwo), "");
  EXPECT_EQ(judged("allow = [\"z*\", \"ex*>=2.4.6\"]", kTwo), "");
  EXPECT_EQ(judged("allow = []", kTwo),
            "a/zlib allow:0: zlib 1.2.8 is not among what is allowed\n"
            "b/expat allow:0: expat 2.4.6 or 2.4.7 is not among what is allowed\n");
  EXPECT_EQ(judged("allow = [\n \"zlib > 1.2.8\",\n \"zlib < 1\", \"expat\"]", kTwo),
            "a/zlib allow:2: zlib 1.2.8 is allowed only > 1.2.8\n");
}

TEST(Policy, every_version_that_a_copy_may_have_counts) {
  EXPECT_EQ(judged("require = [\"expat >= 2.4.7\"]", kTwo),
            "b/expat require:1: expat 2.4.6 or 2.4.7 has to be >= 2.4.7\n");
  EXPECT_EQ(judged("require = [\"expat >= 2.4.0, < 3\"]", kTwo), "");
  EXPECT_EQ(judged("deny = [\"expat = 2.4.7\"]", kTwo),
            "b/expat deny:1: expat 2.4.6 or 2.4.7 may be denied\n");
  EXPECT_EQ(judged("deny = [\"zlib != 1.2.13\"]", kTwo), "a/zlib deny:1: zlib 1.2.8 is denied\n");
  const auto unknown = with({copy_of("", "six", "", "", {})});
  EXPECT_EQ(judged("require = [\"six >= 1\"]\ndeny = [\"six < 1\"]\nallow = [\"six\"]", unknown),
            " deny:2: six of unknown version may be denied\n"
            " require:1: six of unknown version has to be >= 1\n");
}

TEST(Policy, licences_that_leave_a_choice_are_not_denied) {
  const auto licence = [](const char* expression) {
    return with({copy_of("x", "x", "", expression, {"1"})});
  };
  const char* rule = "deny-licences = [\"GPL-*\", \"unknown\"]";
  EXPECT_EQ(judged(rule, licence("MIT")), "");
  EXPECT_EQ(judged(rule, licence("MIT OR GPL-2.0-only")), "");
  EXPECT_EQ(judged(rule, licence("MIT AND GPL-2.0-only")),
            "x deny-licences:1: x 1 is under MIT AND GPL-2.0-only, which is denied\n");
  EXPECT_NE(judged(rule, licence("MIT AND (GPL-2.0-only OR GPL-3.0-only)")), "");
  EXPECT_EQ(judged(rule, licence("GPL-2.0-only AND MIT OR Zlib")), "");
  EXPECT_EQ(judged(rule, licence("")), "x deny-licences:1: x 1 has no known licence\n");
  EXPECT_EQ(judged("deny-licences = [\"GPL-2.0-only\"]",
                   licence("GPL-2.0-only WITH Classpath-exception-2.0")),
            "");
  EXPECT_NE(judged("deny-licences = [\"see *\"]", licence("see the file itself")), "");
}

TEST(Policy, accepted_paths_end_with_their_day) {
  const char* policy =
      "allow = []\n[[accept]]\npath = \"a\"\nuntil = 2026-11-23\nbecause = \"old\"\n"
      "[[accept]]\npath = \"*/expat\"\ncomponent = \"expat\"\n";
  EXPECT_EQ(judged(policy, kTwo), "a/zlib accepted by 0\nb/expat accepted by 1\n");
  EXPECT_EQ(judged(policy, kTwo, "2026-11-24"),
            "a/zlib allow:0: zlib 1.2.8 is not among what is allowed\nb/expat accepted by 1\n");
  EXPECT_NE(judged("allow = []\n[[accept]]\npath = \"a/zli\"\n", kTwo).find("a/zlib allow"),
            std::string::npos);
  EXPECT_EQ(judged("[[accept]]\npath = \"*\"\n", kTwo), "");  // nothing that needs it
}

TEST(Policy, what_means_nothing_is_refused_with_its_line) {
  EXPECT_EQ(refusal("\nallowed = []"),
            "line 2: \"allowed\" means nothing; there are allow, deny, require, deny-licences and "
            "[[accept]]");
  EXPECT_EQ(refusal("allow = \"zlib\""),
            "line 1: \"allow\" has to be a list of texts like \"zlib >= 1.2.11\"");
  EXPECT_EQ(refusal("allow = [\n1]"),
            "line 2: \"allow\" has to be a list of texts like \"zlib >= 1.2.11\"");
  for (const char* bad : {"", ">= 1", "zlib 1.2", "zlib >=", "zlib >= >= 1", "zlib => 1"})
    EXPECT_EQ(refusal(fmt::format("deny = [\"{}\"]", bad)),
              "line 1: \"deny\" has to be a component, and comparisons like >= 1.2.11 behind it");
  EXPECT_EQ(refusal("[[accept]]\nbecause = \"x\""), "line 1: [[accept]] without a path");
  EXPECT_EQ(refusal("[[accept]]\npath = \"x\"\nuntil = \"soon\""),
            "line 3: \"until\" has to be a date: 2027-01-31");
  EXPECT_NE(refusal("[[accept]]\npath = \"x\"\nuntill = 2027-01-31").find("line 3: \"untill\""),
            std::string::npos);
  EXPECT_EQ(refusal("accept = [1]"), "line 1: \"accept\" has to be tables: [[accept]]");
  EXPECT_TRUE(refusal("allow = [").starts_with("line 1: "));
  EXPECT_EQ(refusal(std::string_view("\n[ \0o\0", 6)), "line 2: a control character");
  EXPECT_EQ(refusal("\nallow = [\"\xc3\xa9\"]"), "line 2: write what is not ASCII as \\u00e9");
  EXPECT_EQ(parsed("[[accept]]\npath = \"\\u00e9\"").accept.front().path, "\xc3\xa9");
  EXPECT_TRUE(refusal("a = \"\xff\"").starts_with("line 1: "));
  EXPECT_NE(refusal(std::string((1U << 20) + 1, '\n')).find("more than"), std::string::npos);
}

RC_GTEST_PROP(PolicyProperty, any_text_is_a_policy_or_an_error, (const std::string& text)) {
  static_cast<void>(parse_policy(text, "x"));
  static_cast<void>(parse_policy("allow = [\"" + text + "\"]", "x"));
}

RC_GTEST_PROP(PolicyProperty, any_licence_is_denied_or_not, (const std::string& text)) {
  RC_ASSERT(can_be_had_without(text, [](std::string_view) { return false; }));
  RC_ASSERT(!can_be_had_without(text, [](std::string_view) { return true; }));
}

TEST(PolicyReports, table_json_and_sarif_say_which_rule) {
  const auto result = testing::hostile();
  const Judgement judgement =
      judge(parsed("allow = []\ndeny-licences = [\"*\"]"), result, "2026-11-23");
  ASSERT_FALSE(judgement.violations.empty());
  Options options = testing::sample_options();
  options.policy = &judgement;
  EXPECT_NE(write("table", result, options)->find("Policy stowaway.toml: 8 rules broken"),
            std::string::npos);
  const auto json = nlohmann::json::parse(*write("json", result, options));
  EXPECT_EQ(json["policy"]["violations"].size(), 8U);
  EXPECT_TRUE(json["policy"]["violations"][0]["line"].is_null());
  EXPECT_EQ(json["policy"]["violations"][1]["line"], 2);
  const auto sarif = nlohmann::json::parse(*write("sarif", result, options));
  const auto& run = sarif["runs"][0];
  std::size_t policy_results = 0;
  for (const auto& one : run["results"]) {
    EXPECT_EQ(run["tool"]["driver"]["rules"][one["ruleIndex"].get<std::size_t>()]["id"],
              one["ruleId"]);
    policy_results += one["level"] == "error";
  }
  EXPECT_EQ(policy_results, 8U);
}

}  // namespace
}  // namespace stowaway::report
