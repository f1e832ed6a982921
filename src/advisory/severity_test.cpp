#include "advisory/severity.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace stowaway::advisory {
namespace {

struct Known {
  const char* vector;
  double score;
  Level level;
};

class Scores : public ::testing::TestWithParam<Known> {};

TEST_P(Scores, follow_from_the_vector) {
  const auto rating = rating_of(GetParam().vector);
  ASSERT_TRUE(rating);
  EXPECT_DOUBLE_EQ(rating->score, GetParam().score);
  EXPECT_EQ(rating->level, GetParam().level);
  EXPECT_EQ(rating->vector, GetParam().vector);
}

// Scores that the National Vulnerability Database states for these vectors.
INSTANTIATE_TEST_SUITE_P(
    published, Scores,
    ::testing::Values(Known{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8, Level::critical},
                      Known{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10.0, Level::critical},
                      Known{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", 7.5, Level::high},
                      Known{"CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1, Level::medium},
                      Known{"CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", 7.8, Level::high},
                      Known{"CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:L/I:N/A:N", 3.7, Level::low},
                      Known{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0, Level::none},
                      Known{"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P/RL:O", 9.8,
                            Level::critical},
                      Known{"AV:N/AC:L/Au:N/C:C/I:C/A:C", 10.0, Level::high},
                      Known{"AV:N/AC:M/Au:N/C:P/I:P/A:P", 6.8, Level::medium},
                      Known{"AV:N/AC:L/Au:N/C:N/I:N/A:P", 5.0, Level::medium},
                      Known{"AV:L/AC:H/Au:N/C:N/I:N/A:P", 1.2, Level::low}));

TEST(Rating, version_4_is_kept_without_a_score) {
  const auto rating = rating_of("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N");
  ASSERT_TRUE(rating);
  EXPECT_EQ(rating->score, -1);
  EXPECT_EQ(rating->level, Level::unknown);
}

TEST(Rating, what_is_no_vector_is_none) {
  for (const char* text :
       {"", "7.5", "CVSS:3.1/AV:N", "CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "CVSS:9/AV:N/AC:L", "AV:N/AC:L/Au:N", "/", ":", "AV:/AC:L"})
    EXPECT_FALSE(rating_of(text)) << text;
}

TEST(Level, words_of_publishers) {
  EXPECT_EQ(level_named("MODERATE"), Level::medium);
  EXPECT_EQ(level_named("Medium"), Level::medium);
  EXPECT_EQ(level_named("low**"), Level::low);
  EXPECT_EQ(level_named("unimportant"), Level::low);
  EXPECT_EQ(level_named("CRITICAL"), Level::critical);
  EXPECT_FALSE(level_named("not yet assigned"));
  EXPECT_FALSE(level_named(""));
}

TEST(Rating, a_score_outweighs_a_word_and_a_newer_standard_an_older) {
  const Rating word{Level::critical, -1, ""};
  const Rating two = *rating_of("AV:N/AC:L/Au:N/C:C/I:C/A:C");
  const Rating three = *rating_of("CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:L/I:N/A:N");
  EXPECT_TRUE(weighs_more(two, word));
  EXPECT_TRUE(weighs_more(three, two));
  EXPECT_TRUE(weighs_more(word, Rating{}));
  EXPECT_FALSE(weighs_more(three, three));
}

RC_GTEST_PROP(Rating, any_text_is_answered, (const std::string& text)) {
  const auto rating = rating_of(text);
  if (rating) RC_ASSERT(rating->score >= -1 && rating->score <= 10);
}

}  // namespace
}  // namespace stowaway::advisory
