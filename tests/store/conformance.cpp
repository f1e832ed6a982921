// What every store of knowledge bases promises (kb/store.h), asked of one. Usage: store_conformance
// URL [--load]. Without a cluster: a file to make. With --load the packs are loaded there first.
//
// The oracle is a model made from the packs themselves, without any index; only who owns a content
// is taken from an index of them.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "kb/index/build.h"
#include "kb/load.h"
#include "kb/store.h"
#include "kb/testing/support.h"

namespace stowaway::kb {
namespace {

using testing::code;

std::string url;
bool wants_load = false;

// Components that share much: each embeds a part of the one before.
std::vector<Pack> some_packs() {
  std::vector<Pack> packs;
  for (unsigned c = 0; c < 12; ++c) {
    std::vector<testing::TestRelease> releases;
    for (unsigned r = 0; r < 3; ++r) {
      testing::Tree tree;
      for (unsigned f = 0; f < 8; ++f)
        tree[fmt::format("src/c{}f{}.c", c, f)] =
            code(100 * c + f, 20) + (f % 3 < r ? code(7000 + 10 * c + f, 3) : "");
      for (unsigned f = 0; c > 0 && f < 4; ++f)
        tree[fmt::format("vendor/f{}.c", f)] = code(100 * (c - 1) + f, 20);
      tree["COPYING.c"] = code(9999, 9);  // in all of them
      releases.push_back(
          {fmt::format("{}.{}", c, r), fmt::format("20{:02}-01-0{}", c, r + 1), tree});
    }
    packs.push_back(testing::pack_of(fmt::format("component{:02}", c), releases));
    packs.back().aliases = {fmt::format("alias{}", c)};
  }
  for (Pack& pack : packs) count_code(pack);
  return packs;
}

fingerprint::Md5 md5_of(const PackContent& content) {
  fingerprint::Md5 md5;
  std::ranges::copy(content.md5, md5.bytes.begin());
  return md5;
}

class Conformance : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    packs_ = new std::vector<Pack>(some_packs());
    dir_ = new testing::TempDir;
    const auto built = build_index(*packs_, dir_->file("all.kb"), nullptr);
    ASSERT_TRUE(built) << built.error().message;
    if (!is_cluster(url)) {
      ASSERT_TRUE(build_index(*packs_, url, nullptr));
    } else if (wants_load) {
      std::vector<std::string> files;
      for (const Pack& pack : *packs_) {
        files.push_back(dir_->file(pack.component + ".pack"));
        ASSERT_TRUE(write_pack(pack, files.back()));
      }
      const auto loaded = load_packs(url, files, {});
      ASSERT_TRUE(loaded) << loaded.error().message;
    }
    auto store = open_store(url, {});
    ASSERT_TRUE(store) << store.error().message;
    store_ = std::move(*store).release();
    auto whole = Kb::open(dir_->file("all.kb"));
    ASSERT_TRUE(whole);
    whole_ = new Kb(std::move(*whole));
  }
  static void TearDownTestSuite() {
    delete whole_;
    delete store_;
    delete dir_;
    delete packs_;
  }

  static std::vector<std::string> places(const Kb& kb, Range contents) {
    std::vector<std::string> out;
    for (ContentId id = contents.first; id < contents.end; ++id)
      for (std::size_t i = 0; i < kb.posting_count(id); ++i) {
        const Posting posting = kb.posting(id, i);
        const PathView path = kb.path(kb.file_version(posting.file_version).path);
        std::string place = fmt::format("{} {} {} {}:", kb.component(path.component).name,
                                        path.name, kb.content(id).size_bytes, posting.carried);
        for (const auto span : kb.releases_of(posting.file_version))
          place += fmt::format(" {}-{}", span.first, span.last);
        out.push_back(std::move(place));
      }
    return out;
  }
  static std::vector<std::string> places(const Kb& kb, fingerprint::NormalisedId key) {
    return places(kb, kb.contents_with(key));
  }
  static std::vector<std::string> shingle_places(const Kb& kb, std::uint64_t key) {
    std::vector<std::string> out;
    for (const Occurrence one : kb.occurrences(key)) {
      const PathView path = kb.path(one.path);
      out.push_back(fmt::format("{} {} {}-{} {}", kb.component(path.component).name, path.name,
                                one.first, one.last,
                                kb.file_version(path.file_versions.first + one.last).carried));
    }
    return out;
  }

