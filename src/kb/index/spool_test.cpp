#include "kb/index/spool.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <random>
#include <vector>

#include "kb/index/packed_writer.h"
#include "kb/index/sorter.h"
#include "kb/testing/support.h"

namespace stowaway::kb::index {
namespace {

using testing::TempDir;

TEST(Spool, gives_back_what_was_put_in) {
  const TempDir dir;
  auto spool = Spool::create(dir.path());
  ASSERT_TRUE(spool);
  for (std::uint32_t i = 0; i < 200'000; ++i) spool->put(i);
  ASSERT_TRUE(spool->flush());
  EXPECT_EQ(spool->size(), 800'000U);
  SpoolReader reader(*spool, 400, 600'000, 1000);
  std::uint32_t expected = 100, number = 0;
  while (reader.next(number)) ASSERT_EQ(number, expected++);
  EXPECT_TRUE(reader.result());
  EXPECT_EQ(expected, 150'000U);
  const auto map = SpoolMap::of(*spool);
  ASSERT_TRUE(map);
  EXPECT_EQ(map->as<std::uint32_t>().size(), 200'000U);
  EXPECT_EQ(map->as<std::uint32_t>()[123'456], 123'456U);
  EXPECT_TRUE(std::filesystem::is_empty(dir.path())) << "its file has no name";
}

TEST(Spool, small_and_large_pieces_stay_in_order) {
  const TempDir dir;
  auto spool = Spool::create(dir.path());
  std::uint32_t next = 0;
  for (const std::size_t count :
       {3U, 300'000U, 1U, 500'000U, 2U}) {  // the large go past the buffer
    std::vector<std::uint32_t> piece(count);
    for (std::uint32_t& number : piece) number = next++;
    spool->append(std::as_bytes(std::span(piece)));
  }
  ASSERT_TRUE(spool->flush());
  EXPECT_EQ(spool->size(), 4 * next);
  SpoolReader reader(*spool, 0, spool->size());
  std::uint32_t expected = 0, number = 0;
  while (reader.next(number)) ASSERT_EQ(number, expected++);
  EXPECT_EQ(expected, next);
}

TEST(Spool, an_empty_one_is_read_too) {
  const TempDir dir;
  auto spool = Spool::create(dir.path());
  ASSERT_TRUE(spool->flush());
  SpoolReader reader(*spool, 0, 0);
  std::uint32_t number;
  EXPECT_FALSE(reader.next(number));
  EXPECT_TRUE(SpoolMap::of(*spool)->bytes().empty());
}

TEST(Spool, a_directory_that_is_not_there_is_an_error) {
  EXPECT_FALSE(Spool::create("/no/such/directory"));
}

// A limit on file sizes fails a write in its middle, as a full disk does.
TEST(Spool, a_full_disk_is_an_error_when_flushed) {
  const TempDir dir;
  auto spool = Spool::create(dir.path());
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{100'000, before.rlim_max};
  ::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &small);
  for (std::uint64_t i = 0; i < 100'000; ++i) spool->put(i);
  const auto flushed = spool->flush();
  Sorter<std::uint64_t> sorter(dir.path(), 1 << 20);
  Result<void> sorted;
  for (std::uint64_t i = 0; sorted && i < 1'000'000; ++i) sorted = sorter.add(i);
  ::setrlimit(RLIMIT_FSIZE, &before);
  ASSERT_FALSE(flushed);
  EXPECT_EQ(flushed.error().code, ErrorCode::io);
  EXPECT_FALSE(sorted);
  EXPECT_FALSE(spool->flush()) << "remembers";
}

TEST(Sorter, sorts_in_memory_and_through_runs_alike) {
  const TempDir dir;
  std::mt19937_64 random(2);
  std::vector<std::uint64_t> numbers(50'000);
  for (auto& number : numbers) number = random() % 30'000;
  std::vector<std::uint64_t> expected = numbers;
  std::ranges::sort(expected);
  for (const std::uint64_t memory :
       {std::uint64_t{0}, std::uint64_t{100'000}, std::uint64_t{1} << 24}) {
    Sorter<std::uint64_t> sorter(dir.path(), memory);
    for (const std::uint64_t number : numbers) ASSERT_TRUE(sorter.add(number));
    EXPECT_EQ(sorter.size(), numbers.size());
    std::vector<std::uint64_t> sorted;
    ASSERT_TRUE(sorter.drain([&](std::uint64_t number) -> Result<void> {
      sorted.push_back(number);
      return {};
    }));
    EXPECT_EQ(sorted, expected) << memory;
    EXPECT_EQ(sorter.held_bytes(), 0U) << memory;
  }
}

TEST(Sorter, holds_no_more_than_it_may) {
  const TempDir dir;
  constexpr std::uint64_t kMemory = 100'000;  // no power of two
  Sorter<std::uint64_t> sorter(dir.path(), kMemory);
  for (std::uint64_t i = 0; i < 50'000; ++i) {
    ASSERT_TRUE(sorter.add(i));
    ASSERT_LE(sorter.held_bytes(), kMemory) << i;
  }
}

TEST(Sorter, stops_where_the_user_of_its_records_fails) {
  const TempDir dir;
  Sorter<std::uint64_t> sorter(dir.path(), 0);
  for (std::uint64_t i = 0; i < 5000; ++i) ASSERT_TRUE(sorter.add(i));
  std::uint64_t seen = 0;
  const auto result = sorter.drain([&](std::uint64_t) -> Result<void> {
    if (++seen == 10) return fail(ErrorCode::io, "enough");
    return {};
  });
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "enough");
  EXPECT_EQ(seen, 10U);
}

TEST(Packed, numbers_of_every_width_are_read_again) {
  const TempDir dir;
  std::mt19937_64 random(4);
  for (unsigned width = 0; width <= 64; ++width) {
    auto spool = Spool::create(dir.path());
    PackedWriter writer(*spool, width);
    std::vector<std::uint64_t> numbers(200);
    for (auto& number : numbers) writer.add(number = random() & low_bits(width));
    EXPECT_EQ(writer.finish(), numbers.size());
    ASSERT_TRUE(spool->flush());
    ASSERT_EQ(spool->size(), packed_bytes(numbers.size(), width)) << width;
    std::vector<std::byte> bytes(spool->size());
    ASSERT_TRUE(spool->read_at(0, bytes));
    const PackedView view(bytes, numbers.size(), width);
    for (std::size_t i = 0; i < numbers.size(); ++i) ASSERT_EQ(view[i], numbers[i]) << width;
    EXPECT_EQ(view[numbers.size()], 0U);
    EXPECT_EQ(view[UINT64_MAX], 0U);
  }
}

}  // namespace
}  // namespace stowaway::kb::index
