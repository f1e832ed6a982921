#include "kb/index/contents.h"

#include <algorithm>
#include <bit>
#include <optional>

#include "kb/index/key_set.h"
#include "kb/index/packed_writer.h"

namespace stowaway::kb::index {
namespace {

// Of a block's mean. More of them need less room and give shorter tags.
constexpr unsigned kIdentitiesPerBlock = 40;

struct Md5Record {
  std::uint64_t md5;
  std::uint32_t content;
  auto operator<=>(const Md5Record&) const = default;
};

// What is kept of a content with the first of its file versions.
struct OriginalRecord {
  std::uint32_t file_version, size_bytes;
  Sha256Prefix sha256;
  auto operator<=>(const OriginalRecord&) const = default;
};

unsigned bits_for(std::uint64_t count) {
  return static_cast<unsigned>(std::bit_width(count == 0 ? 0 : count - 1));
}

Result<void> add_key_set(IndexFile& out, SectionId blocks, KeySetSpools set) {
  STOWAWAY_TRY_VOID(out.add_records(blocks, set.blocks));
  STOWAWAY_TRY_VOID(
      out.add_packed(static_cast<SectionId>(blocks + 1), set.tails, set.keys, set.tail_bits));
  return out.add_records(static_cast<SectionId>(blocks + 2), set.crowd);
}

// The finished tables, to ask where a file version lies.
class Places {
 public:
  static Result<Places> of(const Tables& tables) {
    STOWAWAY_TRY(auto strings, SpoolMap::of(tables.string_bytes));
    STOWAWAY_TRY(auto components, SpoolMap::of(tables.components));
    STOWAWAY_TRY(auto releases, SpoolMap::of(tables.releases));
    STOWAWAY_TRY(auto paths, SpoolMap::of(tables.paths));
    STOWAWAY_TRY(auto path_marks, SpoolMap::of(tables.path_mark_bytes));
    STOWAWAY_TRY(auto spans, SpoolMap::of(tables.spans));
    STOWAWAY_TRY(auto span_marks, SpoolMap::of(tables.span_mark_bytes));
    STOWAWAY_TRY(const auto path_view, MarksView::of(path_marks.bytes(), tables.path_marks.size(),
                                                     tables.path_marks.ones()));
    STOWAWAY_TRY(const auto span_view, MarksView::of(span_marks.bytes(), tables.span_marks.size(),
                                                     tables.span_marks.ones()));
    return Places(tables, {std::move(strings), std::move(components), std::move(releases),
                           std::move(paths), std::move(path_marks), std::move(spans),
                           std::move(span_marks), path_view, span_view});
  }

  std::uint32_t path_of(std::uint32_t file_version) const {
    return static_cast<std::uint32_t>(maps_.path_view.rank(file_version + std::uint64_t{1}) - 1);
  }
  bool is_foreign(std::uint32_t file_version) const {
    return tables_->foreign[path_of(file_version)];
  }
  std::uint32_t component_of(std::uint32_t file_version) const {
    return maps_.paths.as<Path>()[path_of(file_version)].component;
  }
  ContentPlace place_of(std::uint32_t file_version) const {
    const std::uint32_t path = path_of(file_version);
    const Path& record = maps_.paths.as<Path>()[path];
    const std::uint32_t first_release =
        maps_.spans.as<ReleaseSpan>()[maps_.span_view.select(file_version)].first;
    const Component& component = maps_.components.as<Component>()[record.component];
    const Release& release = maps_.releases.as<Release>()[component.first_release + first_release];
    return {record.component, first_release, release.date, tables_->foreign[path],
            maps_.strings.as<char>().data() + record.name};
  }

 private:
  struct Maps {
    SpoolMap strings, components, releases, paths, path_marks, spans, span_marks;
    MarksView path_view, span_view;
  };
  Places(const Tables& tables, Maps maps) : tables_(&tables), maps_(std::move(maps)) {}

  const Tables* tables_;
  Maps maps_;
};

// Takes contents in order and writes down what there is to know of each, but for its owner.
class ContentWriter {
 public:
  // `judge` may be null.
  ContentWriter(const Places& places, OwnerJudge* judge, std::vector<Spool> spools,
                const std::string& directory, std::uint64_t memory_bytes)
      : keys(std::move(spools[0])),
        mark_bytes(std::move(spools[1])),
        places_of(std::move(spools[2])),
        marks(mark_bytes),
        md5s(directory, memory_bytes / 4),
        originals(directory, memory_bytes / 4),
        places_(&places),
        judge_(judge) {}

