#include "match/cache.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <filesystem>
#include <random>
#include <utility>

#include "base/atomic_file.h"
#include "fingerprint/identity.h"

namespace stowaway::match {
namespace {

// To be raised with any change of what a record says, or of how files are read.
constexpr std::uint32_t kCacheFormat = 1;
constexpr std::array<char, 8> kMagic{'S', 'T', 'O', 'W', 'S', 'C', 'A', 'N'};
constexpr std::uint64_t kMaxCacheBytes = std::uint64_t{4} << 30;
constexpr std::int64_t kRacyNs = 2'000'000'000;  // the coarsest time stamps in use: FAT's
constexpr std::string_view kSuffix = ".scan";

struct Header {
  std::array<char, 8> magic;
  std::uint32_t format, reserved;
  fingerprint::Sha256 key;
  std::uint64_t body_bytes;
  std::uint64_t checksum;  // XXH3-64 of the body, seeded with that of the header before
};
static_assert(sizeof(Header) == 64);

std::uint64_t checksum_of(const Header& header, std::span<const std::byte> body) {
  const std::uint64_t seed = XXH3_64bits(&header, offsetof(Header, checksum));
  return XXH3_64bits_withSeed(body.data(), body.size(), seed);
}

Header header_for(std::string_view key, std::uint64_t body_bytes) {
  Header header{};
  header.magic = kMagic;
  header.format = kCacheFormat;
  header.key = fingerprint::sha256_of(fingerprint::as_bytes(key));
  header.body_bytes = body_bytes;
  return header;
}

// Others' files are not believed, whatever they hold.
bool is_ours(const std::string& file) {
  struct stat status {};
  return ::lstat(file.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         status.st_uid == ::geteuid();
}

// Removes the longest unused trees' files until the rest fits.
void prune(const CacheOptions& options) {
  namespace fs = std::filesystem;
  struct Entry {
    fs::file_time_type used;
    std::uint64_t bytes;
    fs::path path;
  };
  std::vector<Entry> entries;
  std::error_code failed;
  const fs::path own(options.file);
  std::uint64_t total = 0;
  for (fs::directory_iterator item(own.parent_path(), failed), end; !failed && item != end;
       item.increment(failed)) {
    std::error_code gone;
    if (item->path().extension() != kSuffix || !item->is_regular_file(gone)) continue;
    const Entry entry{item->last_write_time(gone), item->file_size(gone), item->path()};
    if (gone) continue;
    total += entry.bytes;
    if (entry.path.filename() != own.filename()) entries.push_back(entry);
  }
  std::ranges::sort(entries, {},
                    [](const Entry& entry) { return std::pair(entry.used, entry.path); });
  std::size_t left = entries.size() + 1;
  for (const Entry& entry : entries) {
    if (total <= options.most_bytes && left <= options.most_files) return;
    fs::remove(entry.path, failed);
    total -= entry.bytes;
    --left;
  }
}

}  // namespace

std::optional<std::span<const std::byte>> cache_body(std::span<const std::byte> bytes,
                                                     std::string_view key) {
  Header header;
  if (bytes.size() < sizeof header) return std::nullopt;
  std::memcpy(&header, bytes.data(), sizeof header);
  const auto body = bytes.subspan(sizeof header);
  const Header expected = header_for(key, body.size());
  if (std::memcmp(&header, &expected, offsetof(Header, checksum)) != 0 ||
      header.checksum != checksum_of(header, body))
    return std::nullopt;
  return body;
}

Cache::Cache(CacheOptions options) : options_(std::move(options)) {
  // A tree cannot know which of its paths would fall on one another.
  std::random_device random;
  seed_ = std::uint64_t{random()} << 32 | random();
  if (!load()) return;
  ::utimensat(AT_FDCWD, options_.file.c_str(), nullptr, 0);  // used now
  index_records();
}

bool Cache::load() {
  if (options_.file.empty() || !is_ours(options_.file)) return false;
  auto bytes = read_whole_file(options_.file, kMaxCacheBytes);
  if (!bytes) return false;
  bytes_ = *std::move(bytes);
  const auto body = cache_body(bytes_, options_.key);
  body_ = body.value_or(std::span<const std::byte>());
  return body.has_value();
}

std::uint64_t Cache::hash_of(std::string_view path) const {
  return XXH3_64bits_withSeed(path.data(), path.size(), seed_);
}

void Cache::index_records() {
  for (std::size_t at = 0; at < body_.size();) {
    const auto record = record_at(body_.subspan(at));
    if (!record) break;
    offsets_.push_back(at);
    at += record->record_bytes;
  }
  slots_.assign(std::bit_ceil(offsets_.size() * 3 / 2 + 1), 0);
  for (std::size_t number = 0; number < offsets_.size(); ++number) {
    const auto bytes = record_bytes(number);
    std::size_t slot = hash_of(path_of(*record_at(bytes), bytes)) & (slots_.size() - 1);
    while (slots_[slot] != 0) slot = (slot + 1) & (slots_.size() - 1);
    slots_[slot] = static_cast<std::uint32_t>(number + 1);
  }
  recalled_ = std::vector<std::atomic<bool>>(offsets_.size());
}

std::optional<Learned> Cache::recall(std::string_view path, const source::FileStamp& stamp,
                                     const kb::Kb* kb) const {
  if (offsets_.empty()) return std::nullopt;
  for (std::size_t slot = hash_of(path) & (slots_.size() - 1); slots_[slot] != 0;
       slot = (slot + 1) & (slots_.size() - 1)) {
    const std::size_t number = slots_[slot] - 1;
    const auto bytes = record_bytes(number);
    const auto record = record_at(bytes);
    if (!record || path_of(*record, bytes) != path) continue;
    if (record->stamp != stamp) return std::nullopt;
    auto learned = decode_learned(*record, bytes);
    if (!learned || (kb != nullptr && !fits(*learned, *kb))) return std::nullopt;
    recalled_[number].store(true, std::memory_order_relaxed);
    return learned;
  }
  return std::nullopt;
}

bool Cache::may_keep(const source::FileStamp& stamp) const {
  return !options_.file.empty() &&
         std::max(stamp.modified_ns, stamp.changed_ns) < options_.now_ns - kRacyNs;
}

std::vector<std::byte> Cache::encode(const std::vector<std::vector<std::byte>>& learned) const {
  std::vector<std::byte> out(sizeof(Header));
  for (std::size_t number = 0; number < offsets_.size(); ++number) {
    if (!recalled_[number].load()) continue;
    const auto bytes = record_bytes(number);
    const auto record = bytes.first(record_at(bytes)->record_bytes);
    out.insert(out.end(), record.begin(), record.end());
  }
  for (const auto& records : learned) out.insert(out.end(), records.begin(), records.end());
  Header header = header_for(options_.key, out.size() - sizeof(Header));
  header.checksum = checksum_of(header, std::span(out).subspan(sizeof(Header)));
  std::memcpy(out.data(), &header, sizeof header);
  return out;
}

void Cache::save(const std::vector<std::vector<std::byte>>& learned) const {
  if (options_.file.empty()) return;
  const bool all_recalled =
      std::ranges::all_of(recalled_, [](const auto& flag) { return flag.load(); });
  const bool nothing_new =
      std::ranges::all_of(learned, [](const auto& records) { return records.empty(); });
  if (all_recalled && nothing_new) return;
  const auto bytes = encode(learned);
  if (bytes.size() > kMaxCacheBytes) return;
  // Not synced: what a crash of the machine damages, the checksum finds.
  auto writer = AtomicWriter::create(options_.file);
  if (!writer || !writer->append(bytes) || !writer->commit(Durability::none)) return;
  prune(options_);
}

}  // namespace stowaway::match
