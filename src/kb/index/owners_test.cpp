// Who owns a content that several components hold, seen through the built index.
#include "kb/index/owners.h"

#include <gtest/gtest.h>

#include <set>

#include "kb/index/build.h"
#include "kb/kb.h"
#include "kb/testing/support.h"

namespace stowaway::kb {
namespace {

using testing::code;
using testing::pack_of;
using testing::TempDir;
using testing::Tree;

class Owners {
 public:
  explicit Owners(std::vector<Pack> packs) {
    const auto count = build_index(std::move(packs), dir_.file("kb"), nullptr);
    EXPECT_TRUE(count) << count.error().message;
  }
  // The components that hold a text as their own ("a") or carry it ("(a)"), in order.
  std::string of(const std::string& text, const std::string& path) const {
    const auto kb = Kb::open(dir_.file("kb"));
    if (!kb) return kb.error().message;
    std::set<std::pair<std::string, bool>> found;
    const auto range = kb->contents_with(
        fingerprint_content(fingerprint::as_bytes(text), path).content.normalised);
    for (ContentId id = range.first; id < range.end; ++id)
      for (std::size_t i = 0; i < kb->posting_count(id); ++i) {
        const Posting posting = kb->posting(id, i);
        const PathView place = kb->path(kb->file_version(posting.file_version).path);
        found.emplace(kb->component(place.component).name, posting.carried);
      }
    std::string out;
    for (const auto& [name, carried] : found) {
      if (!out.empty()) out += ' ';
      out += carried ? '(' + name + ')' : name;
    }
    return out;
  }

 private:
  TempDir dir_;
};

// A library of `files` files, from code number `first` on, below `folder`.
Tree library(unsigned first, unsigned files, const std::string& folder = "") {
  Tree tree;
  for (unsigned i = 0; i < files; ++i)
    tree[folder + "part" + std::to_string(first + i) + ".c"] = code(first + i);
  return tree;
}

Tree joined(Tree a, const Tree& b) {
  a.insert(b.begin(), b.end());
  return a;
}

TEST(Owners, a_folder_called_after_another_component_carries_it) {
  // Without the folder's name, the dates would say that the game came first.
  const Owners owners(
      {pack_of("zlib", {{"1.0", "2009-01-01", library(0, 6)}}),
       pack_of("game",
               {{"1.0", "2001-01-01", joined(library(100, 6), library(0, 6, "src/zlib-1.2/"))}})});
  EXPECT_EQ(owners.of(code(0), "x.c"), "(game) zlib");
  EXPECT_EQ(owners.of(code(100), "x.c"), "game");
}

TEST(Owners, an_alias_names_a_component_too) {
  Pack zlib = pack_of("zlib-ng", {{"1.0", "2009-01-01", library(0, 6)}});
  zlib.aliases = {"zng"};
  const Owners owners(
      {zlib, pack_of("game",
                     {{"1.0", "2001-01-01", joined(library(100, 6), library(0, 6, "lib/zng/"))}})});
  EXPECT_EQ(owners.of(code(0), "x.c"), "(game) zlib-ng");
}

TEST(Owners, what_lies_in_a_foreign_folder_is_carried) {
  for (const char* folder :
       {"third_party/x/", "src/vendor/", "external/", "3rdparty/", "Deps/y/"}) {
    const Owners owners(
        {pack_of("abc", {{"1.0", "2009-01-01", library(0, 6)}}),
         pack_of("game", {{"1.0", "2001-01-01", joined(library(100, 6), library(0, 6, folder))}})});
    EXPECT_EQ(owners.of(code(0), "x.c"), "abc (game)") << folder;
  }
}

TEST(Owners, a_foreign_folder_is_foreign_even_where_nobody_else_has_it) {
  const Owners owners({pack_of(
      "game", {{"1.0", "2001-01-01", joined(library(100, 6), library(0, 6, "third_party/q/"))}})});
  EXPECT_EQ(owners.of(code(0), "x.c"), "(game)");
  EXPECT_EQ(owners.of(code(100), "x.c"), "game");
}

TEST(Owners, what_only_one_component_has_is_its_own) {
  const Owners owners({pack_of("abc", {{"1.0", "", library(0, 3)}, {"1.1", "", library(0, 4)}})});
  for (unsigned i = 0; i < 4; ++i) EXPECT_EQ(owners.of(code(i), "x.c"), "abc");
}

TEST(Owners, a_library_that_is_held_whole_is_its_own_wherever_it_lies) {
  // Nothing names it and the carrier came first; but all of the library is shared, and little of
  // the carrier.
  const Owners owners({pack_of("abc", {{"1.0", "2009-01-01", library(0, 4)}}),
                       pack_of("game", {{"1.0", "2001-01-01",
                                         joined(library(100, 30), library(0, 4, "src/core/"))}})});
  EXPECT_EQ(owners.of(code(0), "x.c"), "abc (game)");
}

TEST(Owners, between_forks_the_dates_decide) {
  const auto fork = [](const char* name, const char* date, unsigned own) {
    return pack_of(name, {{"1.0", date, joined(library(0, 20), library(own, 3))}});
  };
  const Owners parent_first({fork("aaa", "2001-01-01", 200), fork("zzz", "2005-01-01", 300)});
  EXPECT_EQ(parent_first.of(code(0), "x.c"), "aaa (zzz)");
  const Owners parent_last({fork("aaa", "2005-01-01", 200), fork("zzz", "2001-01-01", 300)});
  EXPECT_EQ(parent_last.of(code(0), "x.c"), "(aaa) zzz");
  EXPECT_EQ(parent_last.of(code(200), "x.c"), "aaa") << "what a fork added is its own";
}

TEST(Owners, every_content_that_is_shared_has_one_owner_at_most) {
  std::vector<Pack> packs;
  for (unsigned i = 0; i < 12; ++i)
    packs.push_back(
        pack_of("comp" + std::to_string(i), {{"1", "200" + std::to_string(i % 10) + "-01-01",
                                              joined(library(0, 5), library(100 * (i + 1), i))}}));
  const Owners owners(std::move(packs));
  for (unsigned i = 0; i < 5; ++i) {
    const std::string holders = owners.of(code(i), "x.c");
    std::size_t own = 0;
    for (std::size_t at = holders.find("comp"); at != std::string::npos;
         at = holders.find("comp", at + 1))
      own += at == 0 || holders[at - 1] != '(';
    EXPECT_EQ(own, 1U) << holders;
  }
}

}  // namespace
}  // namespace stowaway::kb
