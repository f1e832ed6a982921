#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "source/open_file.h"
#include "source/testing/support.h"

namespace stowaway::source {
namespace {

using testing::CollectingSink;
using testing::deliver;
using ::testing::ElementsAre;
using testing::pack;
using testing::TempDirectory;

TEST(Directory, EveryFileComesOnceForAnyNumberOfJobs) {
  const TempDirectory directory;
  std::map<std::string, std::string> expected;
  for (int i = 0; i < 600; ++i) {
    const std::string name =
        (i % 3 == 0 ? "flat/" : "a/b" + std::to_string(i % 5) + "/c/") + std::to_string(i);
    expected[name] = std::string(static_cast<std::size_t>(i) * 37, static_cast<char>('a' + i % 26));
    directory.write(name, expected[name]);
  }
  for (const unsigned jobs : {1U, 2U, 7U}) {
    CollectingSink sink;
    Options options;
    options.jobs = jobs;
    const Summary summary = deliver(directory.path(), sink, options);
    EXPECT_TRUE(sink.files == expected) << jobs;
    EXPECT_EQ(summary.files, 600U);
    EXPECT_TRUE(sink.gaps.empty());
  }
}

TEST(Directory, LinksAreCountedAndNeverFollowed) {
  const TempDirectory directory;
  directory.write("d/a.c", "a");
  ASSERT_EQ(::symlink("..", (directory / "d/loop").c_str()), 0);
  ASSERT_EQ(::symlink("/etc/passwd", (directory / "out").c_str()), 0);
  ASSERT_EQ(::symlink("nowhere", (directory / "broken").c_str()), 0);
  CollectingSink sink;
  const Summary summary = deliver(directory.path(), sink);
  EXPECT_THAT(sink.paths(), ElementsAre("d/a.c"));
  EXPECT_EQ(summary.links, 3U);
  EXPECT_TRUE(sink.gaps.empty());
}

TEST(Directory, ADirectorySwappedForALinkLeadsNowhere) {
  const TempDirectory directory;
  directory.write("real/sub/a.c", "a");
  ASSERT_EQ(::symlink("real", (directory / "link").c_str()), 0);
  const Descriptor root(::open(directory.path().c_str(), O_RDONLY | O_DIRECTORY));
  EXPECT_TRUE(open_directory_below(root.get(), "real/sub"));
  EXPECT_FALSE(open_directory_below(root.get(), "link"));
  EXPECT_FALSE(open_directory_below(root.get(), "link/sub"));
  EXPECT_FALSE(open_directory_below(root.get(), "../.."));
}

TEST(Directory, SpecialFilesAreGapsAndDoNotBlock) {
  const TempDirectory directory;
  directory.write("a.c", "a");
  ASSERT_EQ(::mkfifo((directory / "pipe").c_str(), 0600), 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, (directory / "socket").c_str(), sizeof address.sun_path - 1);
  const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM, 0));
  ASSERT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  CollectingSink sink;
  deliver(directory.path(), sink);
  EXPECT_THAT(sink.paths(), ElementsAre("a.c"));
  EXPECT_EQ(sink.gap_at("pipe"), "special_file");
  EXPECT_EQ(sink.gap_at("socket"), "special_file");
}

TEST(Directory, NamesAreBytes) {
  const TempDirectory directory;
  directory.write("caf\xe9/line\nbreak.c", "x");
  directory.write("-rf * \"'\\.c", "y");
  CollectingSink sink;
  deliver(directory.path(), sink);
  EXPECT_THAT(sink.paths(), ElementsAre("-rf * \"'\\.c", "caf\xe9/line\nbreak.c"));
}

TEST(Directory, VersionControlIsNotPartOfTheTree) {
  const TempDirectory directory;
  for (const char* name : {".git/config", "sub/.git/objects/aa/b", ".hg/x", "sub/.svn/entries",
                           ".bzr/x", ".github/workflow.yml", "sub/.gitignore"}) {
    directory.write(name, "x");
  }
  CollectingSink sink;
  deliver(directory.path(), sink);
  EXPECT_THAT(sink.paths(), ElementsAre(".github/workflow.yml", "sub/.gitignore"));
  EXPECT_TRUE(sink.gaps.empty());
}

TEST(Directory, UnreadableFilesAndDirectoriesAreGaps) {
  const TempDirectory directory;
  directory.write("a.c", "a");
  directory.write("shut.c", "x");
  directory.write("closed/b.c", "x");
  ::chmod(directory.path().c_str(), 0755);
  ::chmod((directory / "shut.c").c_str(), 0);
  ::chmod((directory / "closed").c_str(), 0);
  const bool is_root = ::geteuid() == 0;
  if (is_root && ::seteuid(65534) != 0)
    GTEST_SKIP() << "root reads everything, and cannot become nobody here";
  CollectingSink sink;
  deliver(directory.path(), sink);
  if (is_root) {
    ASSERT_EQ(::seteuid(0), 0);
  }
  ::chmod((directory / "closed").c_str(), 0700);
  EXPECT_THAT(sink.paths(), ElementsAre("a.c"));
  EXPECT_EQ(sink.gap_at("shut.c"), "unreadable");
  EXPECT_EQ(sink.gap_at("closed"), "unreadable");
}

