#include "kb/kb.h"

#include <gtest/gtest.h>
#include <xxhash.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <random>
#include <set>

#include "kb/index/build.h"
#include "kb/testing/support.h"

namespace stowaway::kb {
namespace {

using testing::code;
using testing::read_file;
using testing::TempDir;

std::vector<Pack> some_packs() {
  std::vector<testing::TestRelease> releases;
  for (unsigned r = 0; r < 5; ++r) {
    testing::Tree tree;
    for (unsigned f = 0; f < 9; ++f)
      tree["src/f" + std::to_string(f) + ".c"] = code(f, 30) + (r >= f % 5 ? code(50 + f, 4) : "");
    if (r != 2) tree["src/comes-and-goes.h"] = code(40);
    releases.push_back({"1." + std::to_string(r), "200" + std::to_string(r) + "-03-27", tree});
  }
  Pack game =
      testing::pack_of("game", {{"9", "", {{"main.c", code(100, 60)}, {"zlib/f1.c", code(1, 30)}}},
                                {"10", "2011-12-31", {{"main.c", code(101, 60)}}}});
  game.aliases = {"the-game", "g"};
  game.rank = 7;
  return {
      testing::pack_of("zlib", releases), game,
      testing::pack_of(
          "twin",
          {{"1", "", {{"a.c", code(200)}, {"b.c", "/* x */ " + code(200)}, {"t.c", "int x;"}}}})};
}

// One index for all tests of this file.
class KbFile : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    dir_ = new TempDir;
    const auto count = build_index(some_packs(), dir_->file("kb"), nullptr);
    ASSERT_TRUE(count) << count.error().message;
    bytes_ = new std::string(read_file(dir_->file("kb")));
  }
  static void TearDownTestSuite() {
    delete dir_;
    delete bytes_;
  }
  static Kb open_good() {
    auto kb = Kb::open(dir_->file("kb"));
    STOWAWAY_CHECK(kb.has_value(), "the test's own index does not open");
    return *std::move(kb);
  }
  static Result<Kb> open_bytes(const std::string& bytes) {
    return Kb::open(dir_->write("damaged", bytes));
  }
  static index::Header header() {
    index::Header header;
    std::memcpy(&header, bytes_->data(), sizeof header);
    return header;
  }
  // The good file with another, sealed header.
  static std::string with_header(index::Header header) {
    header.checksum = XXH3_64bits(&header, offsetof(index::Header, checksum));
    std::string bytes = *bytes_;
    std::memcpy(bytes.data(), &header, sizeof header);
    return bytes;
  }
  static ErrorCode code_of(const Result<Kb>& kb) { return kb ? ErrorCode{-1} : kb.error().code; }

  static TempDir* dir_;
  static std::string* bytes_;
};
TempDir* KbFile::dir_ = nullptr;
std::string* KbFile::bytes_ = nullptr;

// --- opening ---

TEST_F(KbFile, opens_and_verifies) {
  const Kb kb = open_good();
  EXPECT_TRUE(kb.verify());
  EXPECT_EQ(kb.file(), dir_->file("kb"));
  EXPECT_EQ(kb.id().size(), 32U);
  EXPECT_EQ(kb.component_count(), 3U);
  EXPECT_EQ(kb.release_count(), 8U);
}

