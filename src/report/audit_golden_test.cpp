// Each format of an audit, byte for byte: tests/golden/report/<model>-<check><suffix>, where
// <check> is what tests/validators/validate.py calls it. After a wanted change run
// tools/update-golden.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "advisory/vex.h"
#include "report/advisory.h"
#include "report/audit.h"
#include "report/testing/sample_audit.h"

namespace stowaway::report {
namespace {

void expect_golden(const std::string& name, const std::string& actual) {
  const std::string path = std::string(STOWAWAY_GOLDEN_DIR) + "/" + name;
  if (std::getenv("STOWAWAY_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << actual;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  ASSERT_TRUE(file) << path << " is missing; run tools/update-golden";
  const std::string expected{std::istreambuf_iterator<char>(file),
                             std::istreambuf_iterator<char>()};
  EXPECT_EQ(expected, actual) << path << " differs; run tools/update-golden if that is wanted";
}

AuditOptions options_for_test() {
  AuditOptions options;
  options.common = testing::sample_options();
  options.author = "Ada <ada@example.org>";
  return options;
}

TEST(GoldenAudit, every_format) {
  const std::pair<std::string, std::string> files[] = {{"table", "table-audit.txt"},
                                                       {"json", "audit.json"},
                                                       {"openvex", "openvex.json"},
                                                       {"cyclonedx", "vex-cyclonedx.cdx.json"}};
  for (const auto& [format, file] : files) {
    const auto check = [&, f = format, name = file](const std::string& model,
                                                    const advisory::Audit& audit) {
      const auto written = write_audit(f, audit, options_for_test());
      ASSERT_TRUE(written) << written.error().message;
      expect_golden(model + "-" + name, *written);
    };
    check("sample", testing::sample_audit());
    check("hostile", testing::hostile_audit(testing::hostile_text()));
    // OpenVEX's schema wants a statement; where there is none to make, the list is empty.
    if (format != "openvex") check("empty", advisory::Audit{});
  }
}

TEST(GoldenAudit, all_statuses_in_80_columns) {
  AuditOptions options = options_for_test();
  options.common.width_columns = 80;
  options.with_not_affected = true;
  expect_golden("sample-table-audit-80.txt",
                *write_audit("table", testing::sample_audit(), options));
}

TEST(GoldenAudit, advisories) {
  const auto sample = testing::sample_audit().advisories;
  const auto hostile = testing::hostile_audit(testing::hostile_text()).advisories;
  expect_golden("sample-table-advisories.txt",
                advisories_text(sample, {}, testing::sample_options()));
  expect_golden("hostile-table-advisories.txt",
                advisories_text(hostile, {}, testing::sample_options()));
  expect_golden("sample-table-advisory.txt", advisory_text(sample[0], testing::sample_options()));
  expect_golden("hostile-table-advisory.txt", advisory_text(hostile[0], testing::sample_options()));
}

TEST(Audit, no_line_of_a_table_is_wider_than_the_terminal) {
  for (const unsigned width : {60U, 80U, 100U, 200U}) {
    AuditOptions options;
    options.common.width_columns = width;
    options.with_not_affected = true;
    for (const auto& audit :
         {testing::sample_audit(), testing::hostile_audit(testing::hostile_text())}) {
      const std::string text = *write_audit("table", audit, options);
      for (std::size_t first = 0, end = 0; (end = text.find('\n', first)) != std::string::npos;
           first = end + 1) {
        std::string_view line(text);
        line = line.substr(first, end - first);
        std::size_t columns = 0;
        for (const char c : line) columns += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
        EXPECT_LE(columns, width) << line;
      }
    }
  }
}

TEST(Audit, what_is_written_as_vex_is_read_back) {
  const advisory::Audit audit = testing::sample_audit();
  for (const char* format : {"openvex", "cyclonedx"}) {
    const auto read = advisory::read_vex(*write_audit(format, audit, options_for_test()), format);
    ASSERT_TRUE(read) << read.error().message;
    ASSERT_EQ(read->size(), audit.findings.size());
    EXPECT_EQ(read->at(0).vulnerabilities.front(), "CVE-2024-1");
    EXPECT_EQ(read->at(0).status, advisory::StatementStatus::affected);
    EXPECT_EQ(read->at(4).status, advisory::StatementStatus::not_affected);
    EXPECT_EQ(read->at(5).status, advisory::StatementStatus::under_investigation);
    EXPECT_EQ(read->at(6).status, advisory::StatementStatus::fixed);
    EXPECT_EQ(read->at(0).part, "copy:lib/zlib#zlib");
  }
}

TEST(Audit, unknown_formats_and_a_missing_time_are_errors) {
  EXPECT_EQ(write_audit("xml", {}, {}).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(write_audit("openvex", {}, {}).error().code, ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace stowaway::report
