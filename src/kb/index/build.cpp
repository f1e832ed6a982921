#include "kb/index/build.h"

#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <numeric>
#include <unordered_map>

#include "base/atomic_file.h"
#include "fingerprint/file_class.h"
#include "kb/index/layout.h"
#include "kb/index/owners.h"
#include "kb/miner/merge.h"

namespace stowaway::kb {
namespace {

using namespace index;

constexpr std::uint64_t kMaxRecords = std::uint64_t{1} << 31;
constexpr std::uint64_t kMaxStringBytes = UINT32_MAX;
constexpr unsigned kEntriesPerBucket = 4;  // of a bucket's mean; a bucket is one or two cache lines
constexpr unsigned kFilterBitsPerKey =
    10;  // one bit set of ten: nine misses of ten end in the filter

class Strings {
 public:
  std::uint32_t add(const std::string& text) {
    const auto [place, is_new] =
        positions_.emplace(text, static_cast<std::uint32_t>(bytes_.size()));
    if (is_new) bytes_.insert(bytes_.end(), text.c_str(), text.c_str() + text.size() + 1);
    return place->second;
  }
  const std::vector<char>& bytes() const { return bytes_; }

 private:
  std::vector<char> bytes_;
  std::unordered_map<std::string, std::uint32_t> positions_;
};

struct Arrays {
  Strings strings;
  std::vector<Component> components;
  std::vector<Release> releases;
  std::vector<Path> paths;
  std::vector<FileVersion> file_versions;
  std::vector<ReleaseSpan> spans;
  std::vector<Content> contents;
  std::vector<std::uint64_t> normalised_keys;
  std::vector<std::uint32_t> postings;
  std::vector<Md5Entry> md5_entries;
  std::vector<ShingleEntry> shingles;
  std::vector<std::uint32_t> normalised_buckets, md5_buckets, shingle_buckets;
  std::vector<std::uint64_t> shingle_filter;
};

std::uint32_t number_of_date(const std::string& date) {
  std::uint32_t number = 0;
  for (const char c : date)
    if (c >= '0' && c <= '9') number = number * 10 + static_cast<std::uint32_t>(c - '0');
  return date.size() == 10 ? number : 0;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : ",") + part;
  return out;
}

// A content as it stands in all packs together.
struct GlobalContent {
  PackContent content;
  std::uint32_t pack, number;
};

std::vector<GlobalContent> sorted_contents(const std::vector<Pack>& packs) {
  std::vector<GlobalContent> all;
  for (std::uint32_t p = 0; p < packs.size(); ++p)
    for (std::uint32_t c = 0; c < packs[p].contents.size(); ++c)
      all.push_back({packs[p].contents[c], p, c});
  std::ranges::sort(all, [](const GlobalContent& a, const GlobalContent& b) {
    return std::tie(a.content.normalised, a.content.sha256, a.content.md5, a.pack, a.number) <
           std::tie(b.content.normalised, b.content.sha256, b.content.md5, b.pack, b.number);
  });
  return all;
}

// Gives each pack's contents their numbers in the index, and fills the content arrays but for
// postings.
std::vector<std::vector<std::uint32_t>> number_contents(const std::vector<Pack>& packs,
                                                        Arrays& arrays) {
  std::vector<std::vector<std::uint32_t>> numbers;
  for (const Pack& pack : packs) numbers.emplace_back(pack.contents.size());
  const PackContent* previous = nullptr;
  const auto all = sorted_contents(packs);
  for (const GlobalContent& global : all) {
    const PackContent& content = global.content;
    if (previous == nullptr || previous->sha256 != content.sha256 ||
        previous->normalised != content.normalised) {
      Content record{};
      std::copy(content.sha256.begin(), content.sha256.end(), record.sha256.begin());
      record.size_bytes =
          static_cast<std::uint32_t>(std::min<std::uint64_t>(content.size_bytes, UINT32_MAX));
      std::uint64_t md5 = 0;
      for (const std::uint8_t byte : content.md5) md5 = md5 << 8 | byte;
      const auto number = static_cast<std::uint32_t>(arrays.contents.size());
      arrays.md5_entries.push_back(
          {static_cast<std::uint32_t>(md5), static_cast<std::uint32_t>(md5 >> 32), number});
      arrays.contents.push_back(record);
      arrays.normalised_keys.push_back(content.normalised);
      previous = &content;
    }
    numbers[global.pack][global.number] = static_cast<std::uint32_t>(arrays.contents.size() - 1);
  }
  std::ranges::sort(arrays.md5_entries, {}, [](const Md5Entry& entry) {
    return std::tuple(entry.high, entry.low, entry.content);
  });
  return numbers;
}

void add_component(const Pack& pack, const std::vector<std::uint32_t>& numbers, Arrays& arrays) {
  const auto number = static_cast<std::uint32_t>(arrays.components.size());
  Strings& strings = arrays.strings;
  arrays.components.push_back({strings.add(pack.component), strings.add(pack.purl),
                               strings.add(pack.licence), strings.add(pack.language),
                               strings.add(joined(pack.aliases)), pack.rank,
                               static_cast<std::uint32_t>(arrays.releases.size()),
                               static_cast<std::uint32_t>(arrays.paths.size())});
  for (const PackRelease& release : pack.releases)
    arrays.releases.push_back({strings.add(release.version), strings.add(release.revision),
                               number_of_date(release.date), release.code_files});
  for (const PackPath& path : pack.paths) {
    const auto path_number = static_cast<std::uint32_t>(arrays.paths.size());
    arrays.paths.push_back({strings.add(path.path), number,
                            static_cast<std::uint32_t>(arrays.file_versions.size()),
                            path.density_exponent,
                            static_cast<std::uint8_t>(fingerprint::classify(path.path).role), 0});
    std::vector<std::uint32_t> shingles(path.versions.size());
    for (const PackShingle& shingle : path.shingles)
      for (const Span32 span : shingle.versions)
        for (std::uint32_t v = span.first; v <= span.last; ++v) ++shingles[v];
    for (std::size_t v = 0; v < path.versions.size(); ++v) {
      const PackFileVersion& version = path.versions[v];
      arrays.file_versions.push_back({numbers[version.content], path_number,
                                      static_cast<std::uint32_t>(arrays.spans.size()),
                                      shingles[v]});
      for (const Span32 span : version.releases)
        arrays.spans.push_back(
            {static_cast<std::uint16_t>(span.first), static_cast<std::uint16_t>(span.last)});
    }
  }
}

void add_postings(const std::vector<Pack>& packs, Arrays& arrays, BuildCount& count) {
  std::vector<std::vector<std::uint32_t>> of_content(arrays.contents.size());
  for (std::uint32_t i = 0; i < arrays.file_versions.size(); ++i)
    of_content[arrays.file_versions[i].content].push_back(i);
  const auto place_of = [&](std::uint32_t file_version) {
    const FileVersion& record = arrays.file_versions[file_version];
    const std::uint32_t component = arrays.paths[record.path].component;
    return ContentPlace{component, record.path - arrays.components[component].first_path,
                        arrays.spans[record.first_span].first};
  };
  const auto places_of = [&](const std::vector<std::uint32_t>& versions) {
    std::vector<ContentPlace> places;
    for (const std::uint32_t version : versions) places.push_back(place_of(version));
    return places;
  };
  const auto is_shared = [](const std::vector<ContentPlace>& places) {
    return std::ranges::any_of(
        places, [&](const ContentPlace& p) { return p.component != places.front().component; });
  };
  OwnerJudge judge(packs);
  for (const auto& versions : of_content)
    if (versions.size() > 1)
      if (const auto places = places_of(versions); is_shared(places)) judge.count_shared(places);
  for (std::size_t c = 0; c < of_content.size(); ++c) {
    arrays.contents[c].first_posting = static_cast<std::uint32_t>(arrays.postings.size());
    const auto places = places_of(of_content[c]);
    const std::vector<bool> carried = judge.carried(places);
    for (std::size_t i = 0; i < places.size(); ++i) {
      arrays.postings.push_back(of_content[c][i] | (carried[i] ? kCarriedBit : 0));
      count.carried += carried[i];
    }
  }
}

struct FullShingle {
  std::uint64_t key;
  ShingleEntry entry;
};

void add_shingles(const std::vector<Pack>& packs, Arrays& arrays, std::vector<FullShingle>& all) {
  std::uint32_t path_number = 0;
  for (const Pack& pack : packs)
    for (const PackPath& path : pack.paths) {
      for (const PackShingle& shingle : path.shingles)
        for (const Span32 span : shingle.versions)
          all.push_back(
              {shingle.key,
               {static_cast<std::uint32_t>(shingle.key), path_number,
                static_cast<std::uint16_t>(span.first), static_cast<std::uint16_t>(span.last)}});
      ++path_number;
    }
  std::ranges::sort(
      all, {}, [](const FullShingle& s) { return std::tuple(s.key, s.entry.path, s.entry.first); });
  arrays.shingles.reserve(all.size());
  for (const FullShingle& shingle : all) arrays.shingles.push_back(shingle.entry);
}

unsigned bucket_bits(std::size_t keys, unsigned at_least) {
  return std::max(at_least, static_cast<unsigned>(std::bit_width(keys / kEntriesPerBucket + 1)));
}

// Starts of the buckets of ascending keys, chosen by the leading `bits` of `key_bits`.
template <class Keys>
std::vector<std::uint32_t> bucket_starts(std::size_t count, unsigned bits, unsigned key_bits,
                                         const Keys& key_at) {
  std::vector<std::uint32_t> starts((std::size_t{1} << bits) + 1);
  std::size_t next = 0;
  for (std::uint32_t i = 0; i < count; ++i)
    for (const std::uint64_t bucket = key_at(i) >> (key_bits - bits); next <= bucket; ++next)
      starts[next] = i;
  for (; next < starts.size(); ++next) starts[next] = static_cast<std::uint32_t>(count);
  return starts;
}

void add_buckets(Arrays& arrays, const std::vector<FullShingle>& shingles, Header& header) {
  header.normalised_bits = bucket_bits(arrays.normalised_keys.size(), 1);
  header.md5_bits = bucket_bits(arrays.md5_entries.size(), 1);
  header.shingle_bits = bucket_bits(shingles.size(), 16);
  header.filter_bits =
      std::max(6U, static_cast<unsigned>(std::bit_width(shingles.size() * kFilterBitsPerKey)));
  arrays.normalised_buckets =
      bucket_starts(arrays.normalised_keys.size(), header.normalised_bits, 64,
                    [&](std::size_t i) { return arrays.normalised_keys[i]; });
  arrays.md5_buckets =
      bucket_starts(arrays.md5_entries.size(), header.md5_bits, 64, [&](std::size_t i) {
        return std::uint64_t{arrays.md5_entries[i].high} << 32 | arrays.md5_entries[i].low;
      });
  arrays.shingle_buckets = bucket_starts(shingles.size(), header.shingle_bits, 48,
                                         [&](std::size_t i) { return shingles[i].key; });
  arrays.shingle_filter.resize((std::size_t{1} << header.filter_bits) / 64);
  for (const FullShingle& shingle : shingles) {
    const std::uint64_t bit = shingle.key & ((std::uint64_t{1} << header.filter_bits) - 1);
    arrays.shingle_filter[bit / 64] |= std::uint64_t{1} << (bit % 64);
  }
}

void add_sentinels(Arrays& arrays) {
  arrays.components.push_back({0, 0, 0, 0, 0, 0, static_cast<std::uint32_t>(arrays.releases.size()),
                               static_cast<std::uint32_t>(arrays.paths.size())});
  arrays.paths.push_back({0, 0, static_cast<std::uint32_t>(arrays.file_versions.size()), 0, 0, 0});
  arrays.file_versions.push_back({0, 0, static_cast<std::uint32_t>(arrays.spans.size()), 0});
  Content last{};
  last.first_posting = static_cast<std::uint32_t>(arrays.postings.size());
  arrays.contents.push_back(last);
}

class FileImage {
 public:
  explicit FileImage(Header header) : header_(header), bytes_(sizeof(Header)) {}
  template <class T>
  void section(SectionId id, const std::vector<T>& records) {
    bytes_.resize((bytes_.size() + 63) / 64 * 64);  // cache lines do not straddle sections
    const std::size_t size = records.size() * sizeof(T);
    header_.sections[id] = {bytes_.size(), size, XXH3_64bits(records.data(), size)};
    const auto raw = std::as_bytes(std::span(records));
    bytes_.insert(bytes_.end(), raw.begin(), raw.end());
  }
  const std::vector<std::byte>& finish() {
    header_.file_bytes = bytes_.size();
    header_.checksum = XXH3_64bits(&header_, offsetof(Header, checksum));
    std::memcpy(bytes_.data(), &header_, sizeof(Header));
    return bytes_;
  }

