// Each report of one model, byte for byte: tests/golden/report/<model>-<format><suffix>. After a
// wanted change run tools/update-golden and review the diff.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "report/explain.h"
#include "report/testing/sample.h"
#include "report/writer.h"

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

class Golden : public ::testing::TestWithParam<std::string> {};

TEST_P(Golden, sample) {
  const Format* format = nullptr;
  for (const Format& each : formats()) {
    if (each.name == GetParam()) format = &each;
  }
  ASSERT_NE(format, nullptr);
  const std::string end = "-" + std::string(format->name) + std::string(format->suffix);
  const auto check = [&](const std::string& model, const match::ScanResult& result) {
    const auto written = write(format->name, result, testing::sample_options());
    ASSERT_TRUE(written) << written.error().message;
    expect_golden(model + end, *written);
  };
  check("sample", testing::sample());
  check("hostile", testing::hostile());
  check("empty", match::ScanResult{});
}

std::vector<std::string> format_names() {
  std::vector<std::string> names;
  for (const Format& format : formats()) names.emplace_back(format.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(formats, Golden, ::testing::ValuesIn(format_names()),
                         [](const auto& chosen) {
                           std::string name = chosen.param;
                           for (char& c : name) c = c == '-' ? '_' : c;
                           return name;
                         });

TEST(GoldenTable, wide_and_coloured) {
  Options options = testing::sample_options();
  options.width_columns = 140;
  options.colour = true;
  expect_golden("sample-table-140-colour.txt", *write("table", testing::sample(), options));
}

TEST(GoldenTable, narrow) {
  Options options = testing::sample_options();
  options.width_columns = 60;
  expect_golden("sample-table-60.txt", *write("table", testing::sample(), options));
}

TEST(GoldenExplain, text_and_json) {
  const match::Copy copy = testing::explained_zlib();
  expect_golden("sample-explain.txt", explain_text(copy, testing::sample_options()));
  expect_golden("sample-explain.json", explain_json(copy, testing::sample_options()));
  const match::Copy hostile = testing::hostile_copy(testing::hostile_text());
  expect_golden("hostile-explain.txt", explain_text(hostile, testing::sample_options()));
  expect_golden("hostile-explain.json", explain_json(hostile, testing::sample_options()));
}

TEST(GoldenDeb822, with_paths) {
  Options options = testing::sample_options();
  options.with_paths = true;
  expect_golden("sample-deb822-paths.control", *write("deb822", testing::sample(), options));
}

}  // namespace
}  // namespace stowaway::report
