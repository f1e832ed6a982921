#include "kb/kb.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>

namespace stowaway::kb {

using namespace index;

struct Kb::Mapping {
  std::string file;
  const std::byte* base = nullptr;
  std::size_t size = 0;

  Mapping() = default;
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping() {
    if (base != nullptr) ::munmap(const_cast<std::byte*>(base), size);
  }

  const Header& header() const { return *reinterpret_cast<const Header*>(base); }
  template <class T>
  std::span<const T> array(SectionId id) const {
    const SectionEntry& entry = header().sections[id];
    return {reinterpret_cast<const T*>(base + entry.offset), entry.size_bytes / sizeof(T)};
  }
  std::string_view text(std::uint32_t position) const {
    const auto strings = array<char>(kStrings);
    if (position >= strings.size()) return {};
    const auto* start = strings.data() + position;
    return {start, ::strnlen(start, strings.size() - position)};
  }
  template <class T>
  const T& at(SectionId id, std::size_t position) const {
    static const T kNone{};
    const auto all = array<T>(id);
    return position < all.size() ? all[position] : kNone;
  }
  // The bucket of a key: two neighbouring starts, both checked against `limit`.
  Range bucket(SectionId id, std::uint64_t bucket, std::size_t limit) const {
    const auto starts = array<std::uint32_t>(id);
    if (bucket + 1 >= starts.size()) return {};
    const std::uint32_t first = starts[bucket], end = starts[bucket + 1];
    return first <= end && end <= limit ? Range{first, end} : Range{};
  }
};

namespace {

Result<void> check_header(const Header& header, std::size_t file_bytes) {
  if (header.magic != kMagic) return fail(ErrorCode::corrupt, "not a knowledge base index");
  if (header.byte_order != kByteOrderMark)
    return fail(ErrorCode::unsupported, "written on a machine of other byte order");
  if (header.format != kFormat)
    return fail(ErrorCode::unsupported,
                "index format {}, this program reads {}: build it again with `stowaway kb build`",
                header.format, kFormat);
  if (XXH3_64bits(&header, offsetof(Header, checksum)) != header.checksum)
    return fail(ErrorCode::corrupt, "the header is damaged");
  if (header.file_bytes != file_bytes)
    return fail(ErrorCode::corrupt,
                "{} bytes long where the header says {}: cut short or still being copied",
                file_bytes, header.file_bytes);
  for (const SectionEntry& section : header.sections)
    if (section.offset % 8 != 0 || section.offset > file_bytes ||
        section.size_bytes > file_bytes - section.offset)
      return fail(ErrorCode::corrupt, "a section lies outside the file");
  if (header.normalised_bits > 40 || header.md5_bits > 40 || header.shingle_bits > 40 ||
      header.filter_bits > 40 || header.shingle_bits < 16)
    return fail(ErrorCode::corrupt, "impossible bucket sizes");
  return {};
}

std::uint64_t md5_prefix(const fingerprint::Md5& md5) {
  std::uint64_t prefix = 0;
  for (int i = 0; i < 8; ++i) prefix = prefix << 8 | md5.bytes[static_cast<std::size_t>(i)];
  return prefix;
}

std::uint64_t leading_bits(std::uint64_t key, unsigned key_bits, unsigned bits) {
  return bits == 0 ? 0 : key >> (key_bits - bits);
}

}  // namespace

Kb::Kb(std::unique_ptr<Mapping> mapping) : mapping_(std::move(mapping)) {}
Kb::Kb(Kb&&) noexcept = default;
Kb& Kb::operator=(Kb&&) noexcept = default;
Kb::~Kb() = default;

Result<Kb> Kb::open(const std::string& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    return fail(errno == ENOENT ? ErrorCode::not_found : ErrorCode::io, "cannot open {}: {}", file,
                std::strerror(errno));
  struct stat status {};
  auto mapping = std::make_unique<Mapping>();
  mapping->file = file;
  if (::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode))
    mapping->size = static_cast<std::size_t>(status.st_size);
  if (mapping->size < sizeof(Header)) {
    ::close(descriptor);
    return fail(ErrorCode::corrupt, "{}: too short for a knowledge base index", file);
  }
  void* base = ::mmap(nullptr, mapping->size, PROT_READ, MAP_SHARED, descriptor, 0);
  const int reason = errno;
  ::close(descriptor);
  if (base == MAP_FAILED)
    return fail(ErrorCode::io, "cannot map {}: {}", file, std::strerror(reason));
  mapping->base = static_cast<const std::byte*>(base);
  if (const auto checked = check_header(mapping->header(), mapping->size); !checked)
    return tl::unexpected<Error>(checked.error().within(file));
  return Kb(std::move(mapping));
}

