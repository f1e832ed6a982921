#include "base/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stowaway {
namespace {

using testing::ElementsAre;

TEST(Text, splits_and_trims) {
  EXPECT_THAT(split("a,,b", ','), ElementsAre("a", "", "b"));
  EXPECT_THAT(split("", ','), ElementsAre(""));
  EXPECT_EQ(trimmed(" \t a b \r\n"), "a b");
  EXPECT_EQ(trimmed(" \n"), "");
  EXPECT_EQ(to_lower("AbC-\xC3\x84"), "abc-\xC3\x84");
}

TEST(Text, escapes_what_could_fool_a_reader) {
  EXPECT_EQ(escape_for_terminal("src/zlib \xC3\xA9\xE6\x97\xA5.c"),
            "src/zlib \xC3\xA9\xE6\x97\xA5.c");
  EXPECT_EQ(escape_for_terminal("a\nb\rc\td\\e"), "a\\nb\\rc\\td\\\\e");
  EXPECT_EQ(escape_for_terminal("\x1b[31m"), "\\x1b[31m");
  EXPECT_EQ(escape_for_terminal("\x7f"), "\\x7f");
  EXPECT_EQ(escape_for_terminal("\xC2\x9B"), "\\xc2\\x9b");  // C1: CSI
  EXPECT_EQ(escape_for_terminal("a\xE2\x80\xAE"
                                "cod"),
            "a\\xe2\\x80\\xaecod");  // right-to-left override
  EXPECT_EQ(escape_for_terminal(std::string_view("\0", 1)), "\\x00");
}

TEST(Text, bytes_that_are_no_utf8_are_escaped_one_by_one) {
  EXPECT_EQ(escape_for_terminal("\xFFx"), "\\xffx");
  EXPECT_EQ(escape_for_terminal("\xC3"), "\\xc3");           // cut short
  EXPECT_EQ(escape_for_terminal("\xC0\x80"), "\\xc0\\x80");  // overlong
  EXPECT_EQ(escape_for_terminal("\xE0\x80\x80"), "\\xe0\\x80\\x80");
  EXPECT_EQ(escape_for_terminal("\xED\xA0\x80"), "\\xed\\xa0\\x80");  // surrogate
  EXPECT_EQ(escape_for_terminal("\xF4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
  EXPECT_EQ(escape_for_terminal("\xF0\x9F\x93\xA6"), "\xF0\x9F\x93\xA6");
}

TEST(Text, suggests_only_what_is_near) {
  const std::vector<std::string> names{"scan", "explain", "kb"};
  EXPECT_EQ(nearest("scna", names), "scan");
  EXPECT_EQ(nearest("expl", names), "explain");
  EXPECT_EQ(nearest("x", names), "");
  EXPECT_EQ(nearest("scann", names), "scan");
  EXPECT_EQ(nearest("explian", names), "explain");
  EXPECT_EQ(nearest("frobnicate", names), "");
}

}  // namespace
}  // namespace stowaway
