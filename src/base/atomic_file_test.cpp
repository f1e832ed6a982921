#include "base/atomic_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace stowaway {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

class AtomicFile : public testing::Test {
 protected:
  AtomicFile() {
    std::string pattern = (fs::temp_directory_path() / "stowaway-test-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
  }
  ~AtomicFile() override { fs::remove_all(directory_); }
  std::string file() const { return (directory_ / "file").string(); }
  std::string content() const {
    const auto read = read_whole_file(file(), 1 << 20);
    return read ? std::string(reinterpret_cast<const char*>(read->data()), read->size())
                : read.error().message;
  }
  auto entries() const {
    return std::distance(fs::directory_iterator(directory_), fs::directory_iterator());
  }
  fs::path directory_;
};

TEST_F(AtomicFile, is_written_and_replaced_whole) {
  ASSERT_TRUE(write_file_atomically(file(), bytes_of("first")));
  ASSERT_TRUE(write_file_atomically(file(), bytes_of("second, and longer")));
  EXPECT_EQ(content(), "second, and longer");
  ASSERT_TRUE(write_file_atomically(file(), {}));
  EXPECT_EQ(content(), "");
  EXPECT_EQ(entries(), 1);
}

// A limit on file sizes fails a write in its middle, as a full disk does.
TEST_F(AtomicFile, stays_as_it_was_when_the_write_fails) {
  ASSERT_TRUE(write_file_atomically(file(), bytes_of("old")));
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{1000, before.rlim_max};
  ::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &small);
  const auto result = write_file_atomically(file(), bytes_of(std::string(5000, 'x')));
  ::setrlimit(RLIMIT_FSIZE, &before);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::io);
  EXPECT_THAT(result.error().message, HasSubstr(file()));
  EXPECT_EQ(content(), "old");
  EXPECT_EQ(entries(), 1);  // no temporary is left
}

TEST_F(AtomicFile, a_full_disk_is_named) {
  const auto result = write_file_atomically("/dev/full", bytes_of("x"));
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("No space left on device"));
}

TEST_F(AtomicFile, a_device_is_written_to_and_not_replaced) {
  ASSERT_TRUE(write_file_atomically("/dev/null", bytes_of("x")));
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST_F(AtomicFile, a_link_stays_a_link) {
  fs::create_symlink("file", directory_ / "link");
  ASSERT_TRUE(write_file_atomically(file(), bytes_of("old")));
  ASSERT_TRUE(write_file_atomically((directory_ / "link").string(), bytes_of("new")));
  EXPECT_TRUE(fs::is_symlink(directory_ / "link"));
  EXPECT_EQ(content(), "new");
}

TEST_F(AtomicFile, errors_name_file_and_reason) {
  const auto result = write_file_atomically((directory_ / "none" / "file").string(), bytes_of("x"));
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("No such file or directory"));
}

TEST_F(AtomicFile, reading_keeps_the_limit_and_the_kind) {
  EXPECT_EQ(read_whole_file(file(), 10).error().code, ErrorCode::not_found);
  EXPECT_EQ(read_whole_file(directory_.string(), 10).error().code, ErrorCode::io);
  ASSERT_TRUE(write_file_atomically(file(), bytes_of("0123456789")));
  EXPECT_EQ(read_whole_file(file(), 10)->size(), 10U);
  EXPECT_EQ(read_whole_file(file(), 9).error().code, ErrorCode::limit_exceeded);
}

TEST_F(AtomicFile, in_pieces_appears_when_committed) {
  ASSERT_TRUE(write_file_atomically(file(), bytes_of("old")));
  {
    auto writer = AtomicWriter::create(file());
    ASSERT_TRUE(writer);
    ASSERT_TRUE(writer->append(bytes_of("......, ")));
    ASSERT_TRUE(writer->append(bytes_of("and longer")));
    ASSERT_TRUE(writer->overwrite_start(bytes_of("second")));
    EXPECT_EQ(content(), "old");
    AtomicWriter moved = *std::move(writer);
    ASSERT_TRUE(moved.commit());
  }
  EXPECT_EQ(content(), "second, and longer");
  EXPECT_EQ(entries(), 1);
}

TEST_F(AtomicFile, in_pieces_goes_away_when_not_committed) {
  ASSERT_TRUE(write_file_atomically(file(), bytes_of("old")));
  {
    auto writer = AtomicWriter::create(file());
    ASSERT_TRUE(writer);
    ASSERT_TRUE(writer->append(bytes_of("new")));
  }
  EXPECT_EQ(content(), "old");
  EXPECT_EQ(entries(), 1);
}

}  // namespace
}  // namespace stowaway
