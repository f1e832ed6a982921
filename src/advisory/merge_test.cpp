#include "advisory/merge.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "advisory/osv.h"
#include "advisory/testing/records.h"

namespace stowaway::advisory {
namespace {

using testing::record;
using testing::releases;

std::vector<Record> sample() {
  Record ghsa = record("GHSA-1111-2222-3333", {"CVE-2024-1"}, "a", {releases("0", "1.1")});
  ghsa.summary = "from the hub";
  ghsa.ratings = {{Level::high, 7.5, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"}};
  Record own = record("ECA-a-CVE-2024-1", {"CVE-2024-1"}, "a", {releases("0", "1.1")});
  own.ratings = {{Level::critical, -1, ""}};
  Record dsa = record("DSA-7", {"CVE-2024-1", "CVE-2024-2"}, "a", {});
  dsa.affected.clear();
  Record second = record("ECA-a-CVE-2024-2", {"CVE-2024-2"}, "a", {releases("0", "1.2")});
  Record gone = record("OSV-9", {"CVE-2024-2"}, "a", {releases("0", "9")});
  gone.withdrawn = "2025-01-01T00:00:00Z";
  Record alone = record("ECA-a-OSV-2020-5", {"OSV-2020-5"}, "a", {releases("1", "2")});
  Record revoked = record("CVE-2024-3", {}, "a", {releases("0", "2")});
  revoked.withdrawn = "2025-01-01T00:00:00Z";
  return {ghsa, own, dsa, second, gone, alone, revoked};
}

std::vector<std::string> ids_of(const std::vector<Record>& records) {
  std::vector<std::string> ids;
  for (const Record& each : records) ids.push_back(each.id);
  return ids;
}

TEST(Merge, aliases_meet_and_two_cves_never_do) {
  const auto advisories = merge(sample());
  ASSERT_EQ(advisories.size(), 4U);
  using Ids = std::vector<std::string>;
  EXPECT_EQ(advisories[0].id, "CVE-2024-1");
  EXPECT_EQ(ids_of(advisories[0].records),
            (Ids{"DSA-7", "ECA-a-CVE-2024-1", "GHSA-1111-2222-3333"}));
  EXPECT_EQ(advisories[0].aliases, (Ids{"DSA-7", "ECA-a-CVE-2024-1", "GHSA-1111-2222-3333"}));
  EXPECT_EQ(advisories[0].summary, "from the hub");
  EXPECT_DOUBLE_EQ(advisories[0].rating.score, 7.5);
  EXPECT_EQ(advisories[1].id, "CVE-2024-2");
  EXPECT_EQ(ids_of(advisories[1].records), (Ids{"DSA-7", "ECA-a-CVE-2024-2"}));
  EXPECT_EQ(advisories[1].aliases, (Ids{"DSA-7", "ECA-a-CVE-2024-2", "OSV-9"}));
  EXPECT_FALSE(advisories[1].withdrawn);
  EXPECT_EQ(advisories[2].id, "CVE-2024-3");
  EXPECT_TRUE(advisories[2].withdrawn);
  EXPECT_EQ(advisories[3].id, "OSV-2020-5");
}

TEST(Merge, a_cve_that_names_another_stays_itself) {
  const auto advisories = merge({record("CVE-2024-1", {"CVE-2024-2"}, "a", {releases("0", "1")}),
                                 record("CVE-2024-2", {}, "a", {releases("0", "2")})});
  ASSERT_EQ(advisories.size(), 2U);
  EXPECT_EQ(advisories[0].records.size(), 1U);
  EXPECT_EQ(advisories[1].records.size(), 1U);
}

std::string written(const std::vector<Advisory>& advisories) {
  std::string text;
  for (const Advisory& advisory : advisories) {
    text += advisory.id + (advisory.withdrawn ? " withdrawn" : "") + "\n";
    for (const std::string& alias : advisory.aliases) text += "  " + alias + "\n";
    for (const Record& each : advisory.records) text += "  " + write_record(each) + "\n";
  }
  return text;
}

RC_GTEST_PROP(Merge, the_order_of_records_does_not_show, ()) {
  auto records = sample();
  const auto expected = written(merge(records));
  const auto order =
      *rc::gen::container<std::vector<unsigned>>(records.size(), rc::gen::arbitrary<unsigned>());
  std::vector<std::pair<unsigned, Record>> keyed;
  for (std::size_t i = 0; i < records.size(); ++i) keyed.emplace_back(order[i], records[i]);
  std::stable_sort(keyed.begin(), keyed.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Record> shuffled;
  for (auto& [key, each] : keyed) shuffled.push_back(each);
  RC_ASSERT(written(merge(shuffled)) == expected);
}

}  // namespace
}  // namespace stowaway::advisory