  Result<void> add(const ContentRecord& record) {
    const bool same = !versions_.empty() && record.normalised == first_.normalised &&
                      record.sha256 == first_.sha256;
    if (!same) {
      STOWAWAY_TRY_VOID(end_content());
      first_ = record;
    }
    versions_.push_back(record.file_version);
    return {};
  }

  // Ends what add() began.
  Result<void> end_content() {
    if (versions_.empty()) return {};
    std::ranges::sort(versions_);
    const bool is_new_key = contents == 0 || first_.normalised != last_key_;
    if (is_new_key) keys.put(first_.normalised);
    last_key_ = first_.normalised;
    marks.add(is_new_key);
    STOWAWAY_TRY_VOID(md5s.add({first_.md5, static_cast<std::uint32_t>(contents)}));
    STOWAWAY_TRY_VOID(originals.add({versions_.front(), first_.size_bytes, first_.sha256}));
    places_of.put(static_cast<std::uint32_t>(versions_.size()));
    for (const std::uint32_t version : versions_) places_of.put(version);
    if (versions_.size() > 1) {
      note_shared();
      shared_numbers += 1 + versions_.size();
      most_places = std::max<std::uint64_t>(most_places, versions_.size());
    }
    ++contents;
    versions_.clear();
    return {};
  }

  Spool keys, mark_bytes, places_of;  // places: for each content their number, then they
  MarksWriter marks;
  Sorter<Md5Record> md5s;
  Sorter<OriginalRecord> originals;
  std::uint64_t contents = 0, shared_numbers = 0, most_places = 1;

 private:
  void note_shared() {
    if (judge_ == nullptr) return;
    std::vector<std::uint32_t> components;
    for (const std::uint32_t version : versions_)
      components.push_back(places_->component_of(version));
    std::ranges::sort(components);
    components.erase(std::unique(components.begin(), components.end()), components.end());
    if (components.size() > 1) judge_->count_shared(components);
  }

