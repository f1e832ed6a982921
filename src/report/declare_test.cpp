#include "report/declare.h"

#include <gtest/gtest.h>

#include "report/testing/sample.h"

namespace stowaway::report {
namespace {

using testing::copy_of;

match::ScanResult with(std::vector<match::Copy> copies) {
  match::ScanResult result;
  for (match::Copy& copy : copies) copy.verdict = match::Verdict::identical;
  result.copies = std::move(copies);
  return result;
}

TEST(Embeds, the_founding_example) {
  const auto result = with({copy_of("src/libmemcached", "libmemcached", "", "", {"0.31"}),
                            copy_of("src/zlib", "zlib", "", "", {"1.2.3", "1.2.4", "1.2.5"})});
  EXPECT_EQ(write_deb822(result, {}),
            "Embeds: libmemcached (= 0.31), zlib (>= 1.2.3) (<= 1.2.5)\n");
  EXPECT_EQ(write_rpm(result, {}),
            "Provides: bundled(libmemcached) = 0.31\n"
            "# zlib: one of 3 releases from 1.2.3 to 1.2.5\n"
            "Provides: bundled(zlib)\n");
}

TEST(Embeds, each_entry_is_written_once_and_nothing_gives_no_field) {
  const auto result =
      with({copy_of("a", "zlib", "", "", {"1.2.3"}), copy_of("b", "zlib", "", "", {"1.2.3"})});
  EXPECT_EQ(write_deb822(result, {}), "Embeds: zlib (= 1.2.3)\n");
  EXPECT_EQ(write_rpm(result, {}), "Provides: bundled(zlib) = 1.2.3\n");
  EXPECT_EQ(write_deb822(with({}), {}), "");
  EXPECT_EQ(write_rpm(with({}), {}), "");
}

TEST(Embeds, paths_marks_alternatives_and_unknown_versions) {
  auto result = with({copy_of("my src/jpeg", "libjpeg", "", "", {})});
  result.copies[0].verdict = match::Verdict::fragment;
  result.copies[0].alternatives = {"mozjpeg"};
  Options options;
  options.with_paths = true;
  EXPECT_EQ(write_deb822(result, options),
            "Embeds: libjpeg <fragment> {my%20src/jpeg} | mozjpeg\n");
  EXPECT_EQ(write_rpm(result, {}),
            "# libjpeg: version unknown, a fragment\nProvides: bundled(libjpeg)\n");
}

TEST(Embeds, a_long_field_is_folded) {
  const auto result = with({copy_of("a", std::string(30, 'a'), "", "", {"1"}),
                            copy_of("b", std::string(30, 'b'), "", "", {"2"})});
  EXPECT_EQ(write_deb822(result, {}),
            "Embeds:\n " + std::string(30, 'a') + " (= 1),\n " + std::string(30, 'b') + " (= 2)\n");
}

TEST(Rpm, versions_sort_as_rpm_wants) {
  const auto line = [](const char* version) {
    return write_rpm(with({copy_of("", "x", "", "", {version})}), {});
  };
  EXPECT_EQ(line("1.0-rc1"), "Provides: bundled(x) = 1.0~rc1\n");
  EXPECT_EQ(line("1.0rc1"), "Provides: bundled(x) = 1.0~rc1\n");
  EXPECT_EQ(line("1.0.beta2"), "Provides: bundled(x) = 1.0~beta2\n");
  EXPECT_EQ(line("5.1-p1"), "Provides: bundled(x) = 5.1.p1\n");
  EXPECT_EQ(line("6b"), "Provides: bundled(x) = 6b\n");
  EXPECT_EQ(line("%{lua:1}"), "Provides: bundled(x)\n");
}

}  // namespace
}  // namespace stowaway::report
