#include "ledger/claims.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stowaway::ledger {
namespace {

using ::testing::ElementsAre;

constexpr std::string_view kList =
    "What this is about\n\t- not read <unfixed>\n---BEGIN\n"
    "libdemo (its origin)\n"
    "\t- one <unfixed> (embed; bug #12)\n"
    "\tNOTE: in two places\n"
    "\t[etch] - one <removed>\n"
    "\t- two 1:2.0-3 (modified-embed) [src/demo/*]\n"
    "\tTODO: look again\n"
    "\n"
    "other code\n"
    "\t- three <not-affected> (links dynamically)\n"
    "\t- four\n"
    "\t- five <odd>\n"
    "\tsomething else\n";

TEST(Claims, are_read_as_the_list_explains_them) {
  const auto read = read_claims(kList);
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->claims.size(), 4U);
  const Claim first{"libdemo", "its origin", "",
                    "one",     "unfixed",    "",
                    "embed",   "bug #12",    {"NOTE: in two places"},
                    5};
  EXPECT_EQ(read->claims[0], first);
  EXPECT_EQ(read->claims[1].release, "etch");
  EXPECT_EQ(read->claims[1].status, "removed");
  EXPECT_EQ(read->claims[2].status, "fixed");
  EXPECT_EQ(read->claims[2].fixed, "1:2.0-3");
  EXPECT_EQ(read->claims[2].sort, "modified-embed");
  EXPECT_EQ(read->claims[2].details, "[src/demo/*]");
  EXPECT_THAT(read->claims[2].notes, ElementsAre("TODO: look again"));
  EXPECT_EQ(read->claims[3].component, "other code");
  EXPECT_EQ(read->claims[3].sort, "");
  EXPECT_EQ(read->claims[3].details, "links dynamically");
  ASSERT_EQ(read->unread.size(), 3U);
  EXPECT_EQ(read->unread[0].line, 13U);
  EXPECT_EQ(read->unread[0].text, "- four");
}

TEST(Claims, written_and_read_again_are_the_same) {
  auto claims = read_claims(kList)->claims;
  auto again = read_claims(write_claims(claims))->claims;
  for (auto* list : {&claims, &again})
    for (Claim& claim : *list) claim.line = 0;
  EXPECT_EQ(again, claims);
}

TEST(Claims, a_text_without_any_is_no_list) {
  EXPECT_EQ(read_claims("").error().code, ErrorCode::corrupt);
  EXPECT_EQ(read_claims("\t- orphan <unfixed>\n").error().code, ErrorCode::corrupt);
  EXPECT_EQ(read_claims(std::string(kMaxClaimBytes + 1, 'x')).error().code,
            ErrorCode::limit_exceeded);
}

}  // namespace
}  // namespace stowaway::ledger
