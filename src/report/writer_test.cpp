#include "report/writer.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "report/common.h"
#include "report/style.h"
#include "report/testing/sample.h"
#include "report/text.h"

namespace stowaway::report {
namespace {

using testing::hostile;
using testing::sample;
using testing::sample_options;

std::string written(std::string_view format, const match::ScanResult& result,
                    const Options& options = sample_options()) {
  const auto text = write(format, result, options);
  EXPECT_TRUE(text) << text.error().message;
  return text.value_or("");
}

bool is_json(const Format& format) { return format.suffix.ends_with(".json"); }

bool holds_control_characters(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7F;
  });
}

TEST(Writer, every_format_has_a_name_a_description_and_a_suffix) {
  ASSERT_FALSE(formats().empty());
  for (const Format& format : formats()) {
    EXPECT_FALSE(format.name.empty());
    EXPECT_FALSE(format.description.ends_with('.'));
    EXPECT_TRUE(format.suffix.starts_with('.')) << format.name;
    EXPECT_NE(format.media_type.find('/'), std::string_view::npos) << format.name;
  }
}

TEST(Writer, an_unknown_format_is_refused_with_the_known_ones) {
  const auto text = write("pdf", sample(), sample_options());
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, ErrorCode::invalid_argument);
  EXPECT_NE(text.error().message.find("json"), std::string::npos);
}

TEST(Writer, the_same_result_gives_the_same_bytes) {
  for (const Format& format : formats()) {
    EXPECT_EQ(written(format.name, sample()), written(format.name, sample())) << format.name;
  }
}

TEST(Writer, the_serial_follows_from_the_content) {
  match::ScanResult other = sample();
  other.copies[0].versions = {"2.4.7"};
  EXPECT_EQ(stable_serial(sample()), stable_serial(sample()));
  EXPECT_NE(stable_serial(sample()), stable_serial(other));
  EXPECT_EQ(stable_serial(sample()).size(), 36U);
  EXPECT_EQ(stable_serial(sample())[14], '8');
}

TEST(Writer, hostile_text_leaves_every_format_well_formed) {
  for (const Format& format : formats()) {
    const std::string text = written(format.name, hostile());
    EXPECT_FALSE(holds_control_characters(text)) << format.name;
    EXPECT_TRUE(is_utf8(text)) << format.name;
    EXPECT_TRUE(!is_json(format) || nlohmann::json::accept(text)) << format.name;
  }
}

RC_GTEST_PROP(WriterProperty, any_bytes_in_any_field_leave_every_format_well_formed,
              (const std::string& text)) {
  for (const Format& format : formats()) {
    const auto report = write(format.name, hostile(text), sample_options());
    RC_ASSERT(report.has_value());
    RC_ASSERT(!holds_control_characters(*report));
    RC_ASSERT(is_utf8(*report));
    RC_ASSERT(!is_json(format) || nlohmann::json::accept(*report));
  }
}

RC_GTEST_PROP(TableProperty, no_line_is_wider_than_the_terminal, (const std::string& text)) {
  Options options = sample_options();
  options.width_columns = *rc::gen::inRange(1U, 200U);
  const std::string table = *write("table", hostile(text), options);
  std::size_t start = 0;
  while (start < table.size()) {
    const std::size_t end = table.find('\n', start);
    RC_ASSERT(end != std::string::npos);
    RC_ASSERT(columns_of(std::string_view(table).substr(start, end - start)) <=
              line_columns(options));
    start = end + 1;
  }
}

TEST(Json, tells_what_the_scorer_reads) {
  const auto json = nlohmann::json::parse(written("json", sample()));
  EXPECT_EQ(json["format_version"], 1);
  ASSERT_EQ(json["copies"].size(), 6U);
  const auto& png = json["copies"][1];
  EXPECT_EQ(png["path"], "3rdparty/libpng");
  EXPECT_EQ(png["versions"], nlohmann::json({"1.6.34", "1.6.35", "1.6.36"}));
  EXPECT_EQ(png["verdict"], "subset");
  EXPECT_EQ(png["confidence"], 0.991);
  EXPECT_EQ(json["copies"][2]["nested_in"], 1);
  EXPECT_EQ(json["copies"][2]["unchanged_ratio"], 0.9877);
  EXPECT_EQ(json["self"][0]["component"], "viewer");
  EXPECT_EQ(json["declared_only"].size(), 2U);
  EXPECT_TRUE(json["partial"]);
}

TEST(Json, bytes_that_are_not_utf8_can_be_got_back) {
  const auto json = nlohmann::json::parse(written("json", sample()));
  EXPECT_EQ(json["copies"][5]["path"], "tools/na\xEF\xBF\xBDve/six.py");
  EXPECT_EQ(json["copies"][5]["path_bytes"], base64("tools/na\xefve/six.py"));
  EXPECT_FALSE(json["copies"][0].contains("path_bytes"));
}

TEST(Json, circles_of_nesting_are_cut) {
  const auto json = nlohmann::json::parse(written("json", hostile()));
  EXPECT_TRUE(json["copies"][0]["nested_in"].is_null());
  EXPECT_TRUE(json["copies"][2]["nested_in"].is_null());
  EXPECT_EQ(json["copies"][3]["nested_in"], 2);
}

TEST(Table, says_partial_and_totals) {
  const std::string table = written("table", sample());
  EXPECT_NE(table.find("PARTIAL: 7 things were not looked at"), std::string::npos);
  EXPECT_NE(table.find("1.6.34 … 1.6.36 (3)"),
            std::string::npos);  // below the line, where it does not fit
  EXPECT_NE(table.find("… and 2 more"), std::string::npos);
  EXPECT_TRUE(table.ends_with("1234 files, 56.8 MB, 6 copies of 6 components.\n"));
}

TEST(Table, without_colour_there_is_no_escape_and_with_it_the_words_are_the_same) {
  Options options = sample_options();
  options.colour = true;
  std::string coloured = written("table", sample(), options);
  EXPECT_NE(coloured.find("\x1b["), std::string::npos);
  for (std::size_t at; (at = coloured.find('\x1b')) != std::string::npos;) {
    coloured.erase(at, coloured.find('m', at) - at + 1);
  }
  EXPECT_EQ(coloured, written("table", sample()));
}

TEST(Common, ratios_and_sizes_are_never_rounded_into_a_claim) {
  EXPECT_EQ(percent_text(1), "100%");
  EXPECT_EQ(percent_text(0.99999), "99.9%");
  EXPECT_EQ(percent_text(0.00001), "0.1%");
  EXPECT_EQ(percent_text(0), "0%");
  EXPECT_EQ(percent_text(7), "100%");
  EXPECT_EQ(bytes_text(999), "999 bytes");
  EXPECT_EQ(bytes_text(999'999), "1.0 MB");
  EXPECT_EQ(bytes_text(1), "1 byte");
}

TEST(Common, a_version_goes_before_qualifiers_of_a_purl) {
  EXPECT_EQ(purl_with_version("pkg:github/madler/zlib", "1.2.11"), "pkg:github/madler/zlib@1.2.11");
  EXPECT_EQ(purl_with_version("pkg:generic/lua?a=b#c", "5.1 @x"),
            "pkg:generic/lua@5.1%20%40x?a=b#c");
  EXPECT_EQ(purl_with_version("", "1"), "");
}

}  // namespace
}  // namespace stowaway::report