Result<void> Kb::verify() const {
  for (std::uint32_t id = 0; id < kSectionCount; ++id) {
    const SectionEntry& section = mapping_->header().sections[id];
    if (XXH3_64bits(mapping_->base + section.offset, section.size_bytes) != section.checksum)
      return fail(ErrorCode::corrupt, "{}: section {} is damaged; build the index again",
                  mapping_->file, id);
  }
  return {};
}

std::string Kb::id() const {
  return fingerprint::to_hex(std::span<const std::uint8_t>(mapping_->header().id));
}
const std::string& Kb::file() const { return mapping_->file; }

// Arrays with a sentinel hold one record more than there are things.
namespace {
std::uint32_t without_sentinel(std::size_t records) {
  return records == 0 ? 0 : static_cast<std::uint32_t>(records - 1);
}
}  // namespace
std::uint32_t Kb::component_count() const {
  return without_sentinel(mapping_->array<Component>(kComponents).size());
}
std::uint32_t Kb::release_count() const {
  return static_cast<std::uint32_t>(mapping_->array<Release>(kReleases).size());
}
std::uint32_t Kb::content_count() const {
  return without_sentinel(mapping_->array<Content>(kContents).size());
}
std::uint32_t Kb::shingle_count() const {
  return static_cast<std::uint32_t>(mapping_->array<ShingleEntry>(kShingles).size());
}
std::uint32_t Kb::path_count() const {
  return without_sentinel(mapping_->array<Path>(kPaths).size());
}

namespace {
Range checked_range(std::uint32_t first, std::uint32_t end, std::size_t limit) {
  return first <= end && end <= limit ? Range{first, end} : Range{};
}
}  // namespace

ComponentView Kb::component(ComponentId id) const {
  if (id >= component_count()) return {};
  const auto& record = mapping_->at<Component>(kComponents, id);
  const auto& next = mapping_->at<Component>(kComponents, id + 1);
  return {mapping_->text(record.name),
          mapping_->text(record.purl),
          mapping_->text(record.licence),
          mapping_->text(record.language),
          mapping_->text(record.aliases),
          record.rank,
          checked_range(record.first_release, next.first_release, release_count()),
          checked_range(record.first_path, next.first_path, path_count())};
}

ReleaseView Kb::release(std::uint32_t position) const {
  const auto& record = mapping_->at<Release>(kReleases, position);
  return {mapping_->text(record.version), mapping_->text(record.revision), record.date,
          record.code_files};
}

PathView Kb::path(PathId id) const {
  if (id >= path_count()) return {};
  const auto& record = mapping_->at<Path>(kPaths, id);
  const std::uint32_t end = mapping_->at<Path>(kPaths, id + 1).first_file_version;
  const std::uint32_t count = without_sentinel(mapping_->array<FileVersion>(kFileVersions).size());
  return {mapping_->text(record.name), record.component,
          checked_range(record.first_file_version, end, count), record.density_exponent,
          record.role};
}

const FileVersion& Kb::file_version(std::uint32_t position) const {
  return mapping_->at<FileVersion>(kFileVersions, position);
}

