#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "source/debian/dsc.h"
#include "source/testing/support.h"

namespace stowaway::source {
namespace {

using testing::CollectingSink;
using testing::deliver;
using ::testing::ElementsAre;
using testing::pack;
using testing::TempDirectory;

struct Listed {
  std::string name;
  std::string content;
};

std::string make_dsc(const std::vector<Listed>& files, bool strong = true) {
  std::string text =
      "Format: 3.0 (quilt)\nSource: hello\nBinary: hello,\n hello-dbg\nVersion: 1:2.10-3\n";
  if (strong) {
    text += "Checksums-Sha256:\n";
    for (const Listed& file : files) {
      text += fmt::format(" {} {} {}\n",
                          to_hex(fingerprint::sha256_of(fingerprint::as_bytes(file.content))),
                          file.content.size(), file.name);
    }
  }
  text += "Files:\n";
  for (const Listed& file : files) {
    text +=
        fmt::format(" {} {} {}\n", to_hex(fingerprint::md5_of(fingerprint::as_bytes(file.content))),
                    file.content.size(), file.name);
  }
  return text;
}

std::string sign(const std::string& text) {
  return "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n" + text +
         "\n-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----\n";
}

TEST(SourcesIndex, EveryParagraphIsAPackage) {
  const std::string files = "Checksums-Sha256:\n " + std::string(64, 'a') + " 3 hello_1.tar.gz\n";
  const auto index = parse_sources_index("Package: hello\nVersion: 1\n" + files +
                                         "\n\nPackage: hello\nVersion: 2-1\n" + files);
  ASSERT_TRUE(index) << index.error().message;
  ASSERT_EQ(index->size(), 2U);
  EXPECT_EQ((*index)[0].source, "hello");
  EXPECT_EQ((*index)[1].version, "2-1");
  EXPECT_EQ((*index)[1].files[0].name, "hello_1.tar.gz");
  EXPECT_TRUE(parse_sources_index("")->empty());
  EXPECT_EQ(parse_sources_index("Package: a\n" + files).error().code, ErrorCode::corrupt);
  EXPECT_EQ(parse_sources_index("Source: a\nVersion: 1\n" + files).error().code,
            ErrorCode::corrupt);
}

TEST(Dsc, FieldsAndFilesAreRead) {
  const std::string text =
      make_dsc({{"hello_2.10.orig.tar.gz", "abc"}, {"hello_2.10-3.debian.tar.xz", ""}});
  for (const bool is_signed : {false, true}) {
    const Result<Dsc> dsc = parse_dsc(is_signed ? sign(text) : text);
    ASSERT_TRUE(dsc) << dsc.error().message;
    EXPECT_EQ(dsc->source, "hello");
    EXPECT_EQ(dsc->version, "1:2.10-3");
    EXPECT_EQ(dsc->format, "3.0 (quilt)");
    EXPECT_EQ(dsc->is_signed, is_signed);
    ASSERT_EQ(dsc->files.size(), 2U);
    EXPECT_EQ(dsc->files[0].name, "hello_2.10.orig.tar.gz");
    EXPECT_EQ(dsc->files[0].size_bytes, 3U);
    EXPECT_EQ(dsc->files[0].md5_hex, "900150983cd24fb0d6963f7d28e17f72");
    EXPECT_EQ(dsc->files[0].sha256_hex,
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }
}

TEST(Dsc, TextOutsideTheSignatureDoesNotCount) {
  const std::string inside = make_dsc({{"a.tar.gz", "abc"}});
  const Result<Dsc> dsc =
      parse_dsc("Source: evil\nVersion: 6\n\n" + sign(inside) + "\nSource: evil\n");
  ASSERT_TRUE(dsc);
  EXPECT_EQ(dsc->source, "hello");
}

TEST(Dsc, WhatContradictsItselfIsCorrupt) {
  const std::string md5 = "900150983cd24fb0d6963f7d28e17f72";
  const std::string head = "Source: x\nVersion: 1\nFiles:\n ";
  for (const std::string& text :
       {std::string(), std::string("Source: x\n"), std::string("Source: x\nVersion: 1\n"),
        "Version: 1\nFiles:\n " + md5 + " 3 a\n", head + md5 + " 3 ../a\n", head + md5 + " 3 a/b\n",
        head + md5 + " 3 ..\n", head + md5 + " -3 a\n", head + md5 + " 99999999999999999999 a\n",
        head + md5 + " 3\n", head + "zz 3 a\n", head + md5 + " 3 a\n " + md5 + " 3 a\n",
        "Source: x\nSource: y\nVersion: 1\nFiles:\n " + md5 + " 3 a\n",
        std::string(" x\nSource: x\n"), std::string("no field\n"),
        "-----BEGIN PGP SIGNED MESSAGE-----\n\n" + head + md5 + " 3 a\n"}) {
    const Result<Dsc> dsc = parse_dsc(text);
    ASSERT_FALSE(dsc) << text;
    EXPECT_EQ(dsc.error().code, ErrorCode::corrupt) << text;
  }
  EXPECT_EQ(parse_dsc(std::string((1 << 20) + 1, 'a')).error().code, ErrorCode::limit_exceeded);
}

class DebianSourceTest : public ::testing::Test {
 protected:
  void put(const std::vector<Listed>& files, bool strong = true) {
    for (const Listed& file : files) directory_.write(file.name, file.content);
    directory_.write("hello.dsc", sign(make_dsc(files, strong)));
  }
  Summary run() { return deliver(directory_ / "hello.dsc", sink_); }

  TempDirectory directory_;
  CollectingSink sink_;
};

TEST_F(DebianSourceTest, LooksAsDpkgSourceUnpacksIt) {
  put({{"hello_2.10.orig.tar.gz", pack({{"hello-2.10/", "", AE_IFDIR},
                                        {"hello-2.10/a.c", "a"},
                                        {"hello-2.10/debian/rules", "upstream's"}})},
       {"hello_2.10.orig-lib.tar.xz", pack({{"libx-3/x.c", "x"}}, "ustar", "xz")},
       {"hello_2.10.orig.tar.gz.asc", "signature"},
       {"hello_2.10-3.debian.tar.xz",
        pack({{"debian/control", "c"}, {"debian/patches/p", "p"}}, "ustar", "xz")}});
  const auto source = open_subject(directory_ / "hello.dsc");
  ASSERT_TRUE(source);
  EXPECT_EQ((*source)->kind(), "debian-source");
  const Summary summary = run();
  EXPECT_THAT(sink_.paths(), ElementsAre("a.c", "debian/control", "debian/patches/p", "lib/x.c"));
  EXPECT_TRUE(sink_.gaps.empty());
  EXPECT_EQ(summary.archives, 3U);
}

TEST_F(DebianSourceTest, NativePackagesLoseTheirTopDirectory) {
  put({{"hello_2.10.tar.xz",
        pack({{"hello/debian/rules", "r"}, {"hello/a.c", "a"}}, "ustar", "xz")}},
      false);
  run();
  EXPECT_THAT(sink_.paths(), ElementsAre("a.c", "debian/rules"));
}

TEST_F(DebianSourceTest, FilesBesideATopDirectoryKeepTheirPlace) {
  put({{"hello_2.10.orig.tar.gz", pack({{"package.xml", "x"}, {"Foo-1/a.c", "a"}})}});
  run();
  EXPECT_THAT(sink_.paths(), ElementsAre("Foo-1/a.c", "package.xml"));
}

TEST_F(DebianSourceTest, WhatIsMissingOrChangedIsAGap) {
  const std::string good = pack({{"h/a.c", "a"}});
  put({{"hello_1.orig.tar.gz", good},
       {"hello_1.orig-b.tar.gz", good},
       {"hello_1-1.debian.tar.gz", good},
       {"hello_1-1.diff.gz", "diff"}});
  std::string forged = good;
  forged[forged.size() - 3] = static_cast<char>(forged[forged.size() - 3] ^ 1);
  directory_.write("hello_1.orig-b.tar.gz", forged);
  std::filesystem::remove(directory_ / "hello_1-1.debian.tar.gz");
  run();
  EXPECT_THAT(sink_.paths(), ElementsAre("a.c"));
  EXPECT_EQ(sink_.gap_at("hello_1.orig-b.tar.gz"), "corrupt");
  EXPECT_EQ(sink_.gap_at("hello_1-1.debian.tar.gz"), "vanished");
  EXPECT_EQ(sink_.gap_at("hello_1-1.diff.gz"), "unsupported");
}

TEST_F(DebianSourceTest, ALoneDscIsAnError) {
  directory_.write("hello.dsc", make_dsc({{"hello_1.orig.tar.gz", "gone"}}));
  const auto source = open_subject(directory_ / "hello.dsc");
  ASSERT_TRUE(source);
  const Result<Summary> summary = (*source)->deliver(sink_, {});
  ASSERT_FALSE(summary);
  EXPECT_EQ(summary.error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace stowaway::source
