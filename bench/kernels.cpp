// Kernels of the scan, each over the code of a real tree in memory. usage: stowaway-kernels [Google
// Benchmark's options]; the environment variable STOWAWAY_BENCH_TREE names the tree.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "fingerprint/file_class.h"
#include "fingerprint/identity.h"
#include "fingerprint/normalise.h"
#include "fingerprint/shingle.h"

namespace {

using namespace stowaway::fingerprint;

// C and C++ files of the tree, at most 64 MB of them.
const std::vector<std::string>& files() {
  static const std::vector<std::string> kFiles = [] {
    std::vector<std::string> out;
    const char* tree = std::getenv("STOWAWAY_BENCH_TREE");
    if (tree == nullptr) {
      std::fputs("stowaway-kernels: name a tree in STOWAWAY_BENCH_TREE\n", stderr);
      std::exit(2);
    }
    std::size_t total = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(tree)) {
      const FileClass type = classify(entry.path().string());
      if (!entry.is_regular_file() || !type.is_code || type.comments != CommentStyle::c) continue;
      std::ifstream in(entry.path(), std::ios::binary);
      out.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
      total += out.back().size();
      if (total > 64'000'000) break;
    }
    return out;
  }();
  return kFiles;
}

// Runs `use` over all files, and counts their bytes.
template <class Use>
void over_files(benchmark::State& state, Use use) {
  std::int64_t bytes = 0;
  for (const std::string& file : files()) bytes += static_cast<std::int64_t>(file.size());
  for (auto _ : state)
    for (const std::string& file : files()) use(as_bytes(file));
  state.SetBytesProcessed(bytes * static_cast<std::int64_t>(state.iterations()));
}

bool lacks(benchmark::State& state, InstructionSet set) {
  if (set <= best_instruction_set()) return false;
  state.SkipWithError("this processor has no such instructions");
  return true;
}

void copy_memory(benchmark::State& state) {
  std::vector<std::byte> out(64 << 20);
  over_files(state, [&](Bytes bytes) {
    std::memcpy(out.data(), bytes.data(), bytes.size());
    benchmark::DoNotOptimize(out.data());
  });
}
void md5(benchmark::State& state) {
  over_files(state, [](Bytes bytes) { benchmark::DoNotOptimize(md5_of(bytes)); });
}
void sha256(benchmark::State& state) {
  over_files(state, [](Bytes bytes) { benchmark::DoNotOptimize(sha256_of(bytes)); });
}
void xxh3(benchmark::State& state) {
  over_files(state, [](Bytes bytes) { benchmark::DoNotOptimize(normalised_id(bytes)); });
}
void normalise_c(benchmark::State& state, InstructionSet set) {
  if (lacks(state, set)) return;
  std::vector<std::byte> out;
  over_files(state, [&](Bytes bytes) {
    benchmark::DoNotOptimize(normalise(bytes, CommentStyle::c, out, set));
  });
}
// What the scan does with a file that the KB does not know: normalise, hash, sample.
void sampling(benchmark::State& state, InstructionSet set) {
  if (lacks(state, set)) return;
  std::vector<std::byte> out;
  std::vector<Shingle> shingles;
  over_files(state, [&](Bytes bytes) {
    const Bytes normalised = normalise(bytes, CommentStyle::c, out, set);
    benchmark::DoNotOptimize(normalised_id(normalised));
    sample_shingles(normalised, shingles, set);
    benchmark::DoNotOptimize(shingles.data());
  });
}

BENCHMARK(copy_memory);
BENCHMARK(md5);
BENCHMARK(sha256);
BENCHMARK(xxh3);
BENCHMARK_CAPTURE(normalise_c, scalar, InstructionSet::scalar);
BENCHMARK_CAPTURE(normalise_c, avx2, InstructionSet::avx2);
BENCHMARK_CAPTURE(normalise_c, avx512, InstructionSet::avx512);
BENCHMARK_CAPTURE(sampling, scalar, InstructionSet::scalar);
BENCHMARK_CAPTURE(sampling, avx2, InstructionSet::avx2);
BENCHMARK_CAPTURE(sampling, avx512, InstructionSet::avx512);

}  // namespace

BENCHMARK_MAIN();