 private:
  Header header_;
  std::vector<std::byte> bytes_;
};

// Changes whenever anything that a pack says does.
std::array<std::uint8_t, 16> identity_of(const Arrays& arrays) {
  const auto digest_of = [](const auto& records) {
    return XXH3_64bits(records.data(), records.size() * sizeof(*records.data()));
  };
  const std::vector<std::uint64_t> parts{
      digest_of(arrays.strings.bytes()), digest_of(arrays.components),
      digest_of(arrays.releases),        digest_of(arrays.paths),
      digest_of(arrays.file_versions),   digest_of(arrays.spans),
      digest_of(arrays.contents),        digest_of(arrays.normalised_keys),
      digest_of(arrays.postings),        digest_of(arrays.md5_entries),
      digest_of(arrays.shingles)};
  const auto digest = fingerprint::sha256_of(std::as_bytes(std::span(parts)));
  std::array<std::uint8_t, 16> id{};
  std::copy_n(digest.bytes.begin(), id.size(), id.begin());
  return id;
}

// What one index can hold, asked before the work: positions are 32 bits wide, and one bit of
// those of file versions is taken.
Result<void> check_limits(const std::vector<Pack>& packs) {
  std::uint64_t releases = 0, contents = 0, paths = 0, versions = 0, spans = 0, shingles = 0,
                text = 0;
  for (const Pack& pack : packs) {
    releases += pack.releases.size();
    contents += pack.contents.size();
    paths += pack.paths.size();
    for (const PackRelease& release : pack.releases)
      text += release.version.size() + release.revision.size() + 2;
    for (const PackPath& path : pack.paths) {
      text += path.path.size() + 1;
      versions += path.versions.size();
      for (const PackFileVersion& version : path.versions) spans += version.releases.size();
      for (const PackShingle& shingle : path.shingles) shingles += shingle.versions.size();
    }
  }
  const std::pair<std::string_view, std::uint64_t> counts[] = {
      {"releases", releases},      {"contents", contents}, {"paths", paths},
      {"file versions", versions}, {"spans", spans},       {"shingles", shingles}};
  for (const auto& [what, count] : counts)
    if (count >= kMaxRecords)
      return fail(ErrorCode::limit_exceeded, "{} {}: an index holds fewer than {}; build several",
                  count, what, kMaxRecords);
  if (text >= kMaxStringBytes)
    return fail(ErrorCode::limit_exceeded, "names of {} bytes: an index holds fewer than {}", text,
                kMaxStringBytes);
  return {};
}

// Packs of one component become one; all are in the order of their components then.
Result<void> merge_by_component(std::vector<Pack>& packs) {
  std::ranges::stable_sort(packs, {}, &Pack::component);
  std::vector<Pack> merged;
  for (std::size_t i = 0; i < packs.size();) {
    std::vector<Pack> same;
    for (const std::string name = packs[i].component;
         i < packs.size() && packs[i].component == name; ++i)
      same.push_back(std::move(packs[i]));
    if (same.size() > 1) {
      STOWAWAY_TRY(auto one, merge_packs(std::move(same)));
      merged.push_back(std::move(one));
    } else {
      merged.push_back(std::move(same.front()));
    }
  }
  packs = std::move(merged);
  return {};
}

}  // namespace

