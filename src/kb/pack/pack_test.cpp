#include "kb/pack/pack.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>
#include <xxhash.h>

#include <cstring>
#include <functional>
#include <random>
#include <set>
#include <string>

#include "kb/pack/bytes.h"
#include "kb/pack/container.h"
#include "kb/testing/support.h"

namespace stowaway::kb {
namespace {

using Bytes = std::vector<std::byte>;
constexpr std::uint64_t kNoLimit = std::uint64_t{1} << 30;

// --- equality and validity, said outside of the code that is tested ---

auto parts_of(const PackSource& s) { return std::tie(s.kind, s.location, s.rule, s.subpath); }
auto parts_of(const PackRelease& r) {
  return std::tie(r.version, r.date, r.revision, r.signature, r.code_files, r.code_bytes, r.others);
}
auto parts_of(const PackPath& p) {
  return std::tie(p.path, p.density_exponent, p.versions, p.shingles);
}

template <class T>
bool all_equal(const std::vector<T>& a, const std::vector<T>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const T& x, const T& y) { return parts_of(x) == parts_of(y); });
}

bool equal(const Pack& a, const Pack& b) {
  return std::tie(a.component, a.purl, a.language, a.licence, a.aliases, a.rank, a.contents) ==
             std::tie(b.component, b.purl, b.language, b.licence, b.aliases, b.rank, b.contents) &&
         all_equal(a.sources, b.sources) && all_equal(a.releases, b.releases) &&
         all_equal(a.paths, b.paths);
}

bool are_spans(const std::vector<Span32>& spans, std::size_t limit) {
  if (spans.empty()) return false;
  for (std::size_t i = 0; i < spans.size(); ++i) {
    if (spans[i].first > spans[i].last || spans[i].last >= limit) return false;
    if (i > 0 && spans[i].first < spans[i - 1].last + 2) return false;
  }
  return true;
}

// What pack.h promises of a pack that decodes.
bool is_valid(const Pack& pack) {
  if (pack.component.empty()) return false;
  const std::string* previous = nullptr;
  for (const PackPath& path : pack.paths) {
    if (path.path.empty() || path.versions.empty()) return false;
    if (previous != nullptr && !(*previous < path.path)) return false;
    previous = &path.path;
    for (const PackFileVersion& version : path.versions)
      if (version.content >= pack.contents.size() ||
          !are_spans(version.releases, pack.releases.size()))
        return false;
    for (std::size_t i = 0; i < path.shingles.size(); ++i) {
      const PackShingle& shingle = path.shingles[i];
      if (shingle.key >> 48 != 0 || (i > 0 && shingle.key <= path.shingles[i - 1].key))
        return false;
      if (!are_spans(shingle.versions, path.versions.size())) return false;
    }
  }
  return true;
}

// --- packs at random ---

class RandomPack {
 public:
  explicit RandomPack(std::uint64_t seed) : random_(seed) {}

  Pack make() {
    Pack pack;
    pack.component = "component" + std::to_string(below(1000));
    pack.purl = word(20);
    pack.language = word(3);
    pack.licence = word(8);
    pack.rank = static_cast<std::uint32_t>(random_());
    for (auto n = below(3); n > 0; --n) pack.aliases.push_back(word(6));
    for (auto n = below(3); n > 0; --n)
      pack.sources.push_back({word(4), word(30), word(9), word(3)});
    for (auto n = below(9); n > 0; --n)
      pack.releases.push_back({bytes(8), bytes(10), bytes(40), bytes(3),
                               static_cast<std::uint32_t>(random_()), random_() >> below(64),
                               origins()});
    for (auto n = below(12); n > 0; --n) pack.contents.push_back(content());
    if (pack.releases.empty() || pack.contents.empty()) return pack;
    std::set<std::string> names;
    for (auto n = below(8); n > 0; --n)
      if (auto name = path_name(); !name.empty()) names.insert(std::move(name));
    for (const std::string& name : names) pack.paths.push_back(path(name, pack));
    return pack;
  }