  const Places* places_;
  OwnerJudge* judge_;
  ContentRecord first_{};
  std::uint64_t last_key_ = 0;
  std::vector<std::uint32_t> versions_;
};

Result<void> write_normalised(ContentWriter& writer, IndexFile& out, const std::string& directory) {
  writer.marks.finish();
  STOWAWAY_TRY_VOID(writer.keys.flush());
  STOWAWAY_TRY(auto set, write_key_set(writer.keys, 64, kIdentitiesPerBlock, directory));
  STOWAWAY_TRY_VOID(add_key_set(out, kNormalisedBlocks, std::move(set)));
  return out.add_marks(kNormalisedMarks, writer.mark_bytes, writer.marks);
}

Result<void> write_md5s(ContentWriter& writer, IndexFile& out, const std::string& directory) {
  STOWAWAY_TRY(auto keys, Spool::create(directory));
  STOWAWAY_TRY(auto contents, Spool::create(directory));
  const unsigned width = bits_for(writer.contents);
  PackedWriter numbers(contents, width);
  std::optional<std::uint64_t> last;
  STOWAWAY_TRY_VOID(writer.md5s.drain([&](const Md5Record& record) -> Result<void> {
    if (last == record.md5) return {};  // the first content with that MD5 is the answer
    last = record.md5;
    keys.put(record.md5);
    numbers.add(record.content);
    return {};
  }));
  const std::uint64_t count = numbers.finish();
  STOWAWAY_TRY_VOID(keys.flush());
  STOWAWAY_TRY(auto set, write_key_set(keys, 64, kIdentitiesPerBlock, directory));
  STOWAWAY_TRY_VOID(add_key_set(out, kMd5Blocks, std::move(set)));
  return out.add_packed(kMd5Contents, contents, count, width);
}

Result<void> write_originals(ContentWriter& writer, std::uint64_t file_versions, IndexFile& out,
                             const std::string& directory) {
  STOWAWAY_TRY(auto mark_bytes, Spool::create(directory));
  STOWAWAY_TRY(auto sha256, Spool::create(directory));
  STOWAWAY_TRY(auto sizes, Spool::create(directory));
  MarksWriter marks(mark_bytes);
  std::uint32_t largest = 0;
  STOWAWAY_TRY_VOID(writer.originals.drain([&](const OriginalRecord& record) -> Result<void> {
    while (marks.size() < record.file_version) marks.add(false);
    marks.add(true);
    sha256.put(record.sha256);
    sizes.put(record.size_bytes);
    largest = std::max(largest, record.size_bytes);
    return {};
  }));
  while (marks.size() < file_versions) marks.add(false);
  marks.finish();
  STOWAWAY_TRY_VOID(out.add_marks(kOriginals, mark_bytes, marks));
  STOWAWAY_TRY_VOID(out.add_records(kSha256, sha256));
  return out.add_numbers(kSizes, sizes, largest, directory);
}

// Decides who owns each content. Returns the number of file versions that are only carried.
Result<std::uint64_t> write_postings(ContentWriter& writer, const Places& places,
                                     const OwnerJudge& judge, const std::vector<bool>* before,
                                     std::uint64_t file_versions, IndexFile& out,
                                     const std::string& directory) {
  STOWAWAY_TRY_VOID(writer.places_of.flush());
  STOWAWAY_TRY(auto posting_bytes, Spool::create(directory));
  STOWAWAY_TRY(auto shared_bytes, Spool::create(directory));
  STOWAWAY_TRY(auto carried_bytes, Spool::create(directory));
  const unsigned width = 1 + bits_for(std::max(file_versions, writer.shared_numbers));
  const unsigned shared_width = bits_for(std::max(file_versions, writer.most_places + 1));
  PackedWriter postings(posting_bytes, width), shared(shared_bytes, shared_width);
  std::vector<bool> carried = before != nullptr ? *before : std::vector<bool>(file_versions);
  std::uint64_t shared_count = 0;
  SpoolReader reader(writer.places_of, 0, writer.places_of.size());
  std::vector<std::uint32_t> versions;
  std::vector<ContentPlace> of_content;
  for (std::uint32_t count; reader.next(count);) {
    versions.resize(count);
    for (std::uint32_t& version : versions) reader.next(version);
    if (count == 1) {
      if (before == nullptr) carried[versions[0]] = places.is_foreign(versions[0]);
      postings.add(std::uint64_t{versions[0]} << 1);
      continue;
    }
    of_content.clear();
    for (std::size_t i = 0; before == nullptr && i < versions.size(); ++i)
      of_content.push_back(places.place_of(versions[i]));
    const std::vector<bool> judged =
        before == nullptr ? judge.carried(of_content) : std::vector<bool>();
    postings.add(shared_count << 1 | 1);
    shared.add(count);
    for (std::size_t i = 0; i < versions.size(); ++i) {
      if (before == nullptr) carried[versions[i]] = judged[i];
      shared.add(versions[i]);
    }
    shared_count += 1 + versions.size();
  }
  STOWAWAY_TRY_VOID(reader.result());
  PackedWriter carried_writer(carried_bytes, 1);
  for (const bool is_carried : carried) carried_writer.add(is_carried ? 1 : 0);
  postings.finish();
  shared.finish();
  carried_writer.finish();
  STOWAWAY_TRY_VOID(out.add_packed(kPostings, posting_bytes, writer.contents, width));
  STOWAWAY_TRY_VOID(out.add_packed(kSharedPostings, shared_bytes, shared_count, shared_width));
  STOWAWAY_TRY_VOID(out.add_packed(kCarried, carried_bytes, file_versions, 1));
  return static_cast<std::uint64_t>(std::ranges::count(carried, true));
}

}  // namespace

Result<ContentCounts> write_contents(Tables& tables, const ComponentNames& names,
                                     const std::vector<bool>* carried_before, IndexFile& out,
                                     const std::string& directory, std::uint64_t memory_bytes,
                                     ProgressSink* progress) {
  STOWAWAY_TRY(const auto places, Places::of(tables));
  OwnerJudge judge(names, tables.contents_of_component);
  std::vector<Spool> spools;
  for (int i = 0; i < 3; ++i) {
    STOWAWAY_TRY(auto spool, Spool::create(directory));
    spools.push_back(std::move(spool));
  }
  ContentWriter writer(places, carried_before == nullptr ? &judge : nullptr, std::move(spools),
                       directory, memory_bytes);
  STOWAWAY_TRY_VOID(
      tables.contents.drain([&](const ContentRecord& record) { return writer.add(record); }));
  STOWAWAY_TRY_VOID(writer.end_content());
  STOWAWAY_TRY_VOID(write_normalised(writer, out, directory));
  STOWAWAY_TRY_VOID(write_md5s(writer, out, directory));
  STOWAWAY_TRY_VOID(write_originals(writer, tables.count.file_versions, out, directory));
  if (progress != nullptr) progress->advance("origins", 0, 0);
  STOWAWAY_TRY(const auto carried, write_postings(writer, places, judge, carried_before,
                                                  tables.count.file_versions, out, directory));
  return ContentCounts{writer.contents, carried};
}

}  // namespace stowaway::kb::index
