#include "advisory/osv.h"

#include <gtest/gtest.h>

#include "advisory/debian_tracker.h"

namespace stowaway::advisory {
namespace {

constexpr const char* kRecord = R"({
  "schema_version": "1.6.0", "id": "GHSA-aaaa-bbbb-cccc", "modified": "2024-05-01T10:00:00Z",
  "aliases": ["CVE-2024-1", "CVE-2024-1", ""], "upstream": ["DSA-1"],
  "summary": "Two bytes too many\nand more", "details": "not read",
  "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"}],
  "database_specific": {"severity": "HIGH", "cwe_ids": ["CWE-787"]},
  "affected": [{
    "package": {"ecosystem": "npm", "name": "@scope/pack", "purl": "pkg:npm/%40scope/pack@1.0?x=y"},
    "ranges": [
      {"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.2.3"}]},
      {"type": "GIT", "repo": "https://example.org/pack.git",
       "events": [{"introduced": "0"}, {"fixed": "0123456789abcdef0123456789abcdef01234567"}],
       "database_specific": {"versions": [{"introduced": "0"}, {"fixed": "1.2.3"}]}},
      {"type": "OTHER", "events": [{"fixed": "9"}]}],
    "versions": ["1.0.0", "1.1.0", 7]}]})";

TEST(Osv, what_an_audit_needs_is_read) {
  const auto record = read_record(kRecord);
  ASSERT_TRUE(record) << record.error().message;
  EXPECT_EQ(record->id, "GHSA-aaaa-bbbb-cccc");
  EXPECT_EQ(record->aliases, (std::vector<std::string>{"CVE-2024-1", "DSA-1"}));
  EXPECT_EQ(record->summary, "Two bytes too many");
  ASSERT_EQ(record->ratings.size(), 2U);
  EXPECT_DOUBLE_EQ(record->ratings[0].score, 7.5);
  EXPECT_EQ(record->ratings[1].level, Level::high);
  EXPECT_EQ(record->cwes, std::vector<std::string>{"CWE-787"});
  EXPECT_EQ(record->fix_commits,
            std::vector<std::string>{"0123456789abcdef0123456789abcdef01234567"});
  ASSERT_EQ(record->affected.size(), 1U);
  const Affected& affected = record->affected[0];
  EXPECT_EQ(affected.purl, "pkg:npm/%40scope/pack?x=y");
  ASSERT_EQ(affected.ranges.size(), 2U);
  EXPECT_EQ(affected.ranges[0].kind, RangeKind::semver);
  EXPECT_EQ(affected.ranges[1].stated.size(), 2U);
  EXPECT_EQ(affected.versions, (std::vector<std::string>{"1.0.0", "1.1.0"}));
  EXPECT_TRUE(affected.introduced_known);
}

TEST(Osv, what_is_written_is_read_back) {
  const auto record = read_record(kRecord);
  ASSERT_TRUE(record);
  const std::string written = write_record(*record);
  EXPECT_EQ(written.find('\n'), std::string::npos);
  const auto again = read_record(written);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(write_record(*again), written);
  EXPECT_EQ(again->ratings.size(), record->ratings.size());
  EXPECT_EQ(again->affected[0].ranges[1].stated.size(), 2U);
}

TEST(Osv, an_unknown_lower_bound_survives) {
  const auto record = read_record(R"({"id": "A", "database_specific": {"introduced_known": false,
    "source": ["curated", "upstream-git"], "evidence": {"fix_commits": [{"commit": "0123abc"}]}},
    "affected": [{"package": {"name": "a", "ecosystem": "Upstream"}}]})");
  ASSERT_TRUE(record);
  EXPECT_FALSE(record->affected[0].introduced_known);
  EXPECT_EQ(record->source, "curated, upstream-git");
  const auto again = read_record(write_record(*record));
  EXPECT_FALSE(again->affected[0].introduced_known);
  EXPECT_EQ(again->source, "curated, upstream-git");
  EXPECT_EQ(again->fix_commits, std::vector<std::string>{"0123abc"});
}

std::vector<std::string> ids_in(std::string_view text, std::size_t* complaints = nullptr) {
  std::vector<std::string> ids;
  std::size_t bad = 0;
  const auto read = read_records(
      text,
      [&](const Record& record) -> Result<void> {
        ids.push_back(record.id);
        return {};
      },
      [&](const Error&) { ++bad; });
  if (!read) ids.push_back("error: " + std::string(name_of(read.error().code)));
  if (complaints != nullptr) *complaints = bad;
  return ids;
}