 private:
  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
  std::string word(std::size_t longest) {
    std::string out(below(longest + 1), ' ');
    for (char& c : out) c = static_cast<char>(' ' + below(95));
    return out;
  }
  std::string bytes(std::size_t longest) {
    std::string out(below(longest + 1), ' ');
    for (char& c : out) c = static_cast<char>(random_());
    return out;
  }
  std::string path_name() {
    static const char* const kStems[] = {"", "src/", "src/lib/", "include/a/"};
    return kStems[below(4)] + bytes(6);
  }
  std::vector<PackOrigin> origins() {
    std::vector<PackOrigin> out;
    if (below(3) == 0)
      for (auto n = below(3); n > 0; --n) out.push_back({bytes(10), bytes(40), bytes(5)});
    return out;
  }
  PackContent content() {
    PackContent out;
    out.size_bytes = random_() >> below(64);
    for (auto& byte : out.md5) byte = static_cast<std::uint8_t>(random_());
    for (auto& byte : out.sha256) byte = static_cast<std::uint8_t>(random_());
    out.normalised = random_();
    return out;
  }
  std::vector<Span32> spans(std::size_t limit) {
    std::vector<Span32> out;
    for (std::uint32_t i = 0; i < limit; ++i) {
      if (below(2) == 0) continue;
      if (!out.empty() && out.back().last + 1 == i)
        out.back().last = i;
      else
        out.push_back({i, i});
    }
    if (out.empty()) out.push_back({0, static_cast<std::uint32_t>(limit - 1)});
    return out;
  }
  PackPath path(const std::string& name, const Pack& pack) {
    PackPath out;
    out.path = name;
    out.density_exponent = static_cast<std::uint8_t>(below(33));
    for (auto n = 1 + below(4); n > 0; --n)
      out.versions.push_back(
          {static_cast<std::uint32_t>(below(pack.contents.size())), spans(pack.releases.size())});
    std::set<std::uint64_t> keys;
    for (auto n = below(6); n > 0; --n) keys.insert(random_() >> 16 >> below(48));
    for (const std::uint64_t key : keys) out.shingles.push_back({key, spans(out.versions.size())});
    return out;
  }
  std::mt19937_64 random_;
};

Pack random_pack() { return RandomPack(*rc::gen::arbitrary<std::uint64_t>()).make(); }

RC_GTEST_PROP(Pack, what_is_encoded_is_decoded, ()) {
  const Pack pack = random_pack();
  RC_ASSERT(is_valid(pack));
  const Bytes bytes = testing::encoded(pack);
  RC_ASSERT(bytes == testing::encoded(pack));
  const auto decoded = decode_pack(bytes);
  RC_ASSERT(decoded.has_value());
  RC_ASSERT(equal(*decoded, pack));
  RC_ASSERT(testing::encoded(*decoded) == bytes);
}

RC_GTEST_PROP(Pack, a_damaged_byte_is_noticed, ()) {
  Bytes bytes = testing::encoded(random_pack());
  const std::size_t at = *rc::gen::inRange<std::size_t>(0, bytes.size());
  bytes[at] ^= static_cast<std::byte>(*rc::gen::inRange(1, 256));
  RC_ASSERT(!decode_pack(bytes));
}

TEST(Pack, a_pack_of_nothing_but_a_name_is_a_pack) {
  Pack pack;
  pack.component = "a";
  const auto decoded = decode_pack(testing::encoded(pack));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_TRUE(equal(*decoded, pack));
}

// --- foreign bytes ---

Pack small_pack() {
  using testing::code;
  return testing::pack_of(
      "zlib", {{"1.0", "2001-02-03", {{"a.c", code(1)}, {"b/b.h", code(2, 3)}}},
               {"1.1", "2002-02-03", {{"a.c", code(1) + code(3)}, {"b/b.h", code(2, 3)}}},
               {"1.2", "", {{"a.c", code(1)}}}});
}