  // The places of a content in the packs, without who owns it.
  static std::vector<std::string> model_places(fingerprint::NormalisedId key) {
    std::vector<std::tuple<std::array<std::uint8_t, kSha256PrefixBytes>, std::string>> found;
    for (const Pack& pack : *packs_)
      for (const PackPath& path : pack.paths)
        for (const PackFileVersion& version : path.versions) {
          const PackContent& content = pack.contents[version.content];
          if (content.normalised != key) continue;
          std::string place =
              fmt::format("{} {} {}:", pack.component, path.path, content.size_bytes);
          for (const Span32 span : version.releases)
            place += fmt::format(" {}-{}", span.first, span.last);
          found.emplace_back(content.sha256, std::move(place));
        }
    std::ranges::stable_sort(found, {}, [](const auto& one) { return std::get<0>(one); });
    std::vector<std::string> out;
    for (auto& [sha256, place] : found) out.push_back(std::move(place));
    return out;
  }

  static Keys all_keys() {
    Keys keys;
    for (const Pack& pack : *packs_) {
      for (const PackContent& content : pack.contents) {
        keys.normalised.push_back(content.normalised);
        keys.md5s.push_back(md5_of(content));
      }
      for (const PackPath& path : pack.paths)
        for (const PackShingle& shingle : path.shingles) keys.shingles.push_back(shingle.key);
    }
    return keys;
  }

  static void expect_answers_for(const Kb& kb, const Keys& keys) {
    for (const auto key : keys.normalised) ASSERT_EQ(places(kb, key), places(*whole_, key));
    for (const auto key : keys.shingles)
      ASSERT_EQ(shingle_places(kb, key), shingle_places(*whole_, key));
    for (const auto& md5 : keys.md5s) {
      const auto one = kb.content_with_md5(md5), other = whole_->content_with_md5(md5);
      ASSERT_EQ(one.has_value(), other.has_value());
      if (one) {
        ASSERT_EQ(places(kb, {*one, *one + 1}), places(*whole_, {*other, *other + 1}));
      }
    }
  }

  static std::vector<Pack>* packs_;
  static testing::TempDir* dir_;
  static Store* store_;
  static Kb* whole_;
};
std::vector<Pack>* Conformance::packs_;
testing::TempDir* Conformance::dir_;
Store* Conformance::store_;
Kb* Conformance::whole_;

TEST_F(Conformance, TheSummaryIsThatOfThePacks) {
  const KbSummary store = store_->summary(), whole = whole_->summary();
  EXPECT_EQ(store.file, url);
  EXPECT_EQ(store.id, whole.id);
  EXPECT_EQ(store.components, packs_->size());
  EXPECT_EQ(store.releases, whole.releases);
  EXPECT_EQ(store.contents, whole.contents);
  EXPECT_EQ(store.shingles, whole.shingles);
}

TEST_F(Conformance, AllKeysGiveTheWhole) {
  const Keys keys = all_keys();
  const auto kb = store_->slice(keys);
  ASSERT_TRUE(kb) << kb.error().message;
  expect_answers_for(*kb, keys);
  for (const auto key : keys.normalised) {
    auto found = places(*kb, key);
    for (std::string& place : found)  // the model does not know who owns what
      for (const std::string_view word : {" true:", " false:"})
        if (const auto at = place.find(word); at != std::string::npos)
          place.replace(at, word.size(), ":");
    ASSERT_EQ(found, model_places(key));
  }
}

