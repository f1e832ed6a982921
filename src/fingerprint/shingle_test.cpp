#include "fingerprint/shingle.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>
#include <xxhash.h>

#include <bit>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace stowaway::fingerprint {
namespace {

std::vector<Shingle> sample(std::string_view text) {
  std::vector<Shingle> out;
  sample_shingles(as_bytes(text), out);
  return out;
}

std::string random_bytes(std::size_t size, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::string out(size, '\0');
  for (char& c : out) c = static_cast<char>(random());
  return out;
}

// The header's definition, window by window.
std::vector<Shingle> naive_sample(std::string_view text) {
  std::vector<Shingle> out;
  for (std::size_t i = kShingleBytes - 1; i < text.size(); ++i) {
    std::uint32_t sum = 0;
    for (unsigned j = 0; j < kShingleBytes; ++j)
      sum += static_cast<std::uint32_t>(static_cast<unsigned char>(text[i - j])) << j;
    const int zeros = std::countl_zero(sum * 0x9E3779B1U);
    if (zeros < static_cast<int>(kMinDensityExponent)) continue;
    const std::uint64_t hash = XXH3_64bits(text.data() + i - (kShingleBytes - 1), kShingleBytes);
    out.push_back(Shingle{hash >> 16, static_cast<std::uint8_t>(zeros)});
  }
  return out;
}

TEST(Shingle, TextsShorterThanOneHaveNone) {
  for (std::size_t size = 0; size < kShingleBytes; ++size)
    EXPECT_TRUE(sample(random_bytes(size, size)).empty()) << size;
  std::size_t kept = 0;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    const auto shingles = sample(random_bytes(kShingleBytes, seed));
    ASSERT_LE(shingles.size(), 1U);
    kept += shingles.size();
  }
  EXPECT_GT(kept, 10U);  // 31 on average
  EXPECT_LT(kept, 70U);
}

TEST(Shingle, SampleIsWhatTheDefinitionSays) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const std::string text = random_bytes(3000 + seed * 37, seed);
    EXPECT_EQ(sample(text), naive_sample(text)) << seed;
  }
  EXPECT_EQ(sample(std::string(500, 'a')), naive_sample(std::string(500, 'a')));
}

TEST(Shingle, KeepsAboutOneInTwoToTheExponent) {
  constexpr std::size_t kSize = 1 << 20;
  const auto shingles = sample(random_bytes(kSize, 7));
  for (unsigned exponent = kMinDensityExponent; exponent <= 11; ++exponent) {
    std::size_t kept = 0;
    for (const Shingle& shingle : shingles) kept += shingle.exponent >= exponent;
    const double expected = static_cast<double>(kSize) / static_cast<double>(1U << exponent);
    EXPECT_NEAR(static_cast<double>(kept), expected, expected * 0.25) << exponent;
  }
}

TEST(Shingle, KeysHave48BitsAndExponentsTheirRange) {
  for (const Shingle& shingle : sample(random_bytes(100'000, 3))) {
    EXPECT_LT(shingle.key, std::uint64_t{1} << kShingleKeyBits);
    EXPECT_GE(shingle.exponent, kMinDensityExponent);
    EXPECT_LE(shingle.exponent, 32);
  }
}

std::set<std::pair<std::uint64_t, int>> set_of(const std::vector<Shingle>& shingles,
                                               unsigned at_least) {
  std::set<std::pair<std::uint64_t, int>> out;
  for (const Shingle& shingle : shingles)
    if (shingle.exponent >= at_least) out.emplace(shingle.key, shingle.exponent);
  return out;
}

bool holds(const std::set<std::pair<std::uint64_t, int>>& all,
           const std::set<std::pair<std::uint64_t, int>>& part) {
  return std::includes(all.begin(), all.end(), part.begin(), part.end());
}

TEST(Shingle, AMovedBlockKeepsItsShinglesAtEveryDensity) {
  const std::string block = random_bytes(8000, 1), before = random_bytes(5000, 2),
                    after = random_bytes(700, 3);
  const auto of_block = sample(block);
  ASSERT_GT(of_block.size(), 60U);
  for (const std::string& text :
       {before + block + after, after + block, block + before, block + block}) {
    const auto dense = set_of(sample(text), kMinDensityExponent);
    for (unsigned exponent = kMinDensityExponent; exponent <= kMaxDensityExponent; ++exponent) {
      const auto sparse = set_of(of_block, exponent);
      EXPECT_TRUE(holds(dense, sparse)) << "a sparse sample is found in a dense one: " << exponent;
      EXPECT_TRUE(holds(set_of(sample(text), exponent), sparse)) << exponent;
    }
  }
}

TEST(Shingle, AChangedByteTouchesOnlyTheShinglesOverIt) {
  const std::string text = random_bytes(20'000, 5);
  for (const std::size_t at : {0UL, 31UL, 10'000UL, 19'999UL}) {
    std::string changed = text;
    changed[at] = static_cast<char>(changed[at] ^ 0x55);
    const auto all = set_of(sample(changed), 0);
    EXPECT_TRUE(holds(all, set_of(sample(text.substr(0, at)), 0))) << at;
    EXPECT_TRUE(holds(all, set_of(sample(text.substr(at + 1)), 0))) << at;
  }
}

TEST(Shingle, RepeatsStayAndComeInTextOrder) {
  const std::string block = random_bytes(4000, 9);
  const auto once = sample(block);
  const auto twice = sample(block + block);
  ASSERT_GE(twice.size(), 2 * once.size());
  EXPECT_TRUE(std::equal(once.begin(), once.end(), twice.begin()));
  EXPECT_TRUE(std::equal(once.rbegin(), once.rend(), twice.rbegin()));
}

TEST(Shingle, TheOutputIsOverwritten) {
  std::vector<Shingle> out(3, Shingle{1, 6});
  sample_shingles(as_bytes("short"), out);
  EXPECT_TRUE(out.empty());
}

RC_GTEST_PROP(Shingle, TheFastFormEqualsThePlainOne, ()) {
  std::string text = *rc::gen::arbitrary<std::string>();
  for (int doubled = *rc::gen::inRange(0, 8); doubled > 0; --doubled) text += text;
  const std::vector<Shingle> naive = naive_sample(text);
  for (const auto with : {InstructionSet::scalar, InstructionSet::avx2, InstructionSet::avx512}) {
    if (with > best_instruction_set()) continue;
    std::vector<Shingle> out;
    sample_shingles(as_bytes(text), out, with);
    RC_ASSERT(out == naive);
  }
}

}  // namespace
}  // namespace stowaway::fingerprint
