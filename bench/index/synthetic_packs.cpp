#include "synthetic_packs.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <cstring>
#include <filesystem>

namespace stowaway::bench {
namespace {

constexpr std::size_t kRecentPacks = 4;
constexpr unsigned kShingleKeyBits = 48;

std::uint64_t other(std::uint64_t hash, unsigned copy) {
  return XXH3_64bits_withSeed(&hash, sizeof hash, copy);
}

template <std::size_t N>
void change(std::array<std::uint8_t, N>& bytes, unsigned copy) {
  for (std::size_t at = 0; at < N; at += 8) {
    std::uint64_t word;
    std::memcpy(&word, bytes.data() + at, sizeof word);
    word = other(word, copy);
    std::memcpy(bytes.data() + at, &word, sizeof word);
  }
}

// Another share of the hashes in each copy.
bool is_shared(std::uint64_t hash, unsigned copy, unsigned percent) {
  return other(hash, ~copy) % 100 < percent;
}

void change(kb::Pack& pack, unsigned copy, const SyntheticOptions& options) {
  pack.component += fmt::format("-x{}", copy);
  pack.purl += fmt::format("-x{}", copy);
  for (std::string& alias : pack.aliases) alias += fmt::format("-x{}", copy);
  for (kb::PackRelease& release : pack.releases) release.revision += fmt::format("{:x}", copy);
  for (kb::PackContent& content : pack.contents) {
    if (is_shared(content.normalised, copy, options.shared_percent)) continue;
    content.normalised = other(content.normalised, copy);
    change(content.sha256, copy);
    change(content.md5, copy);
  }
  for (kb::PackPath& path : pack.paths) {
    path.path.insert(0, fmt::format("x{}/", copy));
    for (kb::PackShingle& shingle : path.shingles)
      if (!is_shared(shingle.key, copy, options.shared_percent))
        shingle.key = other(shingle.key, copy) >> (64 - kShingleKeyBits);
    std::ranges::sort(path.shingles, {}, &kb::PackShingle::key);
  }
}

}  // namespace

SyntheticPacks::SyntheticPacks(const std::string& directory, SyntheticOptions options)
    : options_(options) {
  for (const auto& entry : std::filesystem::directory_iterator(directory))
    if (entry.path().extension() == ".pack") files_.push_back(entry.path());
  std::ranges::sort(files_);
}

Result<std::shared_ptr<const kb::Pack>> SyntheticPacks::real_pack(std::size_t number) {
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [of, pack] : recent_)
      if (of == number) return pack;
  }
  STOWAWAY_TRY(auto read, kb::read_pack(files_[number]));
  auto pack = std::make_shared<const kb::Pack>(std::move(read));
  const std::lock_guard lock(mutex_);
  if (recent_.size() == kRecentPacks) recent_.erase(recent_.begin());
  recent_.emplace_back(number, pack);
  return pack;
}

Result<kb::Pack> SyntheticPacks::read(std::size_t i) {
  STOWAWAY_TRY(const auto real, real_pack(i / options_.copies));
  kb::Pack pack = *real;
  if (!options_.shingles)
    for (kb::PackPath& path : pack.paths) path.shingles.clear();
  if (const auto copy = static_cast<unsigned>(i % options_.copies); copy > 0)
    change(pack, copy, options_);
  return pack;
}

}  // namespace stowaway::bench
