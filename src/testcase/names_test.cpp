#include "testcase/names.h"

#include <gtest/gtest.h>

namespace stowaway::testcase {
namespace {

Identifiers identifiers(std::string_view code) {
  Identifiers all;
  add_identifiers(code, all);
  return all;
}

TEST(Names, comments_and_literals_hold_no_identifiers) {
  EXPECT_EQ(identifiers("int a1; // b\n/* c\n d */ e(\"f\\\" g\", 'h', 0x1f, 10UL); \"open\n_i"),
            (Identifiers{"int", "a1", "e", "_i"}));
  EXPECT_EQ(identifiers("/* never closed"), Identifiers{});
}

TEST(Names, an_entry_is_found_under_a_prefix_or_in_a_namespace) {
  const std::vector<std::string> symbols{
      "MOZ_Z_inflate", "MOZ_Z_inflateEnd", "other",
      "a::tinyxml2::XMLDocument::Parse(char const*, unsigned long)", "b::Json::Reader::parse(int)"};
  EXPECT_EQ(find_entry("inflate", symbols).prefix, "MOZ_Z_");
  EXPECT_EQ(find_entry("other", symbols).prefix, "");
  EXPECT_FALSE(find_entry("deflate", symbols).found);
  EXPECT_EQ(find_entry("tinyxml2::XMLDocument::Parse", symbols).scope, "a");
  const FoundEntry moved = find_entry("Other::Reader::parse", symbols);
  EXPECT_TRUE(moved.found);
  EXPECT_EQ(moved.scope, "b::Json");
  EXPECT_EQ(moved.dropped, "Other");
  EXPECT_FALSE(find_entry("No::Such::parse", symbols).found);  // a bare method's name says nothing
}

TEST(Names, the_plainest_name_wins) {
  const std::vector<std::string> symbols{"my_inflate", "x_my_inflate", "inflate"};
  EXPECT_EQ(find_entry("inflate", symbols).prefix, "");
}

TEST(Names, a_program_is_given_the_copys_names) {
  const std::vector<std::string> symbols{"z_inflate", "z_inflateEnd"};
  const std::vector<std::string> entries{"inflate"};
  const auto program = identifiers("z_stream s; inflate(&s, FLUSH); strlen(x);");
  EXPECT_EQ(
      renaming_lines(entries, symbols, program, identifiers("z_z_stream z_inflate z_FLUSH"), {}),
      "#define FLUSH z_FLUSH\n#define inflate z_inflate\n#define z_stream z_z_stream\n");
  EXPECT_EQ(renaming_lines(entries, symbols, program, identifiers("z_stream inflate"), {"inflate"}),
            "");  // its own header does it
  const std::vector<std::string> classes{"my::tinyxml2::XMLDocument::Parse(int)"},
      wanted{"tinyxml2::XMLDocument::Parse"};
  EXPECT_EQ(renaming_lines(wanted, classes, {}, {}, {}), "using namespace my;\n");
  const std::vector<std::string> bare{"XMLDocument::Parse(int)"},
      other{"x::XMLDocument::Parse(int)"};
  EXPECT_EQ(renaming_lines(wanted, bare, {}, {}, {}), "#define tinyxml2\n");
  EXPECT_EQ(renaming_lines(wanted, other, {}, {}, {}), "namespace tinyxml2 = x;\n");
}

}  // namespace
}  // namespace stowaway::testcase
