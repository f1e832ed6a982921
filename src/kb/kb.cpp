#include "kb/kb.h"

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "kb/index/key_set.h"
#include "kb/index/mapping.h"
#include "kb/index/marks.h"

namespace stowaway::kb {

using namespace index;

namespace {

constexpr unsigned kNormalisedKeyBits = 64, kMd5KeyBits = 64, kShingleKeyBits = 48;

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
  if (header.version_bits > 16) return fail(ErrorCode::corrupt, "impossible file versions");
  return {};
}

// That a section lies in the file and has room for what it says it holds.
Result<void> check_section(const SectionEntry& section, const SectionShape& shape,
                           std::size_t file_bytes) {
  if (section.offset % 64 != 0 || section.offset > file_bytes ||
      section.size_bytes > file_bytes - section.offset)
    return fail(ErrorCode::corrupt, "a section lies outside the file");
  const std::uint64_t most = section.size_bytes * 8;  // of anything, so that products fit
  const bool fits =
      shape.kind == SectionKind::records
          ? section.count <= most && section.count * shape.record_bytes == section.size_bytes
      : shape.kind == SectionKind::packed
          ? section.width <= 64 && section.count <= UINT32_MAX &&
                packed_bytes(section.count, section.width) <= section.size_bytes
          : section.count <= UINT32_MAX && section.ones <= section.count;  // and MarksView::of
  if (!fits) return fail(ErrorCode::corrupt, "a section is shorter than what it should hold");
  return {};
}

}  // namespace

// The mapped file and its sections, each checked once.
struct Kb::File {
  explicit File(Mapping opened) : mapping(std::move(opened)) {}

  Mapping mapping;
  std::optional<KbSummary> whole;
  Header header{};  // a copy: what was checked stays as it was
  std::span<const char> strings;
  std::span<const Component> components;
  std::span<const Release> releases;
  std::span<const Path> paths;
  std::span<const ReleaseSpan> spans;
  std::span<const Sha256Prefix> sha256;
  PackedView shingle_counts, carried, sizes, postings, shared_postings, md5_contents, occurrences;
  MarksView path_marks, span_marks, originals, normalised_marks, shingle_marks;
  KeySetView normalised, md5, shingles;

  Result<void> attach();

  std::span<const std::byte> bytes_of(SectionId id) const {
    const SectionEntry& section = header.sections[id];
    return mapping.bytes().subspan(section.offset, section.size_bytes);
  }
  template <class T>
  std::span<const T> records(SectionId id) const {
    return {reinterpret_cast<const T*>(bytes_of(id).data()), header.sections[id].count};
  }
  PackedView packed(SectionId id) const {
    return {bytes_of(id), header.sections[id].count, header.sections[id].width};
  }
  KeySetView key_set(SectionId blocks, unsigned key_bits) const {
    const auto tails = static_cast<SectionId>(blocks + 1),
               crowd = static_cast<SectionId>(blocks + 2);
    return {records<KeyBlock>(blocks), packed(tails), records<CrowdedKey>(crowd), key_bits};
  }
  Result<MarksView> marks(SectionId id) const {
    return MarksView::of(bytes_of(id), header.sections[id].count, header.sections[id].ones);
  }

  // Whether nothing but zeros lies between the sections, which no checksum covers.
  bool gaps_are_empty() const {
    std::vector<SectionEntry> sections(header.sections.begin(), header.sections.end());
    std::ranges::sort(sections, {}, &SectionEntry::offset);
    const auto is_zero = [](std::byte byte) { return byte == std::byte{0}; };
    std::size_t end = sizeof header;
    for (const SectionEntry& section : sections) {
      if (section.offset > end &&
          !std::ranges::all_of(mapping.bytes().subspan(end, section.offset - end), is_zero))
        return false;
      end = std::max<std::size_t>(end, section.offset + section.size_bytes);
    }
    return std::ranges::all_of(mapping.bytes().subspan(end), is_zero);
  }