Pack pack_with_origins() {
  Pack pack = small_pack();
  pack.releases[0].others = {{"2003-01-01", "r1", ""}, {"2004-01-01", "r2", "good"}};
  pack.releases[2].others = {{"", "r3", "unsigned"}};
  return pack;
}

ErrorCode code_of(const Result<Pack>& result) {
  return result ? ErrorCode{-1} : result.error().code;
}

TEST(Pack, every_damaged_byte_is_refused) {
  const Bytes good = testing::encoded(small_pack());
  ASSERT_LT(good.size(), 4000U);
  for (std::size_t at = 0; at < good.size(); ++at)
    for (const int flip : {0x01, 0x80, 0xFF}) {
      Bytes bad = good;
      bad[at] ^= static_cast<std::byte>(flip);
      EXPECT_EQ(code_of(decode_pack(bad)), ErrorCode::corrupt) << "byte " << at;
    }
}

TEST(Pack, a_pack_cut_short_or_lengthened_is_refused) {
  const Bytes good = testing::encoded(small_pack());
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_EQ(code_of(decode_pack(std::span(good).first(size))), ErrorCode::corrupt) << size;
  Bytes longer = good;
  longer.push_back(std::byte{0});
  EXPECT_EQ(code_of(decode_pack(longer)), ErrorCode::corrupt);
  longer.insert(longer.end(), good.begin(), good.end());
  EXPECT_EQ(code_of(decode_pack(longer)), ErrorCode::corrupt);
}

void seal_header(Bytes& file) {
  const std::uint64_t checksum = XXH3_64bits(file.data(), 56);
  std::memcpy(file.data() + 56, &checksum, 8);
}

TEST(Pack, another_format_version_is_unsupported) {
  for (const unsigned version : {0U, 2U, 255U}) {
    Bytes bytes = testing::encoded(small_pack());
    bytes[8] = static_cast<std::byte>(version);
    seal_header(bytes);
    EXPECT_EQ(code_of(decode_pack(bytes)), ErrorCode::unsupported) << version;
  }
  EXPECT_EQ(code_of(decode_pack(write_container(2, {}))), ErrorCode::unsupported);
}

TEST(Pack, a_wrong_length_in_the_header_is_refused) {
  Bytes bytes = testing::encoded(small_pack());
  bytes[16] ^= std::byte{1};
  seal_header(bytes);
  EXPECT_EQ(code_of(decode_pack(bytes)), ErrorCode::corrupt);
}

// The sections of a pack, not compressed, so that they can be changed one byte at a time and sealed
// again.
std::vector<Section> sections_of(const Pack& pack) {
  const auto read = read_container(1, testing::encoded(pack), kNoLimit);
  std::vector<Section> out;
  for (const auto& [id, bytes] : *read) out.push_back({id, false, bytes});
  return out;
}

TEST(Pack, sealed_nonsense_is_refused_or_valid) {
  const std::vector<Section> good = sections_of(pack_with_origins());
  ASSERT_EQ(good.size(), 12U);
  std::size_t refused = 0;
  const auto check = [&](const std::vector<Section>& sections, const std::string& what) {
    const auto decoded = decode_pack(write_container(1, sections));
    if (!decoded) {
      ++refused;
      EXPECT_FALSE(decoded.error().message.empty());
    } else {
      EXPECT_TRUE(is_valid(*decoded)) << what;
      EXPECT_TRUE(decode_pack(testing::encoded(*decoded))) << what;
    }
  };
  for (std::size_t s = 0; s < good.size(); ++s) {
    const std::string name = "section " + std::to_string(good[s].id);
    for (std::size_t at = 0; at < good[s].bytes.size(); ++at) {
      for (const int value : {0x00, 0x01, 0x7F, 0x80, 0xFF}) {
        auto sections = good;
        if (sections[s].bytes[at] == static_cast<std::byte>(value)) continue;
        sections[s].bytes[at] = static_cast<std::byte>(value);
        check(sections, name + " byte " + std::to_string(at));
      }
      auto shorter = good;
      shorter[s].bytes.resize(at);
      check(shorter, name + " cut to " + std::to_string(at));
    }
    auto longer = good;
    longer[s].bytes.push_back(std::byte{'x'});
    EXPECT_FALSE(decode_pack(write_container(1, longer))) << name;
    auto missing = good;
    missing.erase(missing.begin() + static_cast<std::ptrdiff_t>(s));
    const auto without = decode_pack(write_container(1, missing));
    if (good[s].id == 12)  // origins: old packs have none
      EXPECT_TRUE(without);
    else
      EXPECT_EQ(code_of(without), ErrorCode::corrupt) << name;
  }
  EXPECT_GT(refused, 500U);
}