TEST_F(KbFile, what_is_no_index_is_refused) {
  EXPECT_EQ(code_of(Kb::open(dir_->file("none"))), ErrorCode::not_found);
  EXPECT_EQ(code_of(Kb::open(dir_->path())), ErrorCode::corrupt);
  EXPECT_EQ(code_of(open_bytes("")), ErrorCode::corrupt);
  EXPECT_EQ(code_of(open_bytes("STOWINDX")), ErrorCode::corrupt);
  EXPECT_EQ(code_of(open_bytes(std::string(100'000, 'x'))), ErrorCode::corrupt);
  EXPECT_EQ(code_of(open_bytes(std::string(100'000, '\0'))), ErrorCode::corrupt);
}

TEST_F(KbFile, a_file_cut_short_or_lengthened_is_refused) {
  for (std::size_t size = 0; size < bytes_->size(); size += 1 + size / 8)
    EXPECT_EQ(code_of(open_bytes(bytes_->substr(0, size))), ErrorCode::corrupt) << size;
  EXPECT_EQ(code_of(open_bytes(bytes_->substr(0, bytes_->size() - 1))), ErrorCode::corrupt);
  EXPECT_EQ(code_of(open_bytes(*bytes_ + "x")), ErrorCode::corrupt);
}

TEST_F(KbFile, every_damaged_byte_of_the_header_is_refused) {
  for (std::size_t at = 0; at < sizeof(index::Header); ++at) {
    std::string bytes = *bytes_;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
    EXPECT_FALSE(open_bytes(bytes)) << at;
  }
}

TEST_F(KbFile, another_format_or_byte_order_is_unsupported) {
  auto format = header();
  format.format = index::kFormat + 1;
  EXPECT_EQ(code_of(open_bytes(with_header(format))), ErrorCode::unsupported);
  auto order = header();
  order.byte_order = 0x04030201;
  EXPECT_EQ(code_of(open_bytes(with_header(order))), ErrorCode::unsupported);
}

TEST_F(KbFile, a_sealed_header_that_lies_is_refused) {
  const auto refused = [](index::Header header) {
    return code_of(open_bytes(with_header(header)));
  };
  for (std::uint32_t id = 0; id < index::kSectionCount; ++id)
    for (const std::uint64_t offset :
         {std::uint64_t{1}, bytes_->size() + 7, UINT64_MAX - 7, UINT64_MAX}) {
      auto changed = header();
      changed.sections[id].offset = offset;
      EXPECT_EQ(refused(changed), ErrorCode::corrupt) << id << " " << offset;
      changed = header();
      changed.sections[id].size_bytes = bytes_->size() + offset % 100;
      EXPECT_EQ(refused(changed), ErrorCode::corrupt) << id;
    }
  for (std::uint32_t id = 0; id < index::kSectionCount; ++id) {
    auto changed = header();
    changed.sections[id].count = std::uint64_t{1} << 40;
    EXPECT_EQ(refused(changed), ErrorCode::corrupt) << id;
    changed.sections[id].count = UINT64_MAX;
    EXPECT_EQ(refused(changed), ErrorCode::corrupt) << id;
    if (index::kShapes[id].kind == index::SectionKind::packed) {
      changed = header();
      changed.sections[id].width = 65;
      EXPECT_EQ(refused(changed), ErrorCode::corrupt) << id;
    }
    if (index::kShapes[id].kind == index::SectionKind::marks) {
      changed = header();
      changed.sections[id].ones = UINT32_MAX;
      EXPECT_EQ(refused(changed), ErrorCode::corrupt) << id;
    }
  }
  auto changed = header();
  changed.version_bits = 17;
  EXPECT_EQ(refused(changed), ErrorCode::corrupt);
  changed = header();
  changed.file_bytes -= 8;
  EXPECT_EQ(refused(changed), ErrorCode::corrupt);
  EXPECT_TRUE(open_bytes(with_header(header())));
}

// Keys that are spread evenly crowd no block.
bool is_crowd(std::uint32_t id) {
  return id == index::kNormalisedCrowd || id == index::kMd5Crowd || id == index::kShingleCrowd;
}

TEST_F(KbFile, verify_notices_a_damaged_byte_in_every_section) {
  const index::Header good = header();
  for (std::uint32_t id = 0; id < index::kSectionCount; ++id) {
    const auto& section = good.sections[id];
    if (section.size_bytes == 0) {
      ASSERT_TRUE(is_crowd(id)) << id;
      continue;
    }
    for (const std::uint64_t at :
         {std::uint64_t{0}, section.size_bytes / 2, section.size_bytes - 1}) {
      std::string bytes = *bytes_;
      bytes[section.offset + at] = static_cast<char>(bytes[section.offset + at] ^ 1);
      const auto kb = open_bytes(bytes);
      ASSERT_TRUE(kb) << "opening does not read the sections";
      const auto verified = kb->verify();
      ASSERT_FALSE(verified) << "section " << id;
      EXPECT_EQ(verified.error().code, ErrorCode::corrupt);
    }
  }
}

// Another process that truncates the file must not end this one.
TEST_F(KbFile, a_file_cut_short_while_open_is_an_error) {
  for (const std::size_t size : {std::size_t{0}, bytes_->size() / 2}) {
    const std::string file = dir_->write("shrinking", *bytes_);
    const auto kb = Kb::open(file);
    ASSERT_TRUE(kb);
    EXPECT_TRUE(kb->verify());
    EXPECT_TRUE(kb->intact());
    std::filesystem::resize_file(file, size);
    const auto verified = kb->verify();
    ASSERT_FALSE(verified);
    EXPECT_EQ(verified.error().code, ErrorCode::corrupt);
    const auto intact = kb->intact();
    ASSERT_FALSE(intact);
    EXPECT_EQ(intact.error().code, ErrorCode::corrupt);
    EXPECT_TRUE(Kb::open(dir_->file("kb"))->intact()) << "of another file";
  }
}

TEST_F(KbFile, a_moved_kb_goes_on) {
  Kb first = open_good();
  Kb second = std::move(first);
  Kb third = open_good();
  third = std::move(second);
  EXPECT_EQ(third.component_count(), 3U);
  EXPECT_TRUE(third.verify());
}

// --- what the packs say, the index says ---

std::optional<ComponentId> component_named(const Kb& kb, const std::string& name) {
  for (ComponentId id = 0; id < kb.component_count(); ++id)
    if (kb.component(id).name == name) return id;
  return std::nullopt;
}

// The content with this key that stands in a file version.
std::optional<ContentId> content_at(const Kb& kb, std::uint64_t normalised, std::uint32_t version) {
  const Range range = kb.contents_with(normalised);
  for (ContentId id = range.first; id < range.end; ++id)
    for (std::size_t i = 0; i < kb.posting_count(id); ++i)
      if (kb.posting(id, i).file_version == version) return id;
  return std::nullopt;
}

TEST_F(KbFile, everything_in_the_packs_is_found_again) {
  const Kb kb = open_good();
  for (const Pack& pack : some_packs()) {
    const auto id = component_named(kb, pack.component);
    ASSERT_TRUE(id) << pack.component;
    const ComponentView component = kb.component(*id);
    EXPECT_EQ(component.purl, pack.purl);
    EXPECT_EQ(component.licence, pack.licence);
    EXPECT_EQ(component.language, pack.language);
    EXPECT_EQ(component.rank, pack.rank);
    EXPECT_EQ(component.aliases, pack.component == "game" ? "the-game,g" : "");
    ASSERT_EQ(component.releases.size(), pack.releases.size());
    for (std::uint32_t r = 0; r < pack.releases.size(); ++r) {
      const ReleaseView release = kb.release(component.releases.first + r);
      EXPECT_EQ(release.version, pack.releases[r].version);
      EXPECT_EQ(release.revision, pack.releases[r].revision);
      EXPECT_EQ(release.code_files, pack.releases[r].code_files);
      std::string digits = pack.releases[r].date;
      std::erase(digits, '-');
      EXPECT_EQ(release.date, digits.empty() ? 0U : std::stoul(digits));
    }
    ASSERT_EQ(component.paths.size(), pack.paths.size());
    for (std::uint32_t p = 0; p < pack.paths.size(); ++p) {
      const PackPath& expected = pack.paths[p];
      const PathView path = kb.path(component.paths.first + p);
      EXPECT_EQ(path.name, expected.path);
      EXPECT_EQ(path.component, *id);
      EXPECT_EQ(path.density_exponent, expected.density_exponent);
      ASSERT_EQ(path.file_versions.size(), expected.versions.size());
      for (std::uint32_t v = 0; v < expected.versions.size(); ++v) {
        const std::uint32_t number = path.file_versions.first + v;
        EXPECT_EQ(kb.file_version(number).path, component.paths.first + p);
        const auto spans = kb.releases_of(number);
        ASSERT_EQ(spans.size(), expected.versions[v].releases.size());
        for (std::size_t s = 0; s < spans.size(); ++s) {
          EXPECT_EQ(spans[s].first, expected.versions[v].releases[s].first);
          EXPECT_EQ(spans[s].last, expected.versions[v].releases[s].last);
        }
        const PackContent& content = pack.contents[expected.versions[v].content];
        const auto stored = content_at(kb, content.normalised, number);
        ASSERT_TRUE(stored);
        EXPECT_EQ(kb.normalised_of(*stored), content.normalised);
        EXPECT_EQ(kb.content(*stored).size_bytes, content.size_bytes);
        EXPECT_TRUE(std::ranges::equal(kb.content(*stored).sha256, content.sha256));
      }
    }
  }
}

bool has_posting(const Kb& kb, ContentId id, std::string_view component, std::string_view path) {
  for (std::size_t i = 0; i < kb.posting_count(id); ++i) {
    const PathView place = kb.path(kb.file_version(kb.posting(id, i).file_version).path);
    if (place.name == path && kb.component(place.component).name == component) return true;
  }
  return false;
}

TEST_F(KbFile, contents_are_found_by_their_identities) {
  const Kb kb = open_good();
  const std::string text = code(0, 30);
  const auto bytes = fingerprint::as_bytes(text);
  const Range range = kb.contents_with(fingerprint_content(bytes, "x.c").content.normalised);
  ASSERT_EQ(range.size(), 0U) << "1.0 has the appended form already";
  const std::string appended = code(0, 30) + code(50, 4);
  const Range found = kb.contents_with(
      fingerprint_content(fingerprint::as_bytes(appended), "x.c").content.normalised);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(has_posting(kb, found.first, "zlib", "src/f0.c"));
  const auto by_md5 = kb.content_with_md5(fingerprint::md5_of(fingerprint::as_bytes(appended)));
  ASSERT_TRUE(by_md5);
  EXPECT_EQ(*by_md5, found.first);
  auto other = fingerprint::md5_of(fingerprint::as_bytes(appended));
  other.bytes[7] ^= 1;
  EXPECT_FALSE(kb.content_with_md5(other));
}

TEST_F(KbFile, a_content_that_two_components_hold_has_two_postings) {
  const Kb kb = open_good();
  const auto id = kb.content_with_md5(fingerprint::md5_of(fingerprint::as_bytes(code(1, 30))));
  ASSERT_TRUE(id);
  EXPECT_EQ(kb.posting_count(*id), 2U);
  EXPECT_TRUE(has_posting(kb, *id, "zlib", "src/f1.c"));
  EXPECT_TRUE(has_posting(kb, *id, "game", "zlib/f1.c"));
  for (std::size_t i = 0; i < 2; ++i) {
    const Posting posting = kb.posting(*id, i);
    const auto owner =
        kb.component(kb.path(kb.file_version(posting.file_version).path).component).name;
    EXPECT_EQ(posting.carried, owner == "game");
  }
}

TEST_F(KbFile, contents_that_differ_in_comments_are_neighbours) {
  const Kb kb = open_good();
  const Range range = kb.contents_with(
      fingerprint_content(fingerprint::as_bytes(code(200)), "a.c").content.normalised);
  ASSERT_EQ(range.size(), 2U);
  std::set<bool> paths;
  for (ContentId id = range.first; id < range.end; ++id)
    paths.insert(has_posting(kb, id, "twin", "a.c"));
  EXPECT_EQ(paths.size(), 2U);
}

TEST_F(KbFile, every_content_of_every_pack_is_found_by_both_keys) {
  const Kb kb = open_good();
  for (const Pack& pack : some_packs())
    for (const PackContent& content : pack.contents) {
      const Range range = kb.contents_with(content.normalised);
      EXPECT_FALSE(range.empty());
      fingerprint::Md5 md5;
      std::copy(content.md5.begin(), content.md5.end(), md5.bytes.begin());
      const auto id = kb.content_with_md5(md5);
      ASSERT_TRUE(id);
      EXPECT_TRUE(range.first <= *id && *id < range.end);
    }
}

TEST_F(KbFile, many_shingles_at_once_give_what_each_gives) {
  const Kb kb = open_good();
  std::vector<std::uint64_t> keys;
  for (const Pack& pack : some_packs())
    for (const PackPath& path : pack.paths)
      for (const PackShingle& shingle : path.shingles) {
        keys.push_back(shingle.key);
        keys.push_back(shingle.key ^ 0x5555);  // hardly there
      }
  ASSERT_GT(keys.size(), 300U);  // several batches
  std::vector<Occurrences> found(keys.size());
  kb.occurrences(keys, found);
  const auto listed = [](const Occurrences& all) {
    std::vector<std::tuple<PathId, int, int>> list;
    for (const Occurrence one : all) list.emplace_back(one.path, one.first, one.last);
    return list;
  };
  for (std::size_t i = 0; i < keys.size(); ++i)
    EXPECT_EQ(listed(found[i]), listed(kb.occurrences(keys[i]))) << i;
}

TEST_F(KbFile, every_shingle_is_found_where_it_occurs) {
  const Kb kb = open_good();
  std::size_t checked = 0;
  for (const Pack& pack : some_packs()) {
    const ComponentView component = kb.component(*component_named(kb, pack.component));
    for (std::uint32_t p = 0; p < pack.paths.size(); ++p) {
      std::vector<std::uint32_t> per_version(pack.paths[p].versions.size());
      for (const PackShingle& shingle : pack.paths[p].shingles) {
        std::vector<Span32> spans;
        for (const Occurrence entry : kb.occurrences(shingle.key))
          if (entry.path == component.paths.first + p) spans.push_back({entry.first, entry.last});
        EXPECT_EQ(spans, shingle.versions);
        for (const Span32 span : spans)
          for (std::uint32_t v = span.first; v <= span.last; ++v) ++per_version[v];
        ++checked;
      }
      const Range versions = kb.path(component.paths.first + p).file_versions;
      for (std::uint32_t v = 0; v < per_version.size(); ++v)
        EXPECT_EQ(kb.file_version(versions.first + v).shingles, per_version[v]);
    }
  }
  EXPECT_GT(checked, 100U);
  EXPECT_EQ(checked == 0, kb.shingle_count() == 0);
}

TEST_F(KbFile, many_keys_at_once_get_the_same_answers) {
  const Kb kb = open_good();
  std::vector<std::uint64_t> keys;
  for (const Pack& pack : some_packs())
    for (const PackContent& content : pack.contents) {
      keys.push_back(content.normalised);
      keys.push_back(content.normalised + 1);
    }
  std::vector<Range> ranges(keys.size());
  kb.contents_with(keys, ranges);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const Range one = kb.contents_with(keys[i]);
    EXPECT_EQ(ranges[i].first, one.first);
    EXPECT_EQ(ranges[i].end, one.end);
    EXPECT_EQ(ranges[i].empty(), i % 2 == 1);
  }
  kb.contents_with({}, {});
}

TEST_F(KbFile, what_it_has_never_seen_is_not_found) {
  const Kb kb = open_good();
  std::set<std::uint64_t> shingles, normalised;
  for (const Pack& pack : some_packs()) {
    for (const PackPath& path : pack.paths)
      for (const PackShingle& shingle : path.shingles) shingles.insert(shingle.key);
    for (const PackContent& content : pack.contents) normalised.insert(content.normalised);
  }
  std::mt19937_64 random(5);
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t key = random();
    if (!normalised.contains(key)) {
      EXPECT_TRUE(kb.contents_with(key).empty());
    }
    if (!shingles.contains(key >> 16)) {
      EXPECT_TRUE(kb.occurrences(key >> 16).empty());
    }
  }
  EXPECT_TRUE(kb.contents_with(0).empty());
  EXPECT_TRUE(kb.contents_with(UINT64_MAX).empty());
  EXPECT_TRUE(kb.occurrences(0).empty());
  EXPECT_TRUE(kb.occurrences((std::uint64_t{1} << 48) - 1).empty());
  EXPECT_FALSE(kb.content_with_md5({}));
}

// --- damage ---

// Asks everything, also for what is not there. Returns a number so that no read is optimised away.
std::uint64_t ask_everything(const Kb& kb, const std::vector<std::uint64_t>& keys) {
  std::uint64_t sum = 0;
  const auto ids = [](std::uint32_t count) {
    std::vector<std::uint32_t> out(std::min(count, 300U));
    for (std::uint32_t i = 0; i < out.size(); ++i) out[i] = i;
    for (const std::uint32_t extra :
         {count - 1, count, count + 1, 0x7FFFFFFFU, 0x80000000U, UINT32_MAX - 1, UINT32_MAX})
      out.push_back(extra);
    return out;
  };
  for (const std::uint32_t id : ids(kb.component_count())) {
    const ComponentView view = kb.component(id);
    sum += view.name.size() + view.purl.size() + view.licence.size() + view.language.size() +
           view.aliases.size();
    EXPECT_LE(view.releases.end, kb.release_count());
    EXPECT_LE(view.paths.end, kb.path_count());
    EXPECT_LE(view.paths.first, view.paths.end);
  }
  for (const std::uint32_t id : ids(kb.release_count()))
    sum += kb.release(id).version.size() + kb.release(id).revision.size();
  for (const std::uint32_t id : ids(kb.path_count())) {
    const PathView view = kb.path(id);
    sum += view.name.size();
    for (std::uint32_t v = view.file_versions.first;
         v < view.file_versions.end && v < view.file_versions.first + 50; ++v)
      for (const auto& span : kb.releases_of(v)) sum += span.first;
  }
  for (const std::uint32_t id : ids(kb.content_count())) {
    sum += kb.content(id).size_bytes + kb.normalised_of(id);
    const std::size_t postings = kb.posting_count(id);
    for (std::size_t i = 0; i <= postings && i < 100; ++i) {
      const Posting posting = kb.posting(id, i);
      sum +=
          kb.file_version(posting.file_version).path + kb.releases_of(posting.file_version).size();
    }
  }
  for (const std::uint64_t key : keys) {
    const Range range = kb.contents_with(key);
    EXPECT_LE(range.first, range.end);
    EXPECT_LE(range.end, kb.content_count());
    for (const Occurrence entry : kb.occurrences(key & 0xFFFFFFFFFFFFU)) sum += entry.path;
    fingerprint::Md5 md5;
    for (std::size_t i = 0; i < 8; ++i)
      md5.bytes[i] = static_cast<std::uint8_t>(key >> (56 - 8 * i));
    if (const auto id = kb.content_with_md5(md5)) {
      EXPECT_LT(*id, kb.content_count());
    }
  }
  sum += kb.verify() ? 1 : 0;
  return sum;
}

std::vector<std::uint64_t> keys_to_ask() {
  std::vector<std::uint64_t> keys{0, 1, UINT64_MAX, std::uint64_t{1} << 63};
  for (const Pack& pack : some_packs()) {
    for (const PackContent& content : pack.contents) {
      keys.push_back(content.normalised);
      std::uint64_t md5 = 0;
      for (const std::uint8_t byte : content.md5) md5 = md5 << 8 | byte;
      keys.push_back(md5);
    }
    for (const PackPath& path : pack.paths)
      for (const PackShingle& shingle : path.shingles) keys.push_back(shingle.key);
  }
  return keys;
}

TEST_F(KbFile, damaged_sections_never_harm) {
  const index::Header good = header();
  const auto keys = keys_to_ask();
  std::mt19937_64 random(11);
  std::uint64_t sum = 0;
  for (int round = 0; round < 150; ++round) {
    std::string bytes = *bytes_;
    for (std::uint64_t hits = 1 + random() % 40; hits > 0; --hits) {
      const auto& section = good.sections[random() % index::kSectionCount];
      if (section.size_bytes == 0) continue;
      const std::uint64_t at = section.offset + random() % section.size_bytes;
      const std::uint64_t value = random() % 4 == 0 ? UINT64_MAX : random() >> random() % 64;
      std::memcpy(
          bytes.data() + at, &value,
          std::min<std::uint64_t>(1 + random() % 8, section.offset + section.size_bytes - at));
    }
    const auto kb = open_bytes(bytes);
    ASSERT_TRUE(kb) << kb.error().message;
    sum += ask_everything(*kb, keys);
  }
  for (std::uint32_t id = 0; id < index::kSectionCount; ++id)  // a whole section of one value
    for (const char value : {'\0', '\xFF', '\x7F', '\x01'}) {
      std::string bytes = *bytes_;
      std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(good.sections[id].offset),
                  good.sections[id].size_bytes, value);
      const auto kb = open_bytes(bytes);
      ASSERT_TRUE(kb);
      sum += ask_everything(*kb, keys);
    }
  EXPECT_GT(sum, 0U);
}

TEST_F(KbFile, sealed_headers_with_other_sizes_never_harm) {
  const auto keys = keys_to_ask();
  std::mt19937_64 random(13);
  int opened = 0;
  for (int round = 0; round < 200; ++round) {
    auto changed = header();
    for (std::uint64_t n = 1 + random() % 3; n > 0; --n) {
      auto& section = changed.sections[random() % index::kSectionCount];
      switch (random() % 4) {
        case 0: section.count = random() % (section.count + 1); break;
        case 1: section.width = static_cast<std::uint32_t>(random() % (section.width + 1)); break;
        case 2: section.ones = static_cast<std::uint32_t>(random() % (section.ones + 1)); break;
        default: section.offset = changed.sections[random() % index::kSectionCount].offset; break;
      }
    }
    changed.version_bits = static_cast<std::uint32_t>(random() % 17);
    const auto kb = open_bytes(with_header(changed));
    if (!kb) continue;
    ++opened;
    ask_everything(*kb, keys);
  }
  EXPECT_GT(opened, 20);
}

}  // namespace
}  // namespace stowaway::kb
