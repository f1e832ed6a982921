#include <gtest/gtest.h>

#include "ledger/changes.h"
#include "ledger/names.h"
#include "ledger/tracker.h"
#include "ledger/who_embeds.h"

namespace stowaway::ledger {
namespace {

TEST(Question, is_a_component_and_conditions) {
  const auto question = parse_question(" libpng >= 1.2, <<1.6.37 ");
  ASSERT_TRUE(question);
  EXPECT_EQ(question->component, "libpng");
  ASSERT_EQ(question->constraints.size(), 2U);
  EXPECT_EQ(question->constraints[0].relation, Relation::greater_equal);
  EXPECT_EQ(question->constraints[0].version, "1.2");
  EXPECT_EQ(question->constraints[1].relation, Relation::less);
  EXPECT_EQ(question->constraints[1].version, "1.6.37");
  EXPECT_TRUE(parse_question("zlib")->constraints.empty());
  EXPECT_EQ(parse_question("nlohmann json")->component, "nlohmann json");
  EXPECT_EQ(parse_question("six!=1.0")->constraints[0].relation, Relation::not_equal);
}

TEST(Question, what_is_none_is_refused) {
  for (const char* text : {"", "< 1", "zlib <", "zlib < 1 2", "zlib < 1,", "zlib < 1 > 2", "a, b",
                           "zlib =! 1", "zlib < <1"})
    EXPECT_EQ(parse_question(text).error().code, ErrorCode::invalid_argument) << text;
  std::string many = "zlib < 1";
  for (int i = 0; i < 20; ++i) many += ", < 1";
  EXPECT_EQ(parse_question(many).error().code, ErrorCode::limit_exceeded);
}

TEST(Wishes, are_read_from_a_list) {
  const auto wishes = read_wishes(
      "# packages\n\n debian:cmake\ndebian:git=1:2.39.5-0\napp 1.2 /src/my app\ndebian:x 3 dir\n");
  ASSERT_TRUE(wishes) << wishes.error().message;
  ASSERT_EQ(wishes->size(), 4U);
  EXPECT_EQ(wishes->at(0).package, "cmake");
  EXPECT_EQ(wishes->at(0).subject, "debian:cmake");
  EXPECT_EQ(wishes->at(1).version, "1:2.39.5-0");
  EXPECT_EQ(wishes->at(2).subject, "app");
  EXPECT_EQ(wishes->at(2).location, "/src/my app");
  EXPECT_EQ(wishes->at(3).package, "");
  EXPECT_EQ(wishes->at(3).subject, "debian:x");
  for (const char* bad : {"app", "app 1", "debian:-o", "debian:", "a=b 1 dir"}) {
    const auto read = read_wishes(std::string("app 1 dir\n") + bad);
    ASSERT_FALSE(read) << bad;
    EXPECT_TRUE(read.error().message.starts_with("line 2: ")) << read.error().message;
  }
}

match::Copy copy_at(std::string path, std::string component, std::vector<std::string> versions) {
  match::Copy copy;
  copy.path = std::move(path);
  copy.component = std::move(component);
  copy.versions = std::move(versions);
  copy.verdict = match::Verdict::identical;
  return copy;
}

std::vector<std::string> changes(std::vector<match::Copy> before, std::vector<match::Copy> after) {
  match::ScanResult a, b;
  a.copies = std::move(before);
  b.copies = std::move(after);
  std::vector<std::string> text;
  for (const Change& change : changes_between(a, b))
    text.push_back(std::string(name_of(change.kind)) + " " + change.component + " " +
                   change.before.path + ">" + change.after.path);
  return text;
}

TEST(Changes, say_what_became_of_each_copy) {
  using Text = std::vector<std::string>;
  const auto zlib = [](const char* path, std::vector<std::string> versions) {
    return copy_at(path, "zlib", std::move(versions));
  };
  EXPECT_EQ(changes({}, {}), Text{});
  EXPECT_EQ(changes({zlib("z", {"1.2"})}, {zlib("z", {"1.2"})}), Text{});
  EXPECT_EQ(changes({}, {zlib("z", {"1.2"})}), Text{"gained zlib >z"});
  EXPECT_EQ(changes({zlib("z", {"1.2"})}, {}), Text{"lost zlib z>"});
  EXPECT_EQ(changes({zlib("z", {"1.9"})}, {zlib("z", {"1.10"})}), Text{"upgraded zlib z>z"});
  EXPECT_EQ(changes({zlib("z", {"1.9", "1.10"})}, {zlib("z", {"1.9"})}),
            Text{"downgraded zlib z>z"});
  EXPECT_EQ(changes({zlib("z", {"1.1", "1.4"})}, {zlib("z", {"1.2", "1.3"})}),
            Text{"changed zlib z>z"});
  EXPECT_EQ(changes({zlib("z", {"1.1"})}, {zlib("z", {})}), Text{"changed zlib z>z"});
  EXPECT_EQ(changes({zlib("z", {"1.1"})}, {zlib("y", {"1.1"})}), Text{"moved zlib z>y"});
  // The one that stayed is told from the one that came.
  EXPECT_EQ(changes({zlib("z", {"1.1"})}, {zlib("a", {"1.1"}), zlib("z", {"1.2"})}),
            (Text{"gained zlib >a", "upgraded zlib z>z"}));
  EXPECT_EQ(
      changes({zlib("z", {"1.1"}), copy_at("p", "png", {"1"})}, {copy_at("z", "expat", {"2"})}),
      (Text{"lost png p>", "gained expat >z", "lost zlib z>"}));
}

}  // namespace
}  // namespace stowaway::ledger
