#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "source/archive/archive_source.h"
#include "source/archive/kinds.h"
#include "source/testing/support.h"

namespace stowaway::source {
namespace {

using testing::CollectingSink;
using testing::deliver;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::pack;
using testing::PackMember;
using testing::TempDirectory;

std::string noise(std::size_t size) {
  std::mt19937 random(7);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

Summary unpack(const std::string& bytes, const char* name, CollectingSink& sink,
               const Options& options = {}) {
  const Result<Summary> summary =
      deliver_archive_bytes(fingerprint::as_bytes(bytes), name, sink, options);
  if (!summary) ADD_FAILURE() << summary.error().message;
  return summary ? *summary : Summary{};
}

TEST(ArchiveKinds, SuffixesAreReadInEitherCase) {
  EXPECT_EQ(kind_by_name("a/b.tar.xz"), ArchiveKind::container);
  EXPECT_EQ(kind_by_name("B.ZIP"), ArchiveKind::container);
  EXPECT_EQ(kind_by_name("x.tar.Z"), ArchiveKind::container);
  EXPECT_EQ(kind_by_name("x.7z"), ArchiveKind::container);
  EXPECT_EQ(kind_by_name("x.deb"), ArchiveKind::deb);
  EXPECT_EQ(kind_by_name("x.gem"), ArchiveKind::gem);
  EXPECT_EQ(kind_by_name("jquery.min.js.gz"), ArchiveKind::compressed_file);
  for (const char* name : {"a.c", "a.h", "zip", ".zip", "x.tar.d/a", "tar.", "", "a.z", "r.docx"}) {
    EXPECT_EQ(kind_by_name(name), ArchiveKind::none) << name;
  }
  EXPECT_TRUE(is_document("Report.DOCX"));
  EXPECT_FALSE(is_document("x.jar"));
  EXPECT_EQ(name_inside("d/jquery.min.js.gz"), "jquery.min.js");
}

struct Packing {
  const char* format;
  const char* filter;
  const char* name;
};
class EveryPacking : public ::testing::TestWithParam<Packing> {};

TEST_P(EveryPacking, GivesTheSameMembers) {
  const Packing& packing = GetParam();
  const std::string big = noise(300'000);
  const std::string bytes = pack({{"top/a.c", "int a;\n"}, {"top/dir/b.bin", big}, {"top/empty"}},
                                 packing.format, packing.filter);
  for (const unsigned jobs : {1U, 3U}) {
    CollectingSink sink;
    Options options;
    options.jobs = jobs;
    const Summary summary = unpack(bytes, packing.name, sink, options);
    EXPECT_THAT(sink.paths(), ElementsAre("top/a.c", "top/dir/b.bin", "top/empty"));
    EXPECT_EQ(sink.files["top/a.c"], "int a;\n");
    EXPECT_TRUE(sink.files["top/dir/b.bin"] == big);
    EXPECT_EQ(summary.files, 3U);
    EXPECT_EQ(summary.bytes, 300'007U);
    EXPECT_EQ(summary.archives, 1U);
    EXPECT_TRUE(sink.gaps.empty());
  }
}

INSTANTIATE_TEST_SUITE_P(
    Archive, EveryPacking,
    ::testing::Values(Packing{"ustar", "none", "x.tar"}, Packing{"ustar", "gzip", "x.tar.gz"},
                      Packing{"pax", "xz", "x.tar.xz"}, Packing{"gnutar", "bzip2", "x.tar.bz2"},
                      Packing{"pax", "zstd", "x.tar.zst"}, Packing{"pax", "lz4", "x.tar.lz4"},
                      Packing{"ustar", "lzip", "x.tar.lz"}, Packing{"zip", "none", "x.jar"},
                      Packing{"7zip", "none", "x.7z"}, Packing{"cpio", "gzip", "x.cpio.gz"},
                      Packing{"xar", "none", "x.xar"}));

TEST(Archive, NamesThatLeadOutAreGapsAndNotDelivered) {
  CollectingSink sink;
  const Summary summary = unpack(pack({{"./a//b/./c.c", "ok"},
                                       {"../up.c", "no"},
                                       {"a/../../up.c", "no"},
                                       {"a/../in.c", "no"},
                                       {"/etc/passwd", "no"}}),
                                 "x.tar.gz", sink);
  EXPECT_THAT(sink.paths(), ElementsAre("a/b/c.c"));
  EXPECT_EQ(sink.gap_at("../up.c"), "escapes");
  EXPECT_EQ(sink.gap_at("a/../../up.c"), "escapes");
  EXPECT_EQ(sink.gap_at("a/../in.c"), "escapes");
  EXPECT_EQ(sink.gap_at("/etc/passwd"), "escapes");
  EXPECT_EQ(summary.gaps, 4U);
}

TEST(Archive, LinksAreCountedAndSpecialFilesAreGaps) {
  CollectingSink sink;
  const Summary summary = unpack(pack({{"a", "content"},
                                       {"soft", "", AE_IFLNK, "/etc/passwd"},
                                       {"hard", "", AE_IFREG, "a"},
                                       {"out", "", AE_IFREG, "../../etc/passwd"},
                                       {"pipe", "", AE_IFIFO},
                                       {"dir/", "", AE_IFDIR}}),
                                 "x.tar.gz", sink);
  EXPECT_THAT(sink.paths(), ElementsAre("a"));
  EXPECT_EQ(summary.links, 2U);
  EXPECT_EQ(sink.gap_at("out"), "escapes");
  EXPECT_EQ(sink.gap_at("pipe"), "special_file");
  EXPECT_EQ(summary.gaps, 2U);
}

TEST(Archive, NamesAreBytes) {
  CollectingSink sink;
  unpack(pack({{"caf\xe9.c", "latin"}, {"line\nbreak.c", "newline"}}, "ustar"), "x.tar.gz", sink);
  EXPECT_THAT(sink.paths(), ElementsAre("caf\xe9.c", "line\nbreak.c"));
}

TEST(Archive, Utf8NamesOfZipAndPaxSurviveTheCLocale) {
  // Written by Python's zipfile: UTF-8 flag set, one stored member "ü.c" that holds "x".
  const unsigned char zip[] = {
      0x50, 0x4b, 3,    4,    0x14, 0,    0,    8,    0, 0,    0, 0,    0x21, 0, 0x83, 0x16,
      0xdc, 0x8c, 1,    0,    0,    0,    1,    0,    0, 0,    4, 0,    0,    0, 0xc3, 0xbc,
      0x2e, 0x63, 0x78, 0x50, 0x4b, 1,    2,    0x14, 3, 0x14, 0, 0,    8,    0, 0,    0,
      0,    0x21, 0,    0x83, 0x16, 0xdc, 0x8c, 1,    0, 0,    0, 1,    0,    0, 0,    4,
      0,    0,    0,    0,    0,    0,    0,    0,    0, 0,    0, 0x80, 1,    0, 0,    0,
      0,    0xc3, 0xbc, 0x2e, 0x63, 0x50, 0x4b, 5,    6, 0,    0, 0,    0,    1, 0,    1,
      0,    0x32, 0,    0,    0,    0x23, 0,    0,    0, 0,    0};
  CollectingSink sink;
  unpack(std::string(reinterpret_cast<const char*>(zip), sizeof zip), "x.zip", sink);
  EXPECT_THAT(sink.paths(), ElementsAre("\xc3\xbc.c"));
}

TEST(Archive, CutShortKeepsWhatWasReadBefore) {
  const std::string whole =
      pack({{"a.c", "first"}, {"b.bin", noise(600'000)}, {"c.c", "last"}}, "ustar", "xz");
  CollectingSink sink;
  const Summary summary = unpack(whole.substr(0, whole.size() / 2), "x.tar.xz", sink);
  EXPECT_THAT(sink.paths(), ElementsAre("a.c"));
  EXPECT_EQ(sink.gap_at("b.bin"), "corrupt");
  EXPECT_GE(summary.gaps, 1U);
}

TEST(Archive, GarbageUnderACompressionIsCorrupt) {
  CollectingSink sink;
  std::string bytes = pack({{"a.c", noise(5000)}}, "ustar", "gzip");
  for (std::size_t i = 20; i < 400; ++i) bytes[i] = static_cast<char>(i);
  unpack(bytes, "x.tar.gz", sink);
  EXPECT_EQ(sink.gap_at(""), "corrupt");
}

TEST(Archive, EncryptedMembersAreGaps) {
  CollectingSink sink;
  unpack(pack({{"a.c", "secret"}}, "zip", "none", "word"), "x.zip", sink);
  EXPECT_TRUE(sink.files.empty());
  EXPECT_EQ(sink.gap_at("a.c"), "encrypted");
}

TEST(Archive, ADamagedZipIsCorruptAndNotEncrypted) {
  std::string bytes = pack({{"a.c", "x"}}, "zip", "none");
  // The first local header's flags, all set; the central directory is cut off.
  bytes[6] = '\xff';
  bytes.resize(35);
  CollectingSink sink;
  unpack(bytes, "x.zip", sink);
  EXPECT_TRUE(sink.files.empty());
  ASSERT_EQ(sink.gaps.size(), 1U);
  EXPECT_EQ(sink.gaps[0].reason, GapReason::corrupt);
}

TEST(Archive, ABombOfZerosStopsByItsRatio) {
  Options options;
  options.limits.max_compression_ratio = 200;
  const std::string zeros(std::size_t{24} << 20, '\0');
  const std::string bytes =
      pack({{"ok.c", "x"}, {"1", zeros}, {"2", zeros}, {"3", zeros}, {"4", zeros}});
  CollectingSink sink;
  unpack(bytes, "x.tar.gz", sink, options);
  EXPECT_EQ(sink.files.count("ok.c"), 1U);
  EXPECT_EQ(sink.files.count("4"), 0U);
  EXPECT_EQ(sink.gap_at(""), "bomb");
}

TEST(Archive, ABombInASkippedMemberStopsToo) {
  Options options;
  options.limits.max_compression_ratio = 200;
  options.limits.max_file_bytes = 1000;
  CollectingSink sink;
  unpack(pack({{"1", std::string(std::size_t{80} << 20, '\0')}, {"after", "x"}}), "x.tar.gz", sink,
         options);
  EXPECT_TRUE(sink.files.empty());
  EXPECT_EQ(sink.gap_at("1"), "too_large");
  EXPECT_EQ(sink.gap_at(""), "bomb");
}

TEST(Archive, TheTotalOfUnpackedBytesIsLimited) {
  Options options;
  options.limits.max_unpacked_bytes = 10'000;
  CollectingSink sink;
  unpack(pack({{"a", noise(6000)}, {"b", noise(6000)}, {"c", "x"}}), "x.tar.gz", sink, options);
  EXPECT_THAT(sink.paths(), ElementsAre("a"));
  EXPECT_EQ(sink.gap_at(""), "bomb");
}

TEST(Archive, CountsOfMembersAndFilesAreLimited) {
  Options options;
  options.limits.max_archive_members = 2;
  CollectingSink sink;
  unpack(pack({{"a", "1"}, {"b", "2"}, {"c", "3"}}), "x.tar.gz", sink, options);
  EXPECT_EQ(sink.files.size(), 2U);
  EXPECT_EQ(sink.gap_at(""), "limit");

  Options few;
  few.limits.max_files = 1;
  CollectingSink other;
  unpack(pack({{"a", "1"}, {"b", "2"}, {"c", "3"}}), "x.tar.gz", other, few);
  EXPECT_EQ(other.files.size(), 1U);
  EXPECT_EQ(other.gap_at(""), "limit");
}

TEST(Archive, LargeMembersAndLongNamesAreGaps) {
  Options options;
  options.limits.max_file_bytes = 100;
  options.limits.max_path_bytes = 20;
  CollectingSink sink;
  unpack(pack({{"big", std::string(101, 'x')},
               {"small", std::string(100, 'x')},
               {"long/name/that/goes/on", "x"}}),
         "x.tar.gz", sink, options);
  EXPECT_THAT(sink.paths(), ElementsAre("small"));
  EXPECT_EQ(sink.gap_at("big"), "too_large");
  EXPECT_EQ(sink.gap_at("long/name/that/goes/"), "too_deep");
}

std::string nest(unsigned levels) {
  std::string bytes = pack({{"core.c", "core"}});
  for (unsigned i = 1; i < levels; ++i) bytes = pack({{"n.tar.gz", bytes}});
  return bytes;
}

TEST(Archive, NestedArchivesAreDeliveredAndOpenedDownToTheLimit) {
  for (const unsigned jobs : {1U, 2U}) {
    Options options;
    options.jobs = jobs;
    CollectingSink three;
    const Summary summary = unpack(nest(3), "x.tar.gz", three, options);
    EXPECT_THAT(three.paths(),
                ElementsAre("n.tar.gz", "n.tar.gz/n.tar.gz", "n.tar.gz/n.tar.gz/core.c"));
    EXPECT_EQ(summary.archives, 3U);
    EXPECT_TRUE(three.gaps.empty());

    CollectingSink four;
    unpack(nest(4), "x.tar.gz", four, options);
    EXPECT_EQ(four.files.count("n.tar.gz/n.tar.gz/n.tar.gz"), 1U);
    EXPECT_EQ(four.files.count("n.tar.gz/n.tar.gz/n.tar.gz/core.c"), 0U);
    EXPECT_EQ(four.gap_at("n.tar.gz/n.tar.gz/n.tar.gz"), "too_deep");
  }
}

TEST(Archive, NestedArchivesStayShutWhenAskedTo) {
  Options options;
  options.open_archives = false;
  CollectingSink sink;
  unpack(nest(2), "x.tar.gz", sink, options);
  EXPECT_THAT(sink.paths(), ElementsAre("n.tar.gz"));
}

TEST(Archive, AMemberThatOnlyClaimsToBeAnArchiveIsAFile) {
  CollectingSink sink;
  const Summary summary =
      unpack(pack({{"a.zip", "not a zip"}, {"b.gz", "nor gzip"}, {"c.tar", ""}}), "x.tar.gz", sink);
  EXPECT_EQ(sink.files.size(), 3U);
  EXPECT_TRUE(sink.gaps.empty());
  EXPECT_EQ(summary.archives, 1U);
}

TEST(Archive, ACompressedFileHoldsOneFile) {
  CollectingSink sink;
  unpack(pack({{"jquery.js.gz", pack({{"x", "$()"}}, "raw", "gzip")}}), "x.tar.gz", sink);
  EXPECT_THAT(sink.paths(), ElementsAre("jquery.js.gz", "jquery.js.gz/jquery.js"));
  EXPECT_EQ(sink.files["jquery.js.gz/jquery.js"], "$()");
}

std::string make_deb() {
  return pack(
      {{"debian-binary", "2.0\n"},
       {"control.tar.xz", pack({{"./control", "Package: x\n"}}, "gnutar", "xz")},
       {"data.tar.xz",
        pack({{"./usr/share/x/a.js", "js"}, {"./usr/share/x/n.tar.gz", nest(1)}}, "gnutar", "xz")}},
      "arbsd", "none");
}

TEST(Archive, ADebIsItsInstalledFiles) {
  CollectingSink sink;
  unpack(make_deb(), "x_1.0_all.deb", sink);
  EXPECT_THAT(sink.paths(), ElementsAre("DEBIAN/control", "usr/share/x/a.js",
                                        "usr/share/x/n.tar.gz", "usr/share/x/n.tar.gz/core.c"));
  EXPECT_TRUE(sink.gaps.empty());
}

TEST(Archive, ADebInsideAnArchiveLiesBelowItsOwnPath) {
  CollectingSink sink;
  unpack(pack({{"pool/x.deb", make_deb()}}), "x.tar.gz", sink);
  EXPECT_EQ(sink.files.count("pool/x.deb/usr/share/x/a.js"), 1U);
}

TEST(Archive, AGemIsItsData) {
  CollectingSink sink;
  unpack(pack({{"metadata.gz", pack({{"x", "--- !ruby"}}, "raw", "gzip")},
               {"data.tar.gz", pack({{"lib/x.rb", "ruby"}, {"ext/x/x.c", "c"}})},
               {"checksums.yaml.gz", "sums"}},
              "ustar", "none"),
         "x-1.0.gem", sink);
  EXPECT_THAT(sink.paths(),
              ElementsAre("checksums.yaml.gz", "ext/x/x.c", "lib/x.rb", "metadata.gz"));
}

TEST(Archive, ADebCutShortInItsDataIsCorrupt) {
  CollectingSink sink;
  const std::string data = pack({{"a", "first"}, {"b", noise(300'000)}}, "gnutar", "xz");
  unpack(pack({{"debian-binary", "2.0\n"}, {"data.tar.xz", data.substr(0, data.size() / 2)}},
              "arbsd", "none"),
         "x.deb", sink);
  EXPECT_THAT(sink.paths(), ElementsAre("a"));
  EXPECT_EQ(sink.gap_at("b"), "corrupt");
}

TEST(Archive, OpensAsASubjectByNameOrByContent) {
  const TempDirectory directory;
  directory.write("x.tar.gz", pack({{"top/a.c", "a"}}));
  directory.write("download", pack({{"top/a.c", "a"}}));
  directory.write("x.deb", make_deb());
  directory.write("letter.docx", pack({{"word/document.xml", "x"}}, "zip", "none"));
  directory.write("fake.tar.gz", "plain text");
  for (const auto& [name, kind] :
       std::vector<std::pair<std::string, std::string>>{{"x.tar.gz", "archive"},
                                                        {"download", "archive"},
                                                        {"x.deb", "deb"},
                                                        {"letter.docx", "file"},
                                                        {"fake.tar.gz", "file"}}) {
    const Result<std::unique_ptr<Source>> source = open_subject(directory / name);
    ASSERT_TRUE(source) << name;
    EXPECT_EQ((*source)->kind(), kind) << name;
  }
  CollectingSink sink;
  deliver(directory / "download", sink);
  EXPECT_THAT(sink.paths(), ElementsAre("top/a.c"));
  CollectingSink file;
  deliver(directory / "letter.docx", file);
  EXPECT_THAT(file.paths(), ElementsAre("letter.docx"));
}

TEST(Archive, ManyMembersAreSharedWithoutLoss) {
  std::vector<PackMember> members;
  for (int i = 0; i < 3000; ++i) {
    members.push_back({"d" + std::to_string(i % 7) + "/f" + std::to_string(i),
                       noise(static_cast<std::size_t>(i))});
  }
  const std::string bytes = pack(members, "ustar", "none");
  CollectingSink sink;
  Options options;
  options.jobs = 4;
  const Summary summary = unpack(bytes, "x.tar", sink, options);
  EXPECT_EQ(sink.files.size(), 3000U);
  EXPECT_EQ(summary.bytes, 2999U * 3000U / 2U);
}

TEST(Archive, StopsWhenAskedTo) {
  std::stop_source stop;
  stop.request_stop();
  Options options;
  options.stop = stop.get_token();
  CollectingSink sink;
  const std::string bytes = nest(1);
  const Result<Summary> summary =
      deliver_archive_bytes(fingerprint::as_bytes(bytes), "x.tar.gz", sink, options);
  ASSERT_FALSE(summary);
  EXPECT_EQ(summary.error().code, ErrorCode::cancelled);
}

}  // namespace
}  // namespace stowaway::source
