#include "kb/index/key_set.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <vector>

#include "kb/testing/support.h"

namespace stowaway::kb::index {
namespace {

// A written set and the bytes that it is read from.
class Written {
 public:
  Written(const std::set<std::uint64_t>& keys, unsigned key_bits, unsigned per_block) {
    const testing::TempDir dir;
    auto spool = Spool::create(dir.path());
    for (const std::uint64_t key : keys) spool->put(key);
    EXPECT_TRUE(spool->flush());
    auto set = write_key_set(*spool, key_bits, per_block, dir.path());
    EXPECT_TRUE(set);
    blocks = bytes_of<KeyBlock>(set->blocks);
    tails = bytes_of<std::byte>(set->tails);
    crowd = bytes_of<CrowdedKey>(set->crowd);
    EXPECT_EQ(set->keys, keys.size());
    EXPECT_EQ(tails.size(), packed_bytes(set->keys, set->tail_bits));
    width = set->tail_bits;
    count = set->keys;
    bits = key_bits;
  }
  KeySetView view() const { return {blocks, PackedView(tails, count, width), crowd, bits}; }

  std::vector<KeyBlock> blocks;
  std::vector<std::byte> tails;
  std::vector<CrowdedKey> crowd;
  std::uint64_t count = 0;
  unsigned width = 0, bits = 0;

 private:
  template <class T>
  static std::vector<T> bytes_of(Spool& spool) {
    EXPECT_TRUE(spool.flush());
    std::vector<T> out(spool.size() / sizeof(T));
    EXPECT_TRUE(spool.read_at(0, std::as_writable_bytes(std::span(out))));
    return out;
  }
};

std::set<std::uint64_t> random_keys(std::size_t count, unsigned bits, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::set<std::uint64_t> keys;
  while (keys.size() < count) keys.insert(random() >> (64 - bits));
  return keys;
}

void expect_right(const std::set<std::uint64_t>& keys, unsigned bits, unsigned per_block) {
  const Written written(keys, bits, per_block);
  const KeySetView view = written.view();
  EXPECT_EQ(view.size(), keys.size());
  std::uint32_t rank = 0;
  for (const std::uint64_t key : keys) {
    view.prefetch(key);
    const auto found = view.find(key);
    ASSERT_TRUE(found) << key;
    ASSERT_EQ(*found, rank);
    ASSERT_EQ(view.key_at(rank), key);
    for (const std::uint64_t near : {key - 1, key + 1, key ^ 1 << 20})
      if (near <= low_bits(bits)) {
        ASSERT_EQ(view.find(near).has_value(), keys.contains(near)) << near;
      }
    ++rank;
  }
  std::mt19937_64 random(99);
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t key = random() >> (64 - bits);
    ASSERT_EQ(view.find(key).has_value(), keys.contains(key));
  }
  EXPECT_EQ(view.key_at(keys.size()), 0U);
}

TEST(KeySet, finds_what_it_holds_and_nothing_else) {
  for (const unsigned bits : {64U, 48U})
    for (const unsigned per_block : {24U, 40U, 64U})
      for (const std::size_t count : {0U, 1U, 2U, 39U, 40U, 300U, 20'000U})
        expect_right(random_keys(count, bits, count + 1), bits, per_block);
}

TEST(KeySet, holds_the_smallest_and_the_largest_key) {
  for (const unsigned bits : {64U, 48U}) {
    auto keys = random_keys(1000, bits, 5);
    keys.insert({0, 1, low_bits(bits), low_bits(bits) - 1});
    expect_right(keys, bits, 40);
  }
}

// Not what hashes look like, but a pack may say anything.
TEST(KeySet, holds_keys_that_crowd_together) {
  std::set<std::uint64_t> keys = random_keys(2000, 64, 7);
  for (std::uint64_t i = 0; i < 700; ++i) keys.insert(0x1234'5678'0000'0000U + i);
  for (std::uint64_t i = 0; i < 100; ++i) keys.insert(UINT64_MAX - 3 * i);
  const Written written(keys, 64, 40);
  EXPECT_GE(written.crowd.size(), 700U);
  expect_right(keys, 64, 40);
  std::set<std::uint64_t> all_alike;
  for (std::uint64_t i = 0; i < 5000; ++i) all_alike.insert(i);
  expect_right(all_alike, 64, 40);
}

TEST(KeySet, a_missing_key_seldom_costs_more_than_its_block) {
  const auto keys = random_keys(40'000, 64, 11);
  const Written written(keys, 64, 40);
  EXPECT_EQ(written.blocks.size(), 1000U);
  // Tails that fit nothing: what is found then was found by tags alone.
  std::mt19937_64 random(12);
  const KeySetView whole = written.view();
  const std::vector<std::byte> none(written.tails.size());
  const KeySetView without_tails({written.blocks}, PackedView(none, written.count, 0), {}, 64);
  int by_tag = 0;
  for (int i = 0; i < 100'000; ++i) {
    const std::uint64_t key = random();
    if (!keys.contains(key)) by_tag += without_tails.find(key).has_value() ? 1 : 0;
    EXPECT_EQ(whole.find(key).has_value(), keys.contains(key));
  }
  EXPECT_LT(by_tag, 1000) << "of 100,000";
}

TEST(KeySet, that_is_damaged_stays_within_bounds) {
  const auto keys = random_keys(3000, 48, 13);
  const Written good(keys, 48, 48);
  std::mt19937_64 random(14);
  for (int round = 0; round < 100; ++round) {
    Written bad = good;
    const auto bytes = std::as_writable_bytes(std::span(bad.blocks));
    for (int hits = 0; hits < 400; ++hits)
      bytes[random() % bytes.size()] = std::byte(random() % 4 == 0 ? 255 : random());
    for (const std::uint64_t key : keys) EXPECT_LT(bad.view().find(key).value_or(0), keys.size());
    for (std::uint64_t rank = 0; rank < keys.size() + 5; ++rank) bad.view().key_at(rank);
  }
}

}  // namespace
}  // namespace stowaway::kb::index