  std::string_view text(std::uint32_t position) const {
    if (position >= strings.size()) return {};
    const auto* start = strings.data() + position;
    return {start, ::strnlen(start, strings.size() - position)};
  }
  // The group of things that belongs to number `i` where marks say where groups begin.
  Range group(const MarksView& marks, std::uint64_t i, std::uint64_t limit) const {
    const std::uint64_t first = marks.select(i);
    if (first >= marks.size()) return {};
    const std::uint64_t end = marks.next(first + 1);
    return end <= limit ? Range{static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(end)}
                        : Range{};
  }
  std::uint32_t contents() const { return static_cast<std::uint32_t>(postings.size()); }

  // A posting is twice a file version; or, with the lowest bit set, twice the place in the shared
  // postings where their number stands, and behind it they.
  bool is_shared(ContentId id) const { return (postings[id] & 1) != 0; }
  std::uint64_t place_of(ContentId id) const { return postings[id] >> 1; }
  std::uint32_t first_file_version(ContentId id) const {
    return static_cast<std::uint32_t>(is_shared(id) ? shared_postings[place_of(id) + 1]
                                                    : place_of(id));
  }
};

Result<void> Kb::File::attach() {
  std::memcpy(&header, mapping.bytes().data(), sizeof header);
  STOWAWAY_TRY_VOID(check_header(header, mapping.bytes().size()));
  for (std::uint32_t id = 0; id < kSectionCount; ++id)
    STOWAWAY_TRY_VOID(check_section(header.sections[id], kShapes[id], mapping.bytes().size()));
  strings = records<char>(kStrings);
  components = records<Component>(kComponents);
  releases = records<Release>(kReleases);
  paths = records<Path>(kPaths);
  spans = records<ReleaseSpan>(kSpans);
  sha256 = records<Sha256Prefix>(kSha256);
  shingle_counts = packed(kShingleCounts);
  carried = packed(kCarried);
  sizes = packed(kSizes);
  postings = packed(kPostings);
  shared_postings = packed(kSharedPostings);
  md5_contents = packed(kMd5Contents);
  occurrences = packed(kOccurrences);
  STOWAWAY_TRY(path_marks, marks(kPathMarks));
  STOWAWAY_TRY(span_marks, marks(kSpanMarks));
  STOWAWAY_TRY(originals, marks(kOriginals));
  STOWAWAY_TRY(normalised_marks, marks(kNormalisedMarks));
  STOWAWAY_TRY(shingle_marks, marks(kShingleMarks));
  normalised = key_set(kNormalisedBlocks, kNormalisedKeyBits);
  md5 = key_set(kMd5Blocks, kMd5KeyBits);
  shingles = key_set(kShingleBlocks, kShingleKeyBits);
  return {};
}

Kb::Kb(std::unique_ptr<File> file) : file_(std::move(file)) {}
Kb::Kb(Kb&&) noexcept = default;
Kb& Kb::operator=(Kb&&) noexcept = default;
Kb::~Kb() = default;

Result<Kb> Kb::open(const std::string& name) {
  STOWAWAY_TRY(auto mapping, Mapping::open(name, sizeof(Header)));
  auto file = std::make_unique<File>(std::move(mapping));
  if (const auto attached = file->attach(); !attached)
    return tl::unexpected<Error>(attached.error().within(name));
  Kb kb(std::move(file));
  STOWAWAY_TRY_VOID(kb.intact());
  return kb;
}

Result<void> Kb::intact() const {
  if (file_->mapping.intact()) return {};
  return fail(ErrorCode::corrupt,
              "{}: was cut short while it was in use; replace an index by renaming another over it",
              file_->mapping.file());
}

Result<void> Kb::verify() const {
  for (std::uint32_t id = 0; id < kSectionCount; ++id) {
    const auto bytes = file_->bytes_of(static_cast<SectionId>(id));
    if (XXH3_64bits(bytes.data(), bytes.size()) != file_->header.sections[id].checksum)
      return fail(ErrorCode::corrupt, "{}: section {} is damaged; build the index again", file(),
                  id);
  }
  if (!file_->gaps_are_empty())
    return fail(ErrorCode::corrupt, "{}: is damaged between its sections; build the index again",
                file());
  return intact();
}