// Removes everything else as soon as the first file arrives.
class RemovingSink : public CollectingSink {
 public:
  explicit RemovingSink(std::string path) : path_(std::move(path)) {}
  void on_file(unsigned worker, const FileView& file) override {
    CollectingSink::on_file(worker, file);
    for (const auto& entry : std::filesystem::directory_iterator(path_)) {
      std::filesystem::remove_all(entry.path());
    }
  }

 private:
  std::string path_;
};

TEST(Directory, WhatVanishesIsAGap) {
  const TempDirectory directory;
  for (int i = 0; i < 10; ++i) directory.write(std::to_string(i), "x");
  directory.write("sub/a", "x");
  RemovingSink sink(directory.path());
  Options options;
  options.jobs = 1;
  deliver(directory.path(), sink, options);
  EXPECT_EQ(sink.files.size(), 1U);
  EXPECT_EQ(sink.gaps.size(), 10U);
  for (const Gap& gap : sink.gaps) EXPECT_EQ(gap.reason, GapReason::vanished) << gap.path;
}

TEST(Directory, LimitsBecomeGaps) {
  const TempDirectory directory;
  directory.write("a/b/c/d.c", "deep");
  directory.write("a/big.c", std::string(101, 'x'));
  directory.write("a/fits.c", std::string(100, 'x'));
  Options options;
  options.limits.max_directory_depth = 2;
  options.limits.max_file_bytes = 100;
  CollectingSink sink;
  deliver(directory.path(), sink, options);
  EXPECT_THAT(sink.paths(), ElementsAre("a/fits.c"));
  EXPECT_EQ(sink.gap_at("a/b/c"), "too_deep");
  EXPECT_EQ(sink.gap_at("a/big.c"), "too_large");

  Options few;
  few.limits.max_files = 1;
  CollectingSink one;
  deliver(directory.path(), one, few);
  EXPECT_EQ(one.files.size(), 1U);
  EXPECT_EQ(one.gap_at(""), "limit");
}

TEST(Directory, ArchivesAreDeliveredAndOpened) {
  const TempDirectory directory;
  directory.write("vendor/z.zip", pack({{"z/z.c", "z"}}, "zip", "none"));
  directory.write("doc/letter.odt", pack({{"content.xml", "x"}}, "zip", "none"));
  CollectingSink sink;
  const Summary summary = deliver(directory.path(), sink);
  EXPECT_THAT(sink.paths(), ElementsAre("doc/letter.odt", "vendor/z.zip", "vendor/z.zip/z/z.c"));
  EXPECT_EQ(summary.archives, 1U);

  Options shut;
  shut.open_archives = false;
  CollectingSink closed;
  deliver(directory.path(), closed, shut);
  EXPECT_THAT(closed.paths(), ElementsAre("doc/letter.odt", "vendor/z.zip"));
}

TEST(Directory, AnArchiveTooLargeToHoldIsStillOpened) {
  const TempDirectory directory;
  directory.write("z.tar", pack({{"z.c", "z"}}, "ustar", "none"));
  Options options;
  options.limits.max_file_bytes = 100;
  CollectingSink sink;
  deliver(directory.path(), sink, options);
  EXPECT_THAT(sink.paths(), ElementsAre("z.tar/z.c"));
  EXPECT_EQ(sink.gap_at("z.tar"), "too_large");
}

TEST(Directory, AnEmptyDirectoryHasNoFilesAndNoGaps) {
  const TempDirectory directory;
  CollectingSink sink;
  const Summary summary = deliver(directory.path(), sink);
  EXPECT_EQ(summary.files + summary.gaps, 0U);
}

TEST(Directory, StopsWhenAskedTo) {
  const TempDirectory directory;
  directory.write("a", "x");
  std::stop_source stop;
  stop.request_stop();
  Options options;
  options.stop = stop.get_token();
  CollectingSink sink;
  const auto source = open_subject(directory.path());
  ASSERT_TRUE(source);
  const Result<Summary> summary = (*source)->deliver(sink, options);
  ASSERT_FALSE(summary);
  EXPECT_EQ(summary.error().code, ErrorCode::cancelled);
}

class ThrowingSink : public CollectingSink {
  void on_file(unsigned, const FileView&) override { throw std::runtime_error("sink is broken"); }
};

TEST(Directory, WhatASinkThrowsBecomesAnError) {
  const TempDirectory directory;
  for (int i = 0; i < 100; ++i) directory.write("d/" + std::to_string(i), "x");
  ThrowingSink sink;
  Options options;
  options.jobs = 3;
  const auto source = open_subject(directory.path());
  ASSERT_TRUE(source);
  const Result<Summary> summary = (*source)->deliver(sink, options);
  ASSERT_FALSE(summary);
  EXPECT_THAT(summary.error().message, ::testing::HasSubstr("sink is broken"));
}

TEST(OpenFile, APseudoFileWhoseSizeIsZeroIsReadWhole) {
  const Descriptor file(::open("/proc/self/status", O_RDONLY));
  if (!file) GTEST_SKIP() << "no /proc here";
  ByteBuffer buffer;
  struct stat status {};
  EXPECT_EQ(read_whole(file.get(), 1 << 20, buffer, &status), ReadOutcome::complete);
  EXPECT_GT(buffer.size(), 100U);
}

}  // namespace
}  // namespace stowaway::source
