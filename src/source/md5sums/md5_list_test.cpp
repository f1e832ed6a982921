#include "source/md5sums/md5_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "source/md5sums/md5_list_source.h"
#include "source/testing/support.h"

namespace stowaway::source {
namespace {

using testing::CollectingSink;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::TempDirectory;

const std::string kHash = "b1946ac92492d2347c6235b4d2611184";

TEST(Md5Line, EveryUsualFormIsRead) {
  struct Row {
    std::string line;
    std::string path;
  };
  for (const Row& row : std::vector<Row>{{kHash + "  usr/share/a b.c", "usr/share/a b.c"},
                                         {kHash + " *bin.c", "bin.c"},
                                         {kHash + "   leading.c", " leading.c"},
                                         {"\\" + kHash + "  a\\nb\\\\c\\rd", "a\nb\\c\rd"},
                                         {"MD5 (x (1).c) = " + kHash, "x (1).c"},
                                         {"B1946AC92492D2347C6235B4D2611184  upper.c", "upper.c"},
                                         {kHash + "  back\\slash", "back\\slash"}}) {
    std::string path;
    const Result<fingerprint::Md5> md5 = parse_md5_line(row.line, path);
    ASSERT_TRUE(md5) << row.line;
    EXPECT_EQ(to_hex(*md5), kHash);
    EXPECT_EQ(path, row.path);
  }
}

TEST(Md5Line, AnythingElseIsCorrupt) {
  for (const std::string& line :
       {std::string("no"), kHash, kHash + " ", kHash + "  ", kHash + "\tx", "\\" + kHash + "  a\\x",
        "\\" + kHash + "  a\\", "MD5 (x) " + kHash, "z" + kHash.substr(1) + "  x",
        kHash + "  a" + std::string(1, '\0') + "b"}) {
    std::string path;
    EXPECT_FALSE(parse_md5_line(line, path)) << line;
  }
}

Summary list(std::string_view text, CollectingSink& sink, const Options& options = {}) {
  const Result<Summary> summary = deliver_md5_list(text, sink, options);
  if (!summary) ADD_FAILURE() << summary.error().message;
  return summary ? *summary : Summary{};
}

TEST(Md5List, PathsAreMadeRelative) {
  CollectingSink sink;
  const Summary summary = list(
      "# comment\n" + kHash + "  ./a/b.c\r\n\n" + kHash + "  /usr/x.c\n" + kHash + "  last", sink);
  EXPECT_THAT(sink.paths(), ElementsAre("a/b.c", "last", "usr/x.c"));
  EXPECT_EQ(summary.files, 3U);
  EXPECT_TRUE(sink.gaps.empty());
}

TEST(Md5List, BadLinesAreListedByNumberUpToALimit) {
  std::string text = kHash + "  ok\n" + kHash + "  ../up\nrubbish\n";
  for (int i = 0; i < 100; ++i) text += "bad\n";
  CollectingSink sink;
  list(text, sink);
  EXPECT_THAT(sink.paths(), ElementsAre("ok"));
  ASSERT_EQ(sink.gaps.size(), 21U);
  EXPECT_EQ(sink.gaps[0].reason, GapReason::corrupt);
  EXPECT_THAT(sink.gaps[0].detail, HasSubstr("line 2"));
  EXPECT_THAT(sink.gaps[1].detail, HasSubstr("line 3"));
  EXPECT_THAT(sink.gaps[20].detail, HasSubstr("82 more"));
}

TEST(Md5List, ALineWithoutEndDoesNotGrowInMemory) {
  std::string text = kHash + "  " + std::string(1'000'000, 'x') + "\n" + kHash + "  ok\n";
  CollectingSink sink;
  list(text, sink);
  EXPECT_THAT(sink.paths(), ElementsAre("ok"));
  ASSERT_EQ(sink.gaps.size(), 1U);
  EXPECT_THAT(sink.gaps[0].detail, HasSubstr("line 1"));
}

TEST(Md5List, PiecesMayEndAnywhere) {
  const std::string text = kHash + "  one\n" + kHash + "  two\n";
  for (std::size_t cut = 1; cut < text.size(); ++cut) {
    CollectingSink sink;
    Options options;
    Delivery delivery(sink, options);
    Worker worker;
    Md5ListParser parser(delivery, worker, "p/", "p");
    parser.feed(std::string_view(text).substr(0, cut));
    parser.feed(std::string_view(text).substr(cut));
    parser.finish();
    ASSERT_THAT(sink.paths(), ElementsAre("p/one", "p/two")) << cut;
  }
}

TEST(Md5List, OpensAFileByItsPrefix) {
  const TempDirectory directory;
  directory.write("list", kHash + "  a.c\n");
  CollectingSink sink;
  testing::deliver("md5:" + (directory / "list"), sink);
  EXPECT_EQ(sink.files["a.c"], kHash);
}

TEST(Installed, EveryPackagesListIsReadBelowItsName) {
  const TempDirectory directory;
  directory.write("info/zlib1g:amd64.md5sums", kHash + "  usr/lib/libz.so.1\n");
  for (int i = 0; i < 50; ++i) {
    directory.write("info/p" + std::to_string(i) + ".md5sums", kHash + "  usr/share/x\nbad\n");
  }
  directory.write("info/zlib1g:amd64.list", "/usr\n");
  for (const unsigned jobs : {1U, 3U}) {
    const auto source = open_installed(directory.path());
    ASSERT_TRUE(source);
    EXPECT_EQ((*source)->kind(), "dpkg-installed");
    CollectingSink sink;
    Options options;
    options.jobs = jobs;
    const Result<Summary> summary = (*source)->deliver(sink, options);
    ASSERT_TRUE(summary);
    EXPECT_EQ(summary->files, 51U);
    EXPECT_EQ(sink.files.count("zlib1g:amd64/usr/lib/libz.so.1"), 1U);
    EXPECT_EQ(sink.gap_at("p7"), "corrupt");
  }
  EXPECT_EQ(open_installed(directory / "nowhere").error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace stowaway::source
