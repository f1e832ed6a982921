// usage: stowaway-lookups KB PACKS COPIES [THREADS [MILLIONS [BATCH]]]
// Measures look-ups of normalised identities in an index that stowaway-synthetic-index built of the
// same PACKS and COPIES: 90 % of them misses, in random order, in batches over threads, warm (all
// are asked once before). Then the same one by one, without batches. Prints millions of look-ups a
// second of each of kRuns runs as JSON. Fails when the number of answers is wrong.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <thread>
#include <vector>

#include "kb/kb.h"
#include "synthetic_packs.h"

namespace stowaway::bench {
namespace {

using Keys = std::vector<fingerprint::NormalisedId>;

constexpr int kRuns = 5;
constexpr unsigned kHitEvery = 10;
constexpr std::size_t kKnownKeys = 2'000'000, kMostPacks = 400;  // packs taken at random

struct Setup {
  unsigned threads = 2;
  std::size_t count = 10'000'000, batch = 10'000;
};

Keys known_keys(SyntheticPacks& packs) {
  Keys known;
  std::mt19937_64 random(7);
  for (std::size_t asked = 0; asked < kMostPacks && known.size() < kKnownKeys; ++asked) {
    const auto pack = packs.read(random() % packs.size());
    if (!pack) continue;
    for (const kb::PackPath& path : pack->paths)
      for (const auto& version : path.versions)
        known.push_back(pack->contents[version.content].normalised);
  }
  return known;
}

// Shuffled, so that neither the kind of answer nor the place can be foreseen.
Keys questions(const Keys& known, std::size_t count) {
  std::mt19937_64 random(11);
  Keys keys(count);
  for (std::size_t i = 0; i < count; ++i)
    keys[i] = i % kHitEvery == 0 ? known[random() % known.size()] : random();
  std::ranges::shuffle(keys, random);
  return keys;
}

std::size_t ask_batch(const kb::Kb& kb, std::span<const fingerprint::NormalisedId> keys) {
  thread_local std::vector<kb::Range> ranges;
  ranges.resize(keys.size());
  kb.contents_with(keys, ranges);
  return static_cast<std::size_t>(
      std::ranges::count_if(ranges, [](kb::Range range) { return !range.empty(); }));
}

std::size_t ask_singly(const kb::Kb& kb, std::span<const fingerprint::NormalisedId> keys) {
  return static_cast<std::size_t>(std::ranges::count_if(
      keys, [&](fingerprint::NormalisedId key) { return !kb.contents_with(key).empty(); }));
}

// Seconds; adds the hits to `hits`.
template <class Ask>
double ask_all(const kb::Kb& kb, const Keys& keys, const Setup& setup, Ask ask, std::size_t& hits) {
  std::vector<std::size_t> found(setup.threads);
  const std::size_t stride = setup.threads * setup.batch;
  const auto start = std::chrono::steady_clock::now();
  {
    std::vector<std::jthread> team;
    for (unsigned t = 0; t < setup.threads; ++t)
      team.emplace_back([&, t] {
        std::size_t mine = 0;
        for (std::size_t from = t * setup.batch; from < keys.size(); from += stride)
          mine += ask(kb, std::span(keys).subspan(from, std::min(setup.batch, keys.size() - from)));
        found[t] = mine;
      });
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  for (const std::size_t one : found) hits += one;
  return took.count();
}

struct Measured {
  std::vector<double> millions_a_second;
  bool right = true;
};

template <class Ask>
Measured measure(const kb::Kb& kb, const Keys& keys, const Setup& setup, Ask ask) {
  Measured measured;
  for (int run = 0; run <= kRuns; ++run) {  // the first warms the pages
    std::size_t hits = 0;
    const double seconds = ask_all(kb, keys, setup, ask, hits);
    // Random keys of 64 bits are practically never in the index.
    measured.right = measured.right && hits == (keys.size() + kHitEvery - 1) / kHitEvery;
    if (run > 0)
      measured.millions_a_second.push_back(static_cast<double>(keys.size()) / seconds / 1e6);
  }
  return measured;
}

int run(const kb::Kb& kb, SyntheticPacks& packs, const Setup& setup) {
  const Keys known = known_keys(packs);
  if (known.empty()) {
    std::fputs("no packs to take keys from\n", stderr);
    return 6;
  }
  const Keys keys = questions(known, setup.count);
  const Measured batches = measure(kb, keys, setup, ask_batch);
  const Measured singly = measure(kb, keys, setup, ask_singly);
  const bool right = batches.right && singly.right;
  fmt::print(
      "{{\"contents\": {}, \"threads\": {}, \"batch\": {}, \"in_batches\": [{:.2f}], "
      "\"one_by_one\": [{:.2f}], \"answers\": \"{}\"}}\n",
      kb.content_count(), setup.threads, setup.batch, fmt::join(batches.millions_a_second, ", "),
      fmt::join(singly.millions_a_second, ", "), right ? "right" : "WRONG");
  return right ? 0 : 1;
}

}  // namespace
}  // namespace stowaway::bench

int main(int argc, char** argv) {
  using namespace stowaway;
  if (argc < 4) {
    std::fputs("usage: stowaway-lookups KB PACKS COPIES [THREADS [MILLIONS [BATCH]]]\n", stderr);
    return 2;
  }
  const auto number = [&](int i, int otherwise) {
    return static_cast<unsigned>(std::max(1, argc > i ? std::atoi(argv[i]) : otherwise));
  };
  const auto kb = kb::Kb::open(argv[1]);
  if (!kb) {
    fmt::print(stderr, "{}\n", kb.error().message);
    return 5;
  }
  bench::SyntheticPacks packs(argv[2], {.copies = number(3, 1), .shingles = false});
  return bench::run(*kb, packs,
                    {number(4, 2), number(5, 10) * std::size_t{1'000'000}, number(6, 10'000)});
}
