#include "kb/index/marks.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "kb/index/bits.h"
#include "kb/testing/support.h"

namespace stowaway::kb::index {
namespace {

TEST(Bits, a_set_bit_is_found_by_its_number) {
  std::mt19937_64 random(3);
  std::vector<std::uint64_t> words{0, 1, ~std::uint64_t{0}, std::uint64_t{1} << 63};
  for (int i = 0; i < 500; ++i) words.push_back(random() & random());
  for (const std::uint64_t word : words) {
    unsigned ones = 0;
    for (unsigned bit = 0; bit < 64; ++bit)
      if ((word >> bit & 1) != 0) {
        EXPECT_EQ(select_one(word, ones++), bit) << word;
      }
    EXPECT_EQ(count_ones(word), ones);
    for (const unsigned beyond : {ones, ones + 1, 127U}) EXPECT_EQ(select_one(word, beyond), 64U);
  }
}

struct Written {
  std::vector<std::byte> bytes;
  std::uint64_t size, ones;
};

Written write(const std::vector<bool>& bits) {
  const testing::TempDir dir;
  auto spool = Spool::create(dir.path());
  EXPECT_TRUE(spool);
  MarksWriter writer(*spool);
  for (const bool bit : bits) writer.add(bit);
  writer.finish();
  EXPECT_TRUE(spool->flush());
  Written out{std::vector<std::byte>(spool->size()), writer.size(), writer.ones()};
  EXPECT_TRUE(spool->read_at(0, out.bytes));
  return out;
}

void expect_right(const std::vector<bool>& bits) {
  const Written written = write(bits);
  const auto view = MarksView::of(written.bytes, written.size, written.ones);
  ASSERT_TRUE(view) << view.error().message;
  std::uint64_t ones = 0;
  for (std::size_t i = 0; i < bits.size(); ++i) {
    ASSERT_EQ(view->rank(i), ones) << i;
    ASSERT_EQ(view->at(i), bits[i]);
    if (bits[i]) {
      ASSERT_EQ(view->select(ones), i);
      ASSERT_EQ(view->next(i), i);
      ++ones;
    }
  }
  std::uint64_t next = bits.size();
  for (std::size_t i = bits.size(); i-- > 0;) {
    if (bits[i]) next = i;
    ASSERT_EQ(view->next(i), next);
  }
  EXPECT_EQ(view->ones(), ones);
  for (const std::uint64_t beyond : {bits.size(), bits.size() + 1, std::size_t{1} << 40}) {
    EXPECT_EQ(view->rank(beyond), ones);
    EXPECT_EQ(view->select(ones + beyond), bits.size());
    EXPECT_EQ(view->next(beyond), bits.size());
  }
}

TEST(Marks, are_counted_and_found_at_every_density) {
  std::mt19937_64 random(1);
  for (const std::size_t size : {0U, 1U, 63U, 64U, 65U, 511U, 512U, 513U, 1024U, 40'000U})
    for (const unsigned one_in : {1U, 2U, 3U, 50U, 3000U}) {
      std::vector<bool> bits(size);
      for (std::size_t i = 0; i < size; ++i) bits[i] = random() % one_in == 0;
      expect_right(bits);
    }
  expect_right(std::vector<bool>(2000, false));
}

TEST(Marks, without_room_for_them_are_refused) {
  const Written written = write(std::vector<bool>(5000, true));
  EXPECT_TRUE(MarksView::of(written.bytes, 5000, 5000));
  EXPECT_FALSE(MarksView::of(std::span(written.bytes).first(written.bytes.size() - 1), 5000, 5000));
  EXPECT_FALSE(MarksView::of(written.bytes, 5000, 100'000));
  EXPECT_FALSE(MarksView::of(written.bytes, 50'000, 5000));
  EXPECT_FALSE(MarksView::of({}, 0, 0));
}

TEST(Marks, that_are_damaged_stay_within_bounds) {
  std::vector<bool> bits(20'000);
  for (std::size_t i = 0; i < bits.size(); i += 7) bits[i] = true;
  std::mt19937_64 random(9);
  for (int round = 0; round < 200; ++round) {
    Written written = write(bits);
    for (int hits = 0; hits < 300; ++hits)
      written.bytes[random() % written.bytes.size()] =
          std::byte(random() % 4 == 0 ? 255 : random());
    const auto view = MarksView::of(written.bytes, written.size, written.ones);
    ASSERT_TRUE(view);
    for (std::uint64_t i = 0; i < 20'010; i += 13) {
      EXPECT_LE(view->select(i), view->size());
      EXPECT_LE(view->next(i), view->size());
      view->rank(i);
    }
  }
}

}  // namespace
}  // namespace stowaway::kb::index