std::span<const ReleaseSpan> Kb::releases_of(std::uint32_t file_version) const {
  const auto spans = mapping_->array<ReleaseSpan>(kSpans);
  const Range range = checked_range(
      mapping_->at<FileVersion>(kFileVersions, file_version).first_span,
      mapping_->at<FileVersion>(kFileVersions, file_version + std::size_t{1}).first_span,
      spans.size());
  return spans.subspan(range.first, range.size());
}

Range Kb::contents_with(fingerprint::NormalisedId normalised) const {
  const auto keys = mapping_->array<std::uint64_t>(kNormalisedKeys);
  const Range bucket = mapping_->bucket(
      kNormalisedBuckets, leading_bits(normalised, 64, mapping_->header().normalised_bits),
      std::min<std::size_t>(keys.size(), content_count()));
  const auto part = keys.subspan(bucket.first, bucket.size());
  const auto [first, end] = std::equal_range(part.begin(), part.end(), normalised);
  return {bucket.first + static_cast<std::uint32_t>(first - part.begin()),
          bucket.first + static_cast<std::uint32_t>(end - part.begin())};
}

std::optional<ContentId> Kb::content_with_md5(const fingerprint::Md5& md5) const {
  const std::uint64_t prefix = md5_prefix(md5);
  const auto entries = mapping_->array<Md5Entry>(kMd5Entries);
  const Range bucket = mapping_->bucket(
      kMd5Buckets, leading_bits(prefix, 64, mapping_->header().md5_bits), entries.size());
  for (const Md5Entry& entry : entries.subspan(bucket.first, bucket.size()))
    if ((std::uint64_t{entry.high} << 32 | entry.low) == prefix && entry.content < content_count())
      return entry.content;
  return std::nullopt;
}

const Content& Kb::content(ContentId id) const { return mapping_->at<Content>(kContents, id); }
fingerprint::NormalisedId Kb::normalised_of(ContentId id) const {
  return mapping_->at<std::uint64_t>(kNormalisedKeys, id);
}

std::size_t Kb::posting_count(ContentId id) const {
  const auto postings = mapping_->array<std::uint32_t>(kPostings);
  return checked_range(content(id).first_posting, content(id + 1).first_posting, postings.size())
      .size();
}

Posting Kb::posting(ContentId id, std::size_t i) const {
  const std::uint32_t raw = mapping_->at<std::uint32_t>(kPostings, content(id).first_posting + i);
  return {raw & ~kCarriedBit, (raw & kCarriedBit) != 0};
}

std::span<const ShingleEntry> Kb::occurrences(std::uint64_t key) const {
  const auto filter = mapping_->array<std::uint64_t>(kShingleFilter);
  // The filter is chosen by low bits, the bucket by high ones, so that the two do not depend on one
  // another.
  const std::uint64_t bit = key & ((std::uint64_t{1} << mapping_->header().filter_bits) - 1);
  if (bit / 64 >= filter.size() || (filter[bit / 64] >> (bit % 64) & 1) == 0) return {};
  const auto entries = mapping_->array<ShingleEntry>(kShingles);
  const Range bucket = mapping_->bucket(
      kShingleBuckets, leading_bits(key, 48, mapping_->header().shingle_bits), entries.size());
  const auto part = entries.subspan(bucket.first, bucket.size());
  const auto low = static_cast<std::uint32_t>(key);
  const auto first = std::ranges::lower_bound(part, low, {}, &ShingleEntry::low_key);
  const auto end = std::ranges::upper_bound(first, part.end(), low, {}, &ShingleEntry::low_key);
  return {first, end};
}

void Kb::prefetch(std::uint64_t key) const {
  const auto filter = mapping_->array<std::uint64_t>(kShingleFilter);
  const std::uint64_t bit = key & ((std::uint64_t{1} << mapping_->header().filter_bits) - 1);
  if (bit / 64 < filter.size()) __builtin_prefetch(&filter[bit / 64]);
}

}  // namespace stowaway::kb
