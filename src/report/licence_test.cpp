#include "report/licence.h"

#include <gtest/gtest.h>

namespace stowaway::report {
namespace {

TEST(Licence, expressions_follow_the_grammar) {
  for (const char* text :
       {"MIT", "GPL-2.0+", "IJG AND BSD-3-Clause AND Zlib", "(MIT OR Apache-2.0) AND Zlib",
        "GPL-2.0-only WITH Classpath-exception-2.0", "LicenseRef-lua-old", "((MIT))",
        "DocumentRef-spdx-tool-1.2:LicenseRef-MIT-Style-2"}) {
    EXPECT_TRUE(is_licence_expression(text)) << text;
  }
  for (const char* text : {"", " ", "MIT AND", "AND MIT", "MIT Zlib", "(MIT", "MIT)", "MIT WITH",
                           "see COPYING, or ask", "MIT/X11", "LicenseRef-", "DocumentRef-a",
                           "DocumentRef-", "MIT\n", "MIT OR OR Zlib", "+"}) {
    EXPECT_FALSE(is_licence_expression(text)) << text;
  }
  EXPECT_FALSE(is_licence_expression(std::string(2000, '(') + "MIT" + std::string(2000, ')')));
}

TEST(Licence, references_are_listed_once) {
  EXPECT_EQ(licence_references("LicenseRef-b OR (MIT AND LicenseRef-a) OR LicenseRef-b"),
            (std::vector<std::string>{"LicenseRef-b", "LicenseRef-a"}));
  EXPECT_TRUE(licence_references("not an LicenseRef-x").empty());
}

}  // namespace
}  // namespace stowaway::report
