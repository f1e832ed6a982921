#include <gtest/gtest.h>

#include "kb/miner/debian/apt_archive.h"
#include "kb/miner/debian/dsc_signature.h"
#include "kb/testing/support.h"

namespace stowaway::kb {
namespace {

TEST(UpstreamVersion, is_what_upstream_called_it) {
  const struct {
    const char *debian, *upstream;
  } kCases[] = {{"1.2.3-4", "1.2.3"},
                {"1:1.2.13.dfsg-1", "1.2.13"},
                {"2:1.0-rc1-2+deb12u1", "1.0-rc1"},
                {"1.5+dfsg-1", "1.5"},
                {"1.5+dfsg1-1", "1.5"},
                {"1.5~ds-1", "1.5"},
                {"1.5+ds1.2-1", "1.5"},
                {"1.5+repack-1", "1.5"},
                {"4.0.2+really4.0.1-1", "4.0.1"},
                {"1.2", "1.2"},
                {"3.0.11-1~deb12u2", "3.0.11"},
                {"2.0+git20200101-1", "2.0+git20200101"},
                {"1.5dfsg-1", "1.5dfsg"},
                {"5.2.0ds-1", "5.2.0ds"}};
  for (const auto& test : kCases) EXPECT_EQ(upstream_version(test.debian), test.upstream);
}

TEST(DebianName, is_policys) {
  for (const char* name : {"zlib", "gtk+3.0", "libc++1", "0ad", "vue.js"})
    EXPECT_TRUE(is_debian_name(name)) << name;
  for (const char* name : {"", "z", "-o", "Zlib", "a/b", "a b", "a=1", "+a"})
    EXPECT_FALSE(is_debian_name(name)) << name;
}

TEST(RevisionOf, names_the_upstream_files_only) {
  source::Dsc package;
  package.files = {{"a_1-1.dsc", 1, "d1", ""},
                   {"a_1.orig.tar.xz", 1, "d2", ""},
                   {"a_1.orig.tar.xz.asc", 1, "d3", ""},
                   {"a_1-1.debian.tar.xz", 1, "d4", ""}};
  EXPECT_EQ(revision_of(package), "d2");
  package.files[3].sha256_hex = "another revision of the package";
  EXPECT_EQ(revision_of(package), "d2");
  package.files.push_back({"a_1.orig-doc.tar.xz", 1, "d5", ""});
  const std::string both = revision_of(package);
  EXPECT_EQ(both.size(), 64U);
  std::swap(package.files[1], package.files[4]);
  EXPECT_EQ(revision_of(package), both);
  EXPECT_EQ(revision_of({.source = "a", .version = "1", .format = "", .files = {}}), "");
}

TEST(SignatureState, is_read_from_what_gpgv_says) {
  EXPECT_EQ(signature_state("[GNUPG:] NEWSIG\n[GNUPG:] GOODSIG AA B\n[GNUPG:] VALIDSIG x\n"),
            "good");
  EXPECT_EQ(signature_state("[GNUPG:] ERRSIG AA 1 8 00 1 9\n[GNUPG:] NO_PUBKEY AA\n"),
            "unknown-key");
  EXPECT_EQ(signature_state("[GNUPG:] ERRSIG AA 99 8 00 1 4\n"), "unchecked");
  EXPECT_EQ(signature_state("[GNUPG:] EXPKEYSIG AA B\n[GNUPG:] VALIDSIG x\n"), "expired-key");
  EXPECT_EQ(signature_state("[GNUPG:] REVKEYSIG AA B\n"), "revoked-key");
  EXPECT_EQ(signature_state("[GNUPG:] GOODSIG AA B\n[GNUPG:] BADSIG BB C\n"), "bad");
  EXPECT_EQ(signature_state("GOODSIG AA\n[GNUPG:] GOODSIGNAL\n"), "bad") << "nothing was said";
  EXPECT_EQ(signature_state(""), "bad");
}

TEST(CheckDscSignature, a_file_without_one_is_unsigned) {
  const testing::TempDir dir;
  const std::string file = dir.write(
      "a.dsc",
      "Format: 1.0\nSource: a\nVersion: 1\nFiles:\n 900150983cd24fb0d6963f7d28e17f72 3 a.tar.gz\n");
  const auto state = check_dsc_signature(file, {}, {});
  ASSERT_TRUE(state) << state.error().message;
  EXPECT_EQ(*state, "unsigned");
  dir.write("a.dsc", "nonsense");
  EXPECT_FALSE(check_dsc_signature(file, {}, {}));
}

}  // namespace
}  // namespace stowaway::kb