std::string Kb::id() const {
  if (file_->whole) return file_->whole->id;
  return fingerprint::to_hex(std::span<const std::uint8_t>(file_->header.id));
}
const std::string& Kb::file() const {
  return file_->whole ? file_->whole->file : file_->mapping.file();
}
KbSummary Kb::summary() const {
  if (file_->whole) return *file_->whole;
  return {file(), id(), component_count(), release_count(), content_count(), shingle_count()};
}
void Kb::stand_for(KbSummary whole) { file_->whole = std::move(whole); }

namespace {

// Arrays with a sentinel hold one record more than there are things.
std::uint32_t without_sentinel(std::size_t records) {
  return records == 0 ? 0 : static_cast<std::uint32_t>(records - 1);
}
Range checked_range(std::uint32_t first, std::uint32_t end, std::size_t limit) {
  return first <= end && end <= limit ? Range{first, end} : Range{};
}
std::uint64_t md5_prefix(const fingerprint::Md5& md5) {
  std::uint64_t prefix = 0;
  for (std::size_t i = 0; i < 8; ++i) prefix = prefix << 8 | md5.bytes[i];
  return prefix;
}

}  // namespace

std::uint32_t Kb::component_count() const { return without_sentinel(file_->components.size()); }
std::uint32_t Kb::release_count() const {
  return static_cast<std::uint32_t>(file_->releases.size());
}
std::uint32_t Kb::content_count() const { return file_->contents(); }
std::uint32_t Kb::shingle_count() const {
  return static_cast<std::uint32_t>(file_->occurrences.size());
}
std::uint32_t Kb::path_count() const { return without_sentinel(file_->paths.size()); }

ComponentView Kb::component(ComponentId id) const {
  if (id >= component_count()) return {};
  const Component& record = file_->components[id];
  const Component& next = file_->components[id + std::size_t{1}];
  return {file_->text(record.name),
          file_->text(record.purl),
          file_->text(record.licence),
          file_->text(record.language),
          file_->text(record.aliases),
          record.rank,
          checked_range(record.first_release, next.first_release, release_count()),
          checked_range(record.first_path, next.first_path, path_count())};
}

ReleaseView Kb::release(std::uint32_t position) const {
  if (position >= release_count()) return {};
  const Release& record = file_->releases[position];
  return {file_->text(record.version), file_->text(record.revision), record.date,
          record.code_files};
}

PathNumbers Kb::path_numbers(PathId id) const {
  if (id >= path_count()) return {};
  const Path& record = file_->paths[id];
  const std::uint32_t end = file_->paths[id + std::size_t{1}].first_file_version;
  return {record.component, checked_range(record.first_file_version, end, file_->path_marks.size()),
          record.density_exponent, record.role};
}

PathView Kb::path(PathId id) const {
  if (id >= path_count()) return {};
  return {path_numbers(id), file_->text(file_->paths[id].name)};
}

FileVersion Kb::file_version(std::uint32_t position) const {
  if (position >= file_->path_marks.size()) return {};
  const std::uint64_t paths = file_->path_marks.rank(position + std::uint64_t{1});
  return {static_cast<PathId>(paths == 0 ? 0 : paths - 1),
          static_cast<std::uint32_t>(file_->shingle_counts[position]),
          file_->carried[position] != 0};
}

std::span<const ReleaseSpan> Kb::releases_of(std::uint32_t file_version) const {
  const Range range = file_->group(file_->span_marks, file_version, file_->spans.size());
  return file_->spans.subspan(range.first, range.size());
}

Range Kb::contents_with(fingerprint::NormalisedId normalised) const {
  const auto rank = file_->normalised.find(normalised);
  return rank ? file_->group(file_->normalised_marks, *rank, content_count()) : Range{};
}

