#include "report/text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace stowaway::report {
namespace {

TEST(Text, terminal_escapes_are_shown_not_sent) {
  EXPECT_EQ(to_line("\x1b[31mred"), "\\x1b[31mred");
  EXPECT_EQ(to_line("a\nb\tc\rd\x7f"), "a\\nb\\tc\\rd\\x7f");
  EXPECT_EQ(to_line("\xc2\x9b"
                    "31m"),
            "\\u{9b}31m");  // CSI as one C1 character
  EXPECT_EQ(to_line("\xe2\x80\xae"
                    "gpj.exe"),
            "\\u{202e}gpj.exe");
  EXPECT_EQ(to_line("C:\\x1b"), "C:\\\\x1b");
  EXPECT_EQ(to_line("naïve 文件"), "naïve 文件");
}

TEST(Text, bytes_that_are_not_utf8_are_shown_in_hex) {
  EXPECT_EQ(to_line("\xef"
                    "a"),
            "\\xefa");
  EXPECT_EQ(to_line("\xc0\xaf"), "\\xc0\\xaf");           // overlong
  EXPECT_EQ(to_line("\xed\xa0\x80"), "\\xed\\xa0\\x80");  // surrogate
  EXPECT_EQ(to_line("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
  EXPECT_EQ(to_utf8("a\xff"
                    "b"),
            "a\xEF\xBF\xBD"
            "b");
}

TEST(Text, columns_are_not_bytes) {
  EXPECT_EQ(columns_of("abc"), 3U);
  EXPECT_EQ(columns_of("naïve"), 5U);
  EXPECT_EQ(columns_of("e\xcc\x81"), 1U);  // e and a combining acute
  EXPECT_EQ(columns_of("文件"), 4U);
}

TEST(Text, shortening_keeps_the_end_of_a_path) {
  EXPECT_EQ(shorten_middle("short", 5), "short");
  EXPECT_EQ(shorten_middle("third_party/very/long/zlib", 13), "thir…ong/zlib");
  EXPECT_EQ(shorten_end("BSD-3-Clause", 6), "BSD-3…");
  EXPECT_EQ(shorten_end("文件文件", 4), "文…");
  EXPECT_EQ(shorten_middle("abc", 1), "…");
}

TEST(Text, wrapping_breaks_at_spaces_and_long_words) {
  EXPECT_EQ(wrap("one two three", 8), (std::vector<std::string>{"one two", "three"}));
  EXPECT_EQ(wrap("abcdefghij", 4), (std::vector<std::string>{"abcd", "efgh", "ij"}));
  EXPECT_EQ(wrap("", 4), (std::vector<std::string>{""}));
}

TEST(Text, encodings_agree_with_their_definitions) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(percent_encode("a b/\xff", "/"), "a%20b/%FF");
  EXPECT_EQ(to_html("<a href='x'>&\"\n"), "&lt;a href=&#39;x&#39;&gt;&amp;&quot;\\n");
}

RC_GTEST_PROP(TextProperty, shortened_text_fits_and_stays_utf8, (const std::string& bytes)) {
  const std::size_t columns = *rc::gen::inRange<std::size_t>(1, 40);
  const std::string line = to_line(bytes);
  for (const std::string& text : {shorten_middle(line, columns), shorten_end(line, columns)}) {
    RC_ASSERT(columns_of(text) <= columns);
    RC_ASSERT(is_utf8(text));
  }
}

RC_GTEST_PROP(TextProperty, wrapping_loses_nothing_but_spaces, (const std::string& bytes)) {
  const std::string line = to_line(bytes);
  std::string joined;
  for (const std::string& part : wrap(line, 10)) joined += part;
  const auto without_spaces = [](std::string text) {
    std::erase(text, ' ');
    return text;
  };
  RC_ASSERT(without_spaces(joined) == without_spaces(line));
}

}  // namespace
}  // namespace stowaway::report
