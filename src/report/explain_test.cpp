#include "report/explain.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "report/testing/sample.h"

namespace stowaway::report {
namespace {

using testing::explained_zlib;
using testing::sample_options;

bool says(const std::string& text, const std::string& wanted) {
  return text.find(wanted) != std::string::npos;
}

TEST(Explain, names_the_files_of_each_kind) {
  const std::string text = explain_text(explained_zlib(), sample_options());
  EXPECT_TRUE(
      says(text, "For, in the chosen release: 2 files\n  adler32.c\n  crc32.c: reformatted\n"))
      << text;
  EXPECT_TRUE(says(text, "  inftrees.c: in 1.2.12 or 1.2.13\n")) << text;
  EXPECT_TRUE(says(text, "  deflate.c: 93.8% of it is there\n")) << text;
  EXPECT_TRUE(says(text, "Missing, in the release, not in the copy: 1 file\n  gzlib.c\n")) << text;
  EXPECT_TRUE(says(text, "  vendor.patch.c\n")) << text;
}

TEST(Explain, says_why_the_neighbours_lost) {
  Options options = sample_options();
  options.width_columns = 120;
  const std::string text = explain_text(explained_zlib(), options);
  EXPECT_TRUE(says(text, "1.2.11      22        1        4  chosen\n")) << text;
  EXPECT_TRUE(says(text, "lost: 13 fewer for it, 13 more against it, 2 more missing\n")) << text;
  EXPECT_TRUE(
      says(text, "1.2.10      21        2        4  lost: 1 fewer for it, 1 more against it\n"))
      << text;
  EXPECT_TRUE(says(text, "CONTRADICTS")) << text;
}

TEST(Explain, releases_that_cannot_be_told_apart_are_said_to_be_so) {
  match::Copy copy = explained_zlib();
  copy.versions = {"1.2.11", "1.2.12"};
  const std::string text = explain_text(copy, sample_options());
  EXPECT_TRUE(says(text, "1.2.12       9       14        6  cannot be told apart\n")) << text;
}

TEST(Explain, long_lists_end_with_how_many_are_left_out) {
  match::Copy copy = explained_zlib();
  copy.files.assign(1000, {"gone.c", "gone.c", match::FileRelation::missing, 0, {}});
  EXPECT_TRUE(says(explain_text(copy, sample_options()), "  … and 800 more\n"));
  EXPECT_EQ(nlohmann::json::parse(explain_json(copy, sample_options()))["copy"]["files"].size(),
            1000U);
}

TEST(Explain, hostile_text_stays_text) {
  const match::Copy copy = testing::hostile_copy(testing::hostile_text());
  EXPECT_EQ(explain_text(copy, sample_options()).find('\x1b'), std::string::npos);
  EXPECT_TRUE(nlohmann::json::accept(explain_json(copy, sample_options())));
}

}  // namespace
}  // namespace stowaway::report
