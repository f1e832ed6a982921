#include "kb/miner/version_rule.h"

#include <gtest/gtest.h>

#include <string>

namespace stowaway::kb {
namespace {

using Where = VersionRule::Where;

struct Row {
  const char *rule, *regex, *text;
  std::optional<std::string> version;
};

TEST(VersionRule, makes_versions_of_what_the_expression_captures) {
  const Row rows[] = {
      {"id", "^v(.*)$", "v1.2.11", "1.2.11"},
      {"id", "^v(.*)$", "1.2.11", std::nullopt},
      {"id", "^v(.*)$", "v", std::nullopt},  // an empty version is none
      {"id", "v(\\d+)", "prev7-x", "7"},     // not anchored
      {"id", "^v(\\d+)(?:x(\\d+))?$", "v1x2", "1"},
      {"id", "^(?:v(\\d+)|x)$", "x", std::nullopt},  // the group took no part
      {"id", "^R_(.*)$", "R_2_6_4", "2_6_4"},
      {"us", "^R_(.*)$", "R_2_6_4", "2.6.4"},
      {"us", "^(.*)$", "1-2_3", "1-2.3"},
      {"dash", "^(.*)$", "1-2_3", "1.2_3"},
      {"usdash", "^(.*)$", "1-2_3", "1.2.3"},
      {"digits", "^r(.*)$", "r126", "1.2.6"},
      {"digits", "^r(.*)$", "r7", "7"},
      {"digits", "^r(.*)$", "r12a", "12a"},
      {"stripv", "^x-(.*)$", "x-v1.2", "1.2"},
      {"stripv", "^x-(.*)$", "x-1.2", "1.2"},
      {"subject:us", "^Release (\\S+)$", "Release 1_2", "1.2"},
      {"filehist:src/zlib.h:id", "^#define VERSION \"(.*)\"$",
       "/* x */\n#define VERSION \"1.2\"\nint a;\n", "1.2"},
      {"rolling", "", "anything", std::nullopt},
      {"fixed:1.0", "", "1.0", std::nullopt},
  };
  for (const Row& row : rows) {
    const auto rule = VersionRule::parse(row.rule, row.regex);
    ASSERT_TRUE(rule) << row.rule << ": " << rule.error().message;
    EXPECT_EQ(rule->version_of(row.text), row.version)
        << row.rule << " " << row.regex << " " << row.text;
  }
}

struct WhereRow {
  const char* rule;
  Where where;
  const char* argument;
};

TEST(VersionRule, says_where_versions_are_found) {
  const WhereRow rows[] = {
      {"id", Where::tags, ""},
      {"us", Where::tags, ""},
      {"subject:id", Where::subjects, ""},
      {"filehist:VERSION:id", Where::file_history, "VERSION"},
      {"filehist:a/b:c.h:dash", Where::file_history, "a/b:c.h"},
      {"fixed:1.0", Where::fixed, "1.0"},
      {"fixed:1:2", Where::fixed, "1:2"},
      {"rolling", Where::rolling, ""},
  };
  for (const WhereRow& row : rows) {
    const auto rule = VersionRule::parse(row.rule, "(.*)");
    ASSERT_TRUE(rule) << row.rule;
    EXPECT_EQ(rule->where(), row.where) << row.rule;
    EXPECT_EQ(rule->argument(), row.argument) << row.rule;
  }
}

TEST(VersionRule, refuses_what_it_does_not_know) {
  for (const char* rule :
       {"", "upper", "tags:id", "subject", "subject:", "subject:upper", "subject:a:id",
        "filehist:id", "filehist:VERSION:upper", "fixed", "rolling:id", "id:"}) {
    const auto parsed = VersionRule::parse(rule, "(.*)");
    ASSERT_FALSE(parsed) << rule;
    EXPECT_EQ(parsed.error().code, ErrorCode::invalid_argument) << rule;
  }
}

TEST(VersionRule, refuses_expressions_that_cannot_work) {
  for (const char* regex : {"", "^v.*$", "^v(?:.*)$", "(", "^v(.*$", "[", "(?<n>", "*"}) {
    const auto parsed = VersionRule::parse("id", regex);
    ASSERT_FALSE(parsed) << regex;
    EXPECT_EQ(parsed.error().code, ErrorCode::invalid_argument) << regex;
  }
}

TEST(VersionRule, gives_up_on_expressions_that_explode) {
  const auto rule = VersionRule::parse("id", "^((?:a|aa|a?a)+)+$");
  ASSERT_TRUE(rule);
  EXPECT_EQ(rule->version_of(std::string(200, 'a') + "b"), std::nullopt);
}

TEST(VersionRule, is_a_value) {
  auto rule = VersionRule::parse("id", "^v(.*)$");
  ASSERT_TRUE(rule);
  const VersionRule copy = *rule;
  rule = VersionRule::parse("rolling", "");
  EXPECT_EQ(copy.version_of("v3"), "3");
}

TEST(Expression, has_a_limit_on_its_steps) {
  const auto slow = Expression::compile("^(a+)+$");
  ASSERT_TRUE(slow);
  EXPECT_TRUE(slow->matches("aaaa"));
  EXPECT_FALSE(slow->matches(std::string(60, 'a') + "b"));
  EXPECT_FALSE(Expression::compile("("));
}

}  // namespace
}  // namespace stowaway::kb