TEST_F(Conformance, SomeKeysAreAnsweredAsByTheWhole) {
  std::mt19937_64 random(1);
  const Keys all = all_keys();
  for (int round = 0; round < 8; ++round) {
    Keys keys;
    for (const auto key : all.normalised)
      if (random() % 16 == 0) keys.normalised.push_back(key);
    for (const auto key : all.shingles)
      if (random() % 16 == 0) keys.shingles.push_back(key);
    for (const auto& md5 : all.md5s)
      if (random() % 16 == 0) keys.md5s.push_back(md5);
    for (int i = 0; i < 1000; ++i) {  // misses
      keys.normalised.push_back(random());
      keys.shingles.push_back(random() >> 16);
    }
    // Order and repeats do not matter.
    std::ranges::shuffle(keys.normalised, random);
    keys.shingles.insert(keys.shingles.end(), keys.shingles.begin(), keys.shingles.end());
    const auto kb = store_->slice(keys);
    ASSERT_TRUE(kb) << kb.error().message;
    expect_answers_for(*kb, keys);
    EXPECT_EQ(kb->id(), whole_->id());
    EXPECT_TRUE(kb->intact());
  }
}

TEST_F(Conformance, NoKeysGiveTheNames) {
  const auto kb = store_->slice({});
  ASSERT_TRUE(kb) << kb.error().message;
  ASSERT_EQ(kb->component_count(), packs_->size());
  for (ComponentId id = 0; id < kb->component_count(); ++id) {
    EXPECT_EQ(kb->component(id).name, (*packs_)[id].component);
    EXPECT_EQ(kb->component(id).aliases, (*packs_)[id].aliases.front());
  }
}

TEST_F(Conformance, NamesGiveTheirReleases) {
  Keys keys;
  keys.components = {packs_->at(3).component, packs_->at(7).component, "no such component"};
  const auto kb = store_->slice(keys);
  ASSERT_TRUE(kb) << kb.error().message;
  ASSERT_EQ(kb->component_count(), whole_->component_count());
  for (const unsigned id : {3U, 7U}) {
    const ComponentView one = kb->component(id), other = whole_->component(id);
    EXPECT_EQ(one.name, other.name);
    EXPECT_EQ(one.purl, other.purl);
    EXPECT_EQ(one.aliases, other.aliases);
    ASSERT_EQ(one.releases.size(), other.releases.size());
    for (std::uint32_t r = 0; r < one.releases.size(); ++r) {
      EXPECT_EQ(kb->release(one.releases.first + r).version,
                whole_->release(other.releases.first + r).version);
      EXPECT_EQ(kb->release(one.releases.first + r).date,
                whole_->release(other.releases.first + r).date);
    }
  }
}

TEST_F(Conformance, KeepsWhatItWasOpenedWith) {
  EXPECT_TRUE(store_->check());
  const auto superseded = store_->is_superseded();
  ASSERT_TRUE(superseded) << superseded.error().message;
  EXPECT_FALSE(*superseded);
}

TEST_F(Conformance, WhatIsBelowTheLimitsIsThere) {
  Keys keys = all_keys();
  keys.max_occurrences = 6;
  keys.min_in_path = 3;
  const auto kb = store_->slice(keys);
  ASSERT_TRUE(kb) << kb.error().message;
  // What may be left out: shingles of more places, and paths with fewer of the others.
  std::map<std::pair<std::string_view, std::string_view>, unsigned> in_path;
  const auto count = [&](auto use) {
    for (const std::uint64_t key : std::set(keys.shingles.begin(), keys.shingles.end())) {
      const auto occurrences = whole_->occurrences(key);
      if (occurrences.size() > keys.max_occurrences) continue;
      for (const Occurrence one : occurrences) {
        const PathView path = whole_->path(one.path);
        use(key, one, in_path[{whole_->component(path.component).name, path.name}]);
      }
    }
  };
  count([](auto, auto, unsigned& found) { ++found; });
  count([&](std::uint64_t key, const Occurrence& one, unsigned found) {
    if (found < keys.min_in_path) return;
    const PathView path = whole_->path(one.path);
    const auto there = shingle_places(*kb, key);
    const bool is_there = std::ranges::any_of(there, [&](const std::string& place) {
      return place.starts_with(
          fmt::format("{} {} ", whole_->component(path.component).name, path.name));
    });
    ASSERT_TRUE(is_there);
  });
}