// What the reader would refuse is not written.
TEST(Pack, the_writer_keeps_the_limits_of_the_reader) {
  const auto refused = [](const auto& change) {
    Pack pack = pack_with_origins();
    change(pack);
    const auto bytes = encode_pack(pack);
    return bytes ? ErrorCode{-1} : bytes.error().code;
  };
  const std::string fits(kMaxTextBytes, 'x'), longer(kMaxTextBytes + 1, 'x');
  EXPECT_EQ(refused([&](Pack& p) { p.releases[0].version = fits; }), ErrorCode{-1});
  EXPECT_EQ(refused([&](Pack& p) { p.releases[0].version = longer; }), ErrorCode::limit_exceeded);
  EXPECT_EQ(refused([&](Pack& p) { p.releases[1].revision = longer; }), ErrorCode::limit_exceeded);
  EXPECT_EQ(refused([&](Pack& p) { p.releases[0].others[1].signature = longer; }),
            ErrorCode::limit_exceeded);
  EXPECT_EQ(refused([&](Pack& p) { p.paths[1].path = "c" + longer; }), ErrorCode::limit_exceeded);
  EXPECT_EQ(refused([](Pack& p) { p.releases.resize(65'001); }), ErrorCode::limit_exceeded);
  EXPECT_EQ(refused([](Pack& p) { p.paths[0].versions.resize(65'001, p.paths[0].versions[0]); }),
            ErrorCode::limit_exceeded);
  for (const auto& bad : std::vector<std::function<void(Pack&)>>{
           [](Pack& p) { p.component.clear(); }, [](Pack& p) { p.paths[0].path.clear(); },
           [](Pack& p) { std::swap(p.paths[0], p.paths[1]); },
           [](Pack& p) { p.paths[0].versions.clear(); },
           [](Pack& p) { p.paths[0].versions[0].content = 99; },
           [](Pack& p) {
             p.paths[0].versions[0].releases = {{0, 3}};
           },
           [](Pack& p) {
             p.paths[0].versions[0].releases = {{0, 0}, {1, 1}};
           },
           [](Pack& p) { p.paths[0].shingles[0].key = std::uint64_t{1} << 48; },
           [](Pack& p) { p.paths[0].density_exponent = 33; }})
    EXPECT_EQ(refused(bad), ErrorCode::invalid_argument);
}

// Front-coding lets few bytes stand for many: 200,000 paths of 4 KB in less than a megabyte.
TEST(Pack, paths_that_unfold_to_more_than_memory_are_refused) {
  ByteWriter names, info;
  constexpr std::size_t kPaths = 200'000;
  names.varint(kPaths);
  names.varint(0);
  names.text(std::string(kMaxTextBytes - 3, 'a') + std::string(3, '\1'));
  for (std::size_t i = 1; i < kPaths; ++i) {
    names.varint(kMaxTextBytes - 3);
    std::string end(3, '\0');
    for (std::size_t k = 0, rest = i; k < 3; ++k, rest /= 200)
      end[2 - k] = static_cast<char>(1 + rest % 200);
    names.text(end);
  }
  for (std::size_t i = 0; i < kPaths; ++i) {
    info.u8(0);
    info.varint(1);
    info.varint(0);
  }
  auto sections = sections_of(small_pack());
  sections[2].bytes = std::move(names.bytes());
  sections[3].bytes = std::move(info.bytes());
  EXPECT_EQ(code_of(decode_pack(write_container(1, sections))), ErrorCode::limit_exceeded);
}

TEST(CountCode, a_path_counts_once_with_its_largest_content) {
  Pack pack = small_pack();
  pack.paths[0].versions.push_back({2, {{0, 1}}});  // a.c had two contents in 1.0 and in 1.1
  count_code(pack);
  for (const std::uint32_t r : {0U, 1U}) EXPECT_EQ(pack.releases[r].code_files, 2U) << r;
  EXPECT_EQ(pack.releases[2].code_files, 1U);
  EXPECT_EQ(pack.releases[0].code_bytes,
            std::max(pack.contents[0].size_bytes, pack.contents[2].size_bytes) +
                pack.contents[2].size_bytes);
}

Result<Pack> with_meta(std::string_view meta) {
  auto sections = sections_of(small_pack());
  const auto bytes = fingerprint::as_bytes(meta);
  sections[0].bytes.assign(bytes.begin(), bytes.end());
  return decode_pack(write_container(1, sections));
}

TEST(Pack, the_meta_section_is_checked) {
  const std::string rest =
      R"("purl":"","language":"","licence":"","aliases":[],"rank":1,"normalisation":)";
  EXPECT_TRUE(with_meta(R"({"component":"a",)" + rest + "1}"));
  EXPECT_EQ(code_of(with_meta(R"({"component":"a",)" + rest + "2}")), ErrorCode::unsupported);
  EXPECT_EQ(code_of(with_meta(R"({"component":"",)" + rest + "1}")), ErrorCode::corrupt);
  EXPECT_EQ(code_of(with_meta(R"({"component":7,)" + rest + "1}")), ErrorCode::corrupt);
  EXPECT_EQ(code_of(with_meta("{" + rest + "1}")), ErrorCode::corrupt);
  for (const char* sources : {"5", "[5]", "[{}]", R"([{"kind":1}])", R"({"a":"b"})"})
    EXPECT_EQ(code_of(with_meta(R"({"component":"a","sources":)" + std::string(sources) + "," +
                                rest + "1}")),
              ErrorCode::corrupt)
        << sources;
  for (const char* text : {"", "[]", "null", "{", "\xFF"})
    EXPECT_EQ(code_of(with_meta(text)), ErrorCode::corrupt) << text;
}

TEST(Pack, files_are_written_and_read) {
  const testing::TempDir dir;
  const Pack pack = small_pack();
  const std::string file = dir.file("zlib.pack");
  ASSERT_TRUE(write_pack(pack, file));
  const auto read = read_pack(file);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_TRUE(equal(*read, pack));
  EXPECT_EQ(code_of(read_pack(dir.file("none.pack"))), ErrorCode::not_found);
  dir.write("zlib.pack", "STOWPACK, but short");
  const auto damaged = read_pack(file);
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code, ErrorCode::corrupt);
  EXPECT_NE(damaged.error().message.find(file), std::string::npos);
}

// --- the container by itself ---

Bytes some_bytes(std::size_t size, int value) { return Bytes(size, static_cast<std::byte>(value)); }

TEST(Container, sections_come_back_compressed_or_not) {
  const auto read = read_container(7,
                                   write_container(7, {{1, true, some_bytes(5000, 1)},
                                                       {9, false, some_bytes(3, 2)},
                                                       {4, true, {}},
                                                       {5, false, {}}}),
                                   kNoLimit);
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->size(), 4U);
  EXPECT_EQ(read->at(1), some_bytes(5000, 1));
  EXPECT_EQ(read->at(9), some_bytes(3, 2));
  EXPECT_TRUE(read->at(4).empty());
  EXPECT_TRUE(read->at(5).empty());
}

TEST(Container, what_is_unpacked_has_a_limit) {
  const Bytes file =
      write_container(1, {{1, true, some_bytes(5000, 1)}, {2, true, some_bytes(5000, 1)}});
  EXPECT_TRUE(read_container(1, file, 10'000));
  for (const std::uint64_t limit : {0U, 4999U, 5000U, 9999U}) {
    const auto read = read_container(1, file, limit);
    ASSERT_FALSE(read) << limit;
    EXPECT_EQ(read.error().code, ErrorCode::limit_exceeded);
  }
}

TEST(Container, a_section_that_stands_there_twice_is_refused) {
  const auto read =
      read_container(1, write_container(1, {{3, false, {}}, {3, false, {}}}), kNoLimit);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::corrupt);
}

// Changes eight bytes of the first directory entry, and seals everything again.
Bytes with_directory_field(std::size_t offset, std::uint64_t value, std::size_t width) {
  Bytes file = write_container(1, {{1, true, some_bytes(300, 1)}, {2, false, some_bytes(30, 2)}});
  std::memcpy(file.data() + 64 + offset, &value, width);
  const auto digest = fingerprint::sha256_of(std::span(file).subspan(64));
  std::memcpy(file.data() + 24, digest.bytes.data(), 32);
  seal_header(file);
  return file;
}

TEST(Container, a_sealed_directory_that_lies_is_refused) {
  const std::uint64_t kValues[] = {
      0, 1, 63, 64, 143, 145, 299, 301, 1U << 20, UINT64_MAX, UINT64_MAX - 63};
  for (const std::size_t offset : {8U, 16U, 24U})  // offset, stored size, raw size
    for (const std::uint64_t value : kValues)
      EXPECT_FALSE(read_container(1, with_directory_field(offset, value, 8), kNoLimit))
          << offset << " " << value;
  const auto codec = read_container(1, with_directory_field(4, 9, 4), kNoLimit);
  ASSERT_FALSE(codec);
  EXPECT_EQ(codec.error().code, ErrorCode::unsupported);
  const auto stored = read_container(1, with_directory_field(4, 0, 4), kNoLimit);
  ASSERT_FALSE(stored);
  EXPECT_EQ(stored.error().code, ErrorCode::corrupt);
}

TEST(Container, more_sections_than_the_file_holds_are_refused) {
  for (const std::uint32_t count : {3U, 64U, 65U, 0xFFFFFFFFU}) {
    Bytes file = write_container(1, {{1, false, some_bytes(3, 1)}});
    std::memcpy(file.data() + 12, &count, 4);
    seal_header(file);
    EXPECT_FALSE(read_container(1, file, kNoLimit)) << count;
  }
}

// --- numbers ---

RC_GTEST_PROP(Bytes, numbers_come_back, (std::uint64_t raw, std::int64_t other)) {
  const std::uint64_t value = raw >> *rc::gen::inRange(0, 64);
  ByteWriter writer;
  writer.varint(value);
  writer.zigzag(other);
  writer.fixed(value, 8);
  ByteReader reader(writer.bytes());
  RC_ASSERT(reader.varint() == value);
  RC_ASSERT(reader.zigzag() == other);
  RC_ASSERT(reader.fixed(8) == value);
  RC_ASSERT(reader.ok() && reader.at_end());
  RC_ASSERT(reader.u8() == 0);
  RC_ASSERT(!reader.ok());
}

TEST(Bytes, a_number_of_more_than_64_bits_is_refused) {
  for (const std::size_t length : {10U, 11U, 20U}) {
    const Bytes bytes(length, std::byte{0xFF});
    ByteReader reader(bytes);
    EXPECT_EQ(reader.varint(), 0U);
    EXPECT_FALSE(reader.ok());
  }
}

TEST(Bytes, a_text_longer_than_allowed_or_than_the_rest_is_refused) {
  ByteWriter writer;
  writer.text("hello");
  ByteReader fits(writer.bytes()), narrow(writer.bytes()), cut(std::span(writer.bytes()).first(4));
  EXPECT_EQ(fits.text(5), "hello");
  EXPECT_EQ(narrow.text(4), "");
  EXPECT_FALSE(narrow.ok());
  EXPECT_EQ(cut.text(5), "");
  EXPECT_FALSE(cut.ok());
}

}  // namespace
}  // namespace stowaway::kb
