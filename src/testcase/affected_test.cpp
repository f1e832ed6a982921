#include "testcase/affected.h"

#include <gtest/gtest.h>

namespace stowaway::testcase {
namespace {

TEST(Affected, bounds_are_what_they_say) {
  EXPECT_TRUE(holds(VersionRange{"0", "1.2.13", ""}, "1.2.12"));
  EXPECT_FALSE(holds(VersionRange{"0", "1.2.13", ""}, "1.2.13"));
  EXPECT_TRUE(holds(VersionRange{"1.8.3", "", "1.9.3"}, "1.9.3"));
  EXPECT_FALSE(holds(VersionRange{"1.8.3", "", "1.9.3"}, "1.8.2"));
  EXPECT_TRUE(holds(VersionRange{}, "7"));
  const std::vector<VersionRange> two{{"1", "2", ""}, {"3", "4", ""}};
  EXPECT_TRUE(holds(two, "3.5"));
  EXPECT_FALSE(holds(two, "2.5"));
  EXPECT_FALSE(holds(std::vector<VersionRange>{}, "1"));
}

TEST(Affected, describes_itself) {
  const std::vector<VersionRange> all{
      {"0", "2", ""}, {"3", "4", ""}, {"5", "", "6"}, {"7", "", ""}, {}, {"", "", "8"}};
  EXPECT_EQ(describe(all), "< 2, 3 to before 4, 5 … 6, >= 7, all, <= 8");
}

}  // namespace
}  // namespace stowaway::testcase