TEST_F(Conformance, CountsAreThoseOfThePacks) {
  std::mt19937_64 random(2);
  const Keys all = all_keys();
  for (const unsigned one_of : {1U, 5U, 1'000'000U}) {
    Keys keys;
    for (const auto key : all.normalised)
      if (random() % one_of == 0) keys.normalised.push_back(key);
    for (const auto key : all.shingles)
      if (random() % one_of == 0) keys.shingles.push_back(key);
    for (int i = 0; i < 100; ++i) keys.normalised.push_back(random());
    const std::set normalised(keys.normalised.begin(), keys.normalised.end()),
        shingles(keys.shingles.begin(), keys.shingles.end());
    std::vector<ComponentCount> expected;
    for (const Pack& pack : *packs_) {
      std::set<std::uint64_t> contents, found;
      for (const PackContent& content : pack.contents)
        if (normalised.contains(content.normalised)) contents.insert(content.normalised);
      for (const PackPath& path : pack.paths)
        for (const PackShingle& shingle : path.shingles)
          if (shingles.contains(shingle.key)) found.insert(shingle.key);
      if (!contents.empty() || !found.empty())
        expected.push_back({pack.component, contents.size(), found.size()});
    }
    const auto counts = store_->count_by_component(keys);
    ASSERT_TRUE(counts) << counts.error().message;
    EXPECT_EQ(*counts, expected);
  }
}

TEST_F(Conformance, ManyReadersAtOnce) {
  const Keys keys = all_keys();
  std::vector<std::string> wrong(6);
  {
    std::vector<std::jthread> readers;
    for (std::size_t i = 0; i < wrong.size(); ++i)
      readers.emplace_back([&, i] {
        Keys mine;
        for (std::size_t k = i; k < keys.normalised.size(); k += wrong.size())
          mine.normalised.push_back(keys.normalised[k]);
        for (std::size_t k = i; k < keys.shingles.size(); k += wrong.size())
          mine.shingles.push_back(keys.shingles[k]);
        const auto kb = store_->slice(mine);
        if (!kb) return void(wrong[i] = kb.error().message);
        for (const auto key : mine.normalised)
          if (places(*kb, key) != places(*whole_, key)) wrong[i] = "a content";
        for (const auto key : mine.shingles)
          if (shingle_places(*kb, key) != shingle_places(*whole_, key)) wrong[i] = "a shingle";
      });
  }
  for (const std::string& one : wrong) EXPECT_EQ(one, "");
}

TEST_F(Conformance, MoreKeysThanGoIntoOneBatch) {
  std::mt19937_64 random(3);
  const Keys all = all_keys();
  Keys keys = all;
  for (int i = 0; i < 2'000'000; ++i) keys.shingles.push_back(random() >> 16);
  const auto kb = store_->slice(keys);
  ASSERT_TRUE(kb) << kb.error().message;
  expect_answers_for(*kb, all);
}

TEST_F(Conformance, WhatDoesNotExistIsAnError) {
  const std::string none = is_cluster(url) ? url + "_none" : url + ".none";
  const auto store = open_store(none, {});
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace stowaway::kb

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  if (argc < 2) return 2;
  stowaway::kb::url = argv[1];
  stowaway::kb::wants_load = argc > 2;
  return RUN_ALL_TESTS();
}
