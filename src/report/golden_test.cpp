// Each report of one model, byte for byte: tests/golden/report/<model>-<format><suffix>. After a
// wanted change run tools/update-golden and review the diff.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

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

}  // namespace
}  // namespace stowaway::report
