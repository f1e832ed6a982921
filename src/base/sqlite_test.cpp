#include "base/sqlite.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace stowaway::sqlite {
namespace {

class SqliteFile : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = ::testing::TempDir() + "/sqlite-" +
              ::testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string file() const { return folder_ + "/a.db"; }
  std::string folder_;
};

TEST_F(SqliteFile, rows_come_back_with_embedded_zeros_and_after_reopening) {
  const std::string text("a\0b", 3);
  {
    auto database = Database::open(file(), Access::read_write);
    ASSERT_TRUE(database) << database.error().message;
    ASSERT_TRUE(database->run("CREATE TABLE t(a TEXT, b INTEGER)"));
    auto insert = database->prepare("INSERT INTO t VALUES(?, ?)");
    ASSERT_TRUE(insert);
    insert->bind(0, text);
    insert->bind(1, std::int64_t{7});
    ASSERT_TRUE(insert->run());
    EXPECT_EQ(database->changes(), 1);
  }
  auto database = Database::open(file(), Access::read_only);
  ASSERT_TRUE(database) << database.error().message;
  auto select = database->prepare("SELECT a, b FROM t");
  ASSERT_TRUE(select);
  ASSERT_TRUE(select->step().value());
  EXPECT_EQ(select->text(0), text);
  EXPECT_EQ(select->number(1), 7);
  EXPECT_FALSE(select->step().value());
  EXPECT_FALSE(database->run("DELETE FROM t"));
}

TEST_F(SqliteFile, a_transaction_that_is_not_committed_leaves_nothing) {
  auto database = Database::open(file(), Access::read_write);
  ASSERT_TRUE(database->run("CREATE TABLE t(a)"));
  {
    auto transaction = Transaction::begin(*database);
    ASSERT_TRUE(transaction);
    ASSERT_TRUE(database->run("INSERT INTO t VALUES(1)"));
  }
  auto count = database->prepare("SELECT count(*) FROM t");
  ASSERT_TRUE(count->step().value());
  EXPECT_EQ(count->number(0), 0);
}

TEST_F(SqliteFile, missing_and_foreign_files_are_told_apart) {
  const auto missing = Database::open(file(), Access::read_only);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::not_found);
  std::ofstream(file()) << std::string(5000, 'x');
  const auto foreign = Database::open(file(), Access::read_only);
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().code, ErrorCode::corrupt);
}

}  // namespace
}  // namespace stowaway::sqlite
