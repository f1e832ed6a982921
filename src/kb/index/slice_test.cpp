#include "kb/index/slice.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "kb/index/build.h"
#include "kb/kb.h"
#include "kb/testing/support.h"

namespace stowaway::kb {
namespace {

using testing::code;
using testing::TempDir;

// `carrier` embeds `owner`; `other` has nothing to do with them.
std::vector<Pack> some_packs() {
  std::vector<testing::TestRelease> releases;
  for (unsigned r = 0; r < 4; ++r) {
    testing::Tree tree;
    for (unsigned f = 0; f < 6; ++f)
      tree["src/f" + std::to_string(f) + ".c"] = code(f, 30) + (r >= f % 4 ? code(50 + f, 4) : "");
    releases.push_back({"1." + std::to_string(r), "200" + std::to_string(r) + "-03-27", tree});
  }
  Pack carrier = testing::pack_of(
      "carrier", {{"9", "2010-01-01", {{"main.c", code(100, 60)}, {"x/f1.c", code(1, 30)}}},
                  {"10", "", {{"main.c", code(101, 60)}, {"x/f1.c", "\n" + code(1, 30)}}}});
  carrier.aliases = {"c-1", "c"};
  carrier.rank = 7;
  std::vector<Pack> packs{carrier, testing::pack_of("other", {{"1", "", {{"a.c", code(200)}}}}),
                          testing::pack_of("owner", releases)};
  for (Pack& pack : packs) count_code(pack);
  return packs;
}

std::uint64_t md5_of(const PackContent& content) {
  std::uint64_t prefix = 0;
  for (const std::uint8_t byte : content.md5) prefix = prefix << 8 | byte;
  return prefix;
}

struct Rows {
  std::vector<SliceContent> contents;
  std::vector<SliceShingle> shingles;
};

Rows rows_of(const std::vector<Pack>& packs) {
  Rows rows;
  for (std::uint32_t c = 0; c < packs.size(); ++c) {
    std::uint32_t file_version = 0, path = 0;
    for (const PackPath& one : packs[c].paths) {
      for (const PackFileVersion& version : one.versions) {
        const PackContent& content = packs[c].contents[version.content];
        rows.contents.push_back({content.normalised, content.sha256, md5_of(content),
                                 static_cast<std::uint32_t>(content.size_bytes), c,
                                 file_version++});
      }
      for (const PackShingle& shingle : one.shingles)
        for (const Span32 span : shingle.versions)
          rows.shingles.push_back({shingle.key, c, path, static_cast<std::uint16_t>(span.first),
                                   static_cast<std::uint16_t>(span.last)});
      ++path;
    }
  }
  return rows;
}

std::vector<bool> carried_of(const Kb& kb, ComponentId component) {
  std::vector<bool> carried;
  const Range paths = kb.component(component).paths;
  for (PathId path = paths.first; path < paths.end; ++path)
    for (auto v = kb.path(path).file_versions.first; v < kb.path(path).file_versions.end; ++v)
      carried.push_back(kb.file_version(v).carried);
  return carried;
}

// All that a knowledge base says of a component, but for its contents.
std::string description_of(const Kb& kb, ComponentId id) {
  const ComponentView component = kb.component(id);
  std::string text =
      fmt::format("{} {} {} {} {} {}\n", component.name, component.purl, component.licence,
                  component.language, component.aliases, component.rank);
  for (auto r = component.releases.first; r < component.releases.end; ++r) {
    const ReleaseView release = kb.release(r);
    text += fmt::format("{} {} {} {}\n", release.version, release.revision, release.date,
                        release.code_files);
  }
  for (PathId p = component.paths.first; p < component.paths.end; ++p) {
    const PathView path = kb.path(p);
    text += fmt::format("{} {} {}:", path.name, path.density_exponent, path.role);
    for (auto v = path.file_versions.first; v < path.file_versions.end; ++v) {
      text +=
          fmt::format(" {}{}", kb.file_version(v).shingles, kb.file_version(v).carried ? "c" : "");
      for (const auto span : kb.releases_of(v))
        text += fmt::format(" {}-{}", span.first, span.last);
    }
    text += "\n";
  }
  return text;
}

// Where a content or shingle stands, in words: numbers differ between a slice and the whole.
std::vector<std::string> places_of(const Kb& kb, fingerprint::NormalisedId key) {
  std::vector<std::string> places;
  const Range contents = kb.contents_with(key);
  for (ContentId id = contents.first; id < contents.end; ++id) {
    places.push_back(fmt::format("{} {}", kb.content(id).size_bytes,
                                 fingerprint::to_hex(kb.content(id).sha256)));
    for (std::size_t i = 0; i < kb.posting_count(id); ++i) {
      const Posting posting = kb.posting(id, i);
      const PathView path = kb.path(kb.file_version(posting.file_version).path);
      places.push_back(fmt::format("{} {} {} {}", kb.component(path.component).name, path.name,
                                   posting.file_version - path.file_versions.first,
                                   posting.carried));
    }
  }
  return places;
}

std::vector<std::string> places_of_shingle(const Kb& kb, std::uint64_t key) {
  std::vector<std::string> places;
  for (const Occurrence one : kb.occurrences(key))
    places.push_back(fmt::format("{} {} {} {}", kb.component(kb.path(one.path).component).name,
                                 kb.path(one.path).name, one.first, one.last));
  return places;
}

class SliceOf : public ::testing::Test {
 protected:
  SliceOf() : packs_(some_packs()), rows_(rows_of(packs_)) {
    const auto built = build_index(packs_, dir_.file("whole"), nullptr);
    STOWAWAY_CHECK(built.has_value(), "the test's packs do not build");
    for (const Pack& pack : packs_) directories_.push_back(directory_of(pack));
  }
  Kb whole() const { return *Kb::open(dir_.file("whole")); }