Result<BuildCount> build_index(std::vector<Pack> packs, const std::string& out_file,
                               ProgressSink* progress) {
  if (packs.empty()) return fail(ErrorCode::invalid_argument, "no packs to build an index from");
  STOWAWAY_TRY_VOID(merge_by_component(packs));
  STOWAWAY_TRY_VOID(check_limits(packs));
  // Counted here: packs of before 2026-12 count a path once for each of its contents.
  for (Pack& pack : packs) count_code(pack);
  const auto report = [&](std::string_view stage) {
    if (progress != nullptr) progress->advance(stage, 0, 0);
  };
  Arrays arrays;
  BuildCount count;
  report("contents");
  const auto numbers = number_contents(packs, arrays);
  for (std::size_t i = 0; i < packs.size(); ++i) add_component(packs[i], numbers[i], arrays);
  report("origins");
  add_postings(packs, arrays, count);
  report("shingles");
  std::vector<FullShingle> shingles;
  add_shingles(packs, arrays, shingles);
  Header header{};
  header.magic = kMagic;
  header.format = kFormat;
  header.byte_order = kByteOrderMark;
  header.id = identity_of(arrays);
  add_buckets(arrays, shingles, header);
  count = {packs.size(),
           arrays.releases.size(),
           arrays.contents.size(),
           arrays.file_versions.size(),
           arrays.shingles.size(),
           count.carried,
           0};
  add_sentinels(arrays);

  report("writing");
  FileImage image(header);
  image.section(kStrings, arrays.strings.bytes());
  image.section(kComponents, arrays.components);
  image.section(kReleases, arrays.releases);
  image.section(kPaths, arrays.paths);
  image.section(kFileVersions, arrays.file_versions);
  image.section(kSpans, arrays.spans);
  image.section(kContents, arrays.contents);
  image.section(kNormalisedKeys, arrays.normalised_keys);
  image.section(kNormalisedBuckets, arrays.normalised_buckets);
  image.section(kPostings, arrays.postings);
  image.section(kMd5Entries, arrays.md5_entries);
  image.section(kMd5Buckets, arrays.md5_buckets);
  image.section(kShingles, arrays.shingles);
  image.section(kShingleBuckets, arrays.shingle_buckets);
  image.section(kShingleFilter, arrays.shingle_filter);
  const auto& bytes = image.finish();
  count.bytes = bytes.size();
  STOWAWAY_TRY_VOID(write_file_atomically(out_file, bytes));
  return count;
}

Result<BuildCount> build_index_from_files(const std::vector<std::string>& pack_files,
                                          const std::string& out_file, ProgressSink* progress) {
  std::vector<Pack> packs;
  for (const std::string& file : pack_files) {
    if (progress != nullptr) progress->advance("packs", packs.size(), pack_files.size());
    STOWAWAY_TRY(auto pack, read_pack(file));
    packs.push_back(std::move(pack));
  }
  return build_index(std::move(packs), out_file, progress);
}

}  // namespace stowaway::kb