TEST(Osv, one_record_an_array_and_lines) {
  using Ids = std::vector<std::string>;
  EXPECT_EQ(ids_in(R"({"id": "A"})"), Ids{"A"});
  EXPECT_EQ(ids_in("\xEF\xBB\xBF {\n\"id\":\n\"A\"}\n"), Ids{"A"});
  EXPECT_EQ(ids_in(R"([{"id": "A"}, {"id": "B"}])"), (Ids{"A", "B"}));
  EXPECT_EQ(ids_in("{\"id\": \"A\"}\n\n{\"id\": \"B\"}\n"), (Ids{"A", "B"}));
  EXPECT_EQ(ids_in("[]"), Ids{});
  EXPECT_EQ(ids_in("no JSON"), Ids{"error: corrupt"});
  EXPECT_EQ(ids_in(""), Ids{"error: corrupt"});
}

TEST(Osv, a_bad_record_does_not_stop_the_rest) {
  using Ids = std::vector<std::string>;
  std::size_t complaints = 0;
  EXPECT_EQ(ids_in(R"([{"id": "A"}, {"noid": 1}, {"id": "B"}])", &complaints), (Ids{"A", "B"}));
  EXPECT_EQ(complaints, 1U);
  EXPECT_EQ(ids_in("{\"id\": \"A\"}\n{\"id\": \n{\"id\": \"B\"}\n", &complaints), (Ids{"A", "B"}));
  EXPECT_EQ(complaints, 1U);
  EXPECT_EQ(ids_in(R"([{"id": "A"}, {"id": "B")", &complaints), Ids{"A"});
  EXPECT_EQ(complaints, 1U);
}

TEST(Osv, nesting_has_an_end) {
  std::string deep = R"({"id": "A", "details": )";
  for (int i = 0; i < 100'000; ++i) deep += "[";
  for (int i = 0; i < 100'000; ++i) deep += "]";
  const auto record = read_record(deep + "}");
  ASSERT_TRUE(record);
  EXPECT_EQ(record->id, "A");
}

TEST(DebianTracker, unstable_counts_and_what_never_concerned_debian_does_not) {
  std::vector<Record> records;
  const auto read = read_debian_tracker(
      R"({"zlib": {
        "CVE-2022-1": {"description": "too long a field", "scope": "remote", "releases": {
          "bullseye": {"status": "resolved", "fixed_version": "1:1.2.11.dfsg-2+deb11u2", "urgency": "high"},
          "sid": {"status": "resolved", "fixed_version": "1:1.2.13.dfsg-1", "urgency": "not yet assigned"}}},
        "CVE-2001-2": {"releases": {"sid": {"status": "resolved", "fixed_version": "0"}}},
        "CVE-2001-3": {"releases": {"sid": {"status": "undetermined"}}},
        "CVE-2023-4": {"releases": {
          "bookworm": {"status": "open", "urgency": "low"},
          "bullseye": {"status": "resolved", "fixed_version": "1:1.2.11.dfsg-3", "urgency": "medium"}}}},
       "expat": {"CVE-2024-5": {"releases": {"sid": {"status": "open", "urgency": "unimportant"}}}}})",
      [&](Record record) -> Result<void> {
        records.push_back(std::move(record));
        return {};
      });
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(records[0].id, "DEBIAN-zlib-CVE-2022-1");
  EXPECT_EQ(records[0].aliases, std::vector<std::string>{"CVE-2022-1"});
  EXPECT_EQ(records[0].summary, "too long a field");
  EXPECT_EQ(records[0].affected[0].ranges[0].events.back().version, "1:1.2.13.dfsg-1");
  EXPECT_FALSE(records[0].affected[0].introduced_known);
  EXPECT_EQ(records[1].affected[0].ranges[0].events.back().version, "1:1.2.11.dfsg-3");
  EXPECT_EQ(records[1].ratings[0].level, Level::medium);
  EXPECT_EQ(records[2].affected[0].name, "expat");
  EXPECT_EQ(records[2].affected[0].ranges[0].events.size(), 1U);
}

TEST(DebianTracker, another_file_is_refused) {
  for (const char* text :
       {"", "[]", "{}", R"({"id": "A", "affected": []})", R"({"a": {"b": {}}})"}) {
    const auto read = read_debian_tracker(text, [](const Record&) -> Result<void> { return {}; });
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, ErrorCode::corrupt);
  }
}

}  // namespace
}  // namespace stowaway::advisory