namespace {

// So many keys are looked up together that what each step needs is there when its turn comes, and
// so few that it still is.
constexpr std::size_t kBatch = 128, kAhead = 16;  // kAhead: more than a processor keeps in flight

// Looks keys up step by step, all of a batch at once: each step brings what the next one reads into
// the cache, so that the waits for memory overlap. use(i, rank) is called for those that are there.
template <class Use>
void find_all(const index::KeySetView& set, const index::MarksView& marks,
              std::span<const std::uint64_t> keys, Use use) {
  std::array<std::pair<std::uint32_t, std::uint32_t>, kBatch> found;
  for (std::size_t from = 0; from < keys.size(); from += kBatch) {
    const auto batch = keys.subspan(from, std::min(kBatch, keys.size() - from));
    for (const std::uint64_t key : batch.first(std::min(kAhead, batch.size()))) set.prefetch(key);
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if (i + kAhead < batch.size()) set.prefetch(batch[i + kAhead]);
      set.prefetch_tail(batch[i]);
    }
    std::size_t count = 0;
    for (std::size_t i = 0; i < batch.size(); ++i)
      if (const auto rank = set.find(batch[i])) {
        marks.prefetch(*rank);
        found[count++] = {static_cast<std::uint32_t>(i), *rank};
      }
    for (const auto& [i, rank] : std::span(found).first(count)) use(from + i, rank);
  }
}

}  // namespace

void Kb::contents_with(std::span<const fingerprint::NormalisedId> keys,
                       std::span<Range> ranges) const {
  std::ranges::fill(ranges, Range{});
  find_all(file_->normalised, file_->normalised_marks, keys, [&](std::size_t i, auto rank) {
    ranges[i] = file_->group(file_->normalised_marks, rank, content_count());
  });
}

std::optional<ContentId> Kb::content_with_md5(const fingerprint::Md5& md5) const {
  const auto rank = file_->md5.find(md5_prefix(md5));
  if (!rank) return std::nullopt;
  const std::uint64_t content = file_->md5_contents[*rank];
  if (content >= content_count()) return std::nullopt;
  return static_cast<ContentId>(content);
}

Content Kb::content(ContentId id) const {
  if (id >= content_count()) return {};
  const std::uint64_t record = file_->originals.rank(file_->first_file_version(id));
  if (record >= file_->sha256.size()) return {};
  return {file_->sha256[record], static_cast<std::uint32_t>(file_->sizes[record])};
}

fingerprint::NormalisedId Kb::normalised_of(ContentId id) const {
  const std::uint64_t groups = file_->normalised_marks.rank(id + std::uint64_t{1});
  return id < content_count() && groups > 0 ? file_->normalised.key_at(groups - 1) : 0;
}

std::size_t Kb::posting_count(ContentId id) const {
  if (id >= content_count()) return 0;
  if (!file_->is_shared(id)) return 1;
  const std::uint64_t place = file_->place_of(id), all = file_->shared_postings.size();
  return place >= all ? 0 : std::min(file_->shared_postings[place], all - place - 1);
}

Posting Kb::posting(ContentId id, std::size_t i) const {
  if (id >= content_count()) return {};
  const auto version = static_cast<std::uint32_t>(
      file_->is_shared(id) ? file_->shared_postings[file_->place_of(id) + 1 + i]
                           : file_->place_of(id));
  return {version, file_->carried[version] != 0};
}

Occurrences Kb::occurrences(std::uint64_t key) const {
  const auto rank = file_->shingles.find(key);
  if (!rank) return {};
  const Range range = file_->group(file_->shingle_marks, *rank, file_->occurrences.size());
  return {file_->occurrences, file_->header.version_bits, range.first, range.end};
}

void Kb::occurrences(std::span<const std::uint64_t> keys, std::span<Occurrences> found) const {
  std::ranges::fill(found, Occurrences{});
  find_all(file_->shingles, file_->shingle_marks, keys, [&](std::size_t i, auto rank) {
    const Range range = file_->group(file_->shingle_marks, rank, file_->occurrences.size());
    file_->occurrences.prefetch(range.first);
    found[i] = {file_->occurrences, file_->header.version_bits, range.first, range.end};
  });
}

}  // namespace stowaway::kb