  // With the rows that `wants` says yes to, and the components that these touch.
  template <class Wants>
  Result<Kb> slice_of(Wants wants) {
    const Kb all = whole();
    Slice slice;
    std::set<std::uint32_t> touched;
    std::size_t number = 0;
    for (const SliceContent& row : rows_.contents)
      if (wants(number++)) slice.contents.push_back(row), touched.insert(row.component);
    for (const SliceShingle& row : rows_.shingles)
      if (wants(row.key)) slice.shingles.push_back(row), touched.insert(row.component);
    bare_.assign(packs_.size(), {});
    for (std::uint32_t c = 0; c < packs_.size(); ++c) {
      bare_[c].component = packs_[c].component;
      slice.components.push_back(touched.contains(c)
                                     ? SliceComponent{&directories_[c], carried_of(all, c)}
                                     : SliceComponent{&bare_[c], {}});
    }
    // Nobody promises an order.
    std::ranges::reverse(slice.contents);
    std::ranges::reverse(slice.shingles);
    STOWAWAY_TRY_VOID(build_slice(std::move(slice), KbId{}, dir_.file("slice")));
    return Kb::open(dir_.file("slice"));
  }

  TempDir dir_;
  std::vector<Pack> packs_;
  Rows rows_;
  std::vector<PackDirectory> directories_, bare_;
};

TEST_F(SliceOf, EverythingIsTheWhole) {
  const Kb all = whole();
  const auto slice = slice_of([](auto) { return true; });
  ASSERT_TRUE(slice) << slice.error().message;
  ASSERT_TRUE(slice->verify());
  ASSERT_EQ(slice->component_count(), all.component_count());
  EXPECT_EQ(slice->content_count(), all.content_count());
  EXPECT_EQ(slice->shingle_count(), all.shingle_count());
  for (ComponentId id = 0; id < all.component_count(); ++id)
    EXPECT_EQ(description_of(*slice, id), description_of(all, id));
  bool something_is_carried = false;
  for (const SliceContent& row : rows_.contents) {
    const auto places = places_of(all, row.normalised);
    EXPECT_EQ(places_of(*slice, row.normalised), places);
    for (const std::string& place : places)
      something_is_carried = something_is_carried || place.ends_with(" true");
  }
  EXPECT_TRUE(something_is_carried);
  for (const SliceShingle& row : rows_.shingles)
    EXPECT_EQ(places_of_shingle(*slice, row.key), places_of_shingle(all, row.key));
}

TEST_F(SliceOf, SomeKeysAnswersForThemAsTheWholeDoes) {
  const Kb all = whole();
  std::set<fingerprint::NormalisedId> keys;
  for (const SliceContent& row : rows_.contents)
    if (row.normalised % 3 == 0) keys.insert(row.normalised);
  const auto slice = slice_of([&](std::uint64_t key) {
    return key < rows_.contents.size() ? keys.contains(rows_.contents[key].normalised)
                                       : key % 3 == 0;
  });
  ASSERT_TRUE(slice) << slice.error().message;
  ASSERT_FALSE(keys.empty());
  for (const auto key : keys) EXPECT_EQ(places_of(*slice, key), places_of(all, key));
  for (const SliceShingle& row : rows_.shingles)
    if (row.key % 3 == 0) {
      EXPECT_EQ(places_of_shingle(*slice, row.key), places_of_shingle(all, row.key));
    } else {
      EXPECT_TRUE(slice->occurrences(row.key).empty());
    }
}

TEST_F(SliceOf, NothingHasTheNamesAlone) {
  const auto slice = slice_of([](auto) { return false; });
  ASSERT_TRUE(slice) << slice.error().message;
  ASSERT_TRUE(slice->verify());
  ASSERT_EQ(slice->component_count(), 3U);
  EXPECT_EQ(slice->component(0).name, "carrier");
  EXPECT_EQ(slice->content_count(), 0U);
  EXPECT_TRUE(slice->contents_with(rows_.contents[0].normalised).empty());
}

TEST_F(SliceOf, RowsOfNothingAreRefused) {
  for (const SliceContent& row :
       {SliceContent{1, {}, 1, 1, 9, 0}, SliceContent{1, {}, 1, 1, 0, 99}}) {
    Slice slice;
    slice.components.push_back(
        {&directories_[0], std::vector<bool>(directories_[0].file_versions())});
    slice.contents.push_back(row);
    const auto built = build_slice(std::move(slice), KbId{}, dir_.file("bad"));
    ASSERT_FALSE(built);
    EXPECT_EQ(built.error().code, ErrorCode::invalid_argument);
  }
}

TEST_F(SliceOf, SpeaksForTheWholeWhenToldTo) {
  auto slice = slice_of([](auto) { return false; });
  ASSERT_TRUE(slice);
  slice->stand_for({"there", "0123", 1, 2, 3, 4});
  EXPECT_EQ(slice->id(), "0123");
  EXPECT_EQ(slice->file(), "there");
  EXPECT_EQ(slice->summary().shingles, 4U);
  EXPECT_EQ(slice->component_count(), 3U);
}

TEST(Directory, ComesBackAsItWas) {
  for (const Pack& pack : some_packs()) {
    const PackDirectory directory = directory_of(pack);
    const auto back = decode_directory(encode_directory(directory));
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(encode_directory(*back), encode_directory(directory));
    EXPECT_EQ(back->releases, directory.releases);
    EXPECT_EQ(back->paths, directory.paths);
    EXPECT_EQ(back->shingles, directory.shingles);
    EXPECT_EQ(back->file_versions(), directory.first_span.size() - 1);
  }
}

TEST(Directory, DamageIsAnErrorOrAnotherDirectory) {
  const std::string bytes = encode_directory(directory_of(some_packs()[0]));
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(decode_directory(std::string_view(bytes).substr(0, size)));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x15);
    const auto read = decode_directory(damaged);
    if (read) {
      EXPECT_EQ(read->first_span.size(), read->file_versions() + std::size_t{1});
    }
  }
}

TEST(Digest, SaysWhatThePackSays) {
  const Pack pack = some_packs()[0];
  const PackDigest digest = digest_of(pack);
  EXPECT_EQ(digest_of(*decode_pack(*encode_pack(pack))), digest);
  std::vector<Pack> others(7, pack);
  others[0].component = "other";
  others[1].aliases.pop_back();
  others[2].releases[0].date = "2011-01-01";
  others[3].contents[0].sha256[0] ^= 1;
  others[4].paths[0].path += "x";
  others[5].paths[0].versions[0].releases[0].last += 1;
  others[6].paths[0].shingles[0].key ^= 1;
  for (const Pack& other : others) EXPECT_NE(digest_of(other), digest);
  const std::vector<PackDigest> one{digest}, two{digest, digest_of(others[0])};
  EXPECT_NE(kb_id_of(one), kb_id_of(two));
}

TEST_F(SliceOf, AnIndexIsNamedByItsPacks) {
  std::vector<PackDigest> digests;
  for (const Pack& pack : packs_) digests.push_back(digest_of(pack));
  EXPECT_EQ(whole().id(), fingerprint::to_hex(std::span<const std::uint8_t>(kb_id_of(digests))));
}

}  // namespace
}  // namespace stowaway::kb
