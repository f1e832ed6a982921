// Whole scans: what lies at a place, and what only looks as if it did.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kb/index/build.h"
#include "match/declare.h"
#include "match/scan.h"
#include "match/testing/synthetic.h"

namespace stowaway::match {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace testing;

using World = std::map<std::string, std::vector<TestRelease>>;

ScanResult scan_against(const World& world, const Tree& subject) {
  const kb::testing::TempDir dir;
  std::vector<kb::Pack> packs;
  for (const auto& [component, releases] : world)
    packs.push_back(kb::testing::pack_of(component, releases));
  STOWAWAY_CHECK(kb::build_index(std::move(packs), dir.file("kb"), nullptr).has_value(), "a KB");
  const auto kb = kb::Kb::open(dir.file("kb"));
  STOWAWAY_CHECK(kb.has_value(), "the KB opens");
  MemorySource source(subject);
  auto result = scan(source, *kb, {});
  STOWAWAY_CHECK(result.has_value(), "a scan of a tree in memory");
  return *std::move(result);
}

ScanResult scan_against(const std::string& component, const std::vector<TestRelease>& releases,
                        const Tree& subject) {
  return scan_against(World{{component, releases}}, subject);
}

std::string amalgamation_of(const Tree& tree) {
  std::string out;
  for (const auto& [path, content] : tree) out += "/* " + path + " */\n" + content;
  return out;
}

TEST(Places, an_amalgamation_has_the_version_of_all_its_parts) {
  const auto releases = make_releases(7, 16, 6);
  for (std::size_t r = 0; r < releases.size(); ++r) {
    Tree subject = make_program(3, 30, "app/");
    subject["lib/brolith.c"] = amalgamation_of(releases[r].files);
    const ScanResult result = scan_against("brolith", releases, subject);
    ASSERT_THAT(result.copies, SizeIs(1)) << r;
    EXPECT_EQ(result.copies[0].path, "lib/brolith.c");
    EXPECT_THAT(result.copies[0].versions, Contains(releases[r].version));
    EXPECT_LE(result.copies[0].versions.size(), 2U);
    EXPECT_GT(result.copies[0].coverage_ratio, 0.8);
  }
}

TEST(Places, a_bundle_holds_several_components) {
  World world;
  Tree subject = make_program(10, 30, "app/");
  for (const auto& [component, seed] :
       std::map<std::string, std::uint64_t>{{"brolith", 21}, {"cendova", 22}, {"dulpari", 23}}) {
    Random random(seed);
    const std::string text = text_of(code_lines(random, 300));
    world[component] = {{"1.0", "2015-01-01", {{"dist/" + component + ".js", text}}}};
    subject["static/all.js"] += text;
  }
  std::vector<std::string> found;
  for (const Copy& copy : scan_against(world, subject).copies)
    found.push_back(copy.path + " " + copy.component);
  EXPECT_THAT(found, ElementsAre("static/all.js brolith", "static/all.js cendova",
                                 "static/all.js dulpari"));
}

TEST(Places, a_root_that_holds_little_of_the_copy_is_narrowed) {
  auto releases = make_releases(8, 12, 3);
  for (TestRelease& release : releases) release.files = moved(release.files, "brolith/code/");
  const Tree subject = joined(make_program(4, 80, "deps/"), moved(releases[1].files, "deps/"));
  const ScanResult result = scan_against("brolith", releases, subject);
  ASSERT_THAT(result.copies, SizeIs(1));
  EXPECT_EQ(result.copies[0].path, "deps/brolith");
  EXPECT_THAT(result.copies[0].versions, ElementsAre(releases[1].version));
}

// A component that took a third project into its contrib/ is not what lies in another's copy of it.
TEST(Places, what_a_component_borrowed_is_not_the_component) {
  auto releases = make_releases(9, 30, 4);
  const Tree part = make_releases(10, 8, 1)[0].files;
  for (std::size_t r = 2; r < releases.size(); ++r)
    releases[r].files = joined(releases[r].files, moved(part, "contrib/duskar/"));
  const Tree subject = joined(make_program(5, 40, "app/"), moved(part, "extern/duskar/"));
  const ScanResult result = scan_against("brolith", releases, subject);
  EXPECT_THAT(result.copies, IsEmpty());
  ASSERT_THAT(result.declared_only, SizeIs(1));
  EXPECT_EQ(result.declared_only[0].path, "extern/duskar");
  EXPECT_EQ(result.declared_only[0].name, "duskar");
  EXPECT_EQ(result.declared_only[0].known_from, "contrib/duskar of brolith");
}

TEST(Places, a_part_of_the_component_from_its_first_release_on_is_a_copy) {
  auto releases = make_releases(9, 30, 4);
  const Tree part = make_releases(10, 8, 1)[0].files;
  for (TestRelease& release : releases)
    release.files = joined(release.files, moved(part, "duskar/"));
  const Tree subject = joined(make_program(5, 40, "app/"), moved(part, "extern/duskar/"));
  const ScanResult result = scan_against("brolith", releases, subject);
  ASSERT_THAT(result.copies, SizeIs(1));
  EXPECT_EQ(result.copies[0].component, "brolith");
  EXPECT_THAT(result.declared_only, IsEmpty());
}

TEST(Places, what_declares_itself_where_nothing_was_found_is_listed_apart) {
  const auto releases = make_releases(11, 12, 3);
  Tree subject = joined(make_program(6, 20, "app/"), moved(releases[0].files, "vendor/brolith/"));
  subject["package.json"] = R"({"name": "the-subject", "version": "3.0.0"})";
  subject["vendor/brolith/package.json"] = R"({"name": "brolith", "version": "1.0.0"})";
  subject["vendor/odd/package.json"] = R"({"name": "odd", "version": "1.2.3"})";
  subject["vendor/odd/sub/package.json"] = R"({"name": "odd", "version": "1.2.3"})";
  subject["gfx/thing/moz.yaml"] = "origin:\n  name: thing\n  release: 4.5.6\n";
  subject["deps/fastwire/fastwire_version.h"] =
      "#define FASTWIRE_VERSION \"2.1.0\"\n" + make_program(12, 1, "x/").begin()->second;
  const ScanResult result = scan_against("brolith", releases, subject);
  ASSERT_THAT(result.copies, SizeIs(1));
  std::vector<std::string> listed;
  for (const DeclaredOnly& declared : result.declared_only)
    listed.push_back(declared.path + " " + declared.name + " " + declared.version);
  EXPECT_THAT(listed, ElementsAre("deps/fastwire FASTWIRE 2.1.0", "gfx/thing thing 4.5.6",
                                  "vendor/odd odd 1.2.3"));
}

// pip's requests, whose urllib3 is another than that which came with requests.
TEST(Places, what_a_component_carries_does_not_decide_its_version) {
  auto releases = make_releases(30, 8, 5);
  const auto carried = make_releases(31, 30, 5);
  World world{{"cendova", carried}, {"brolith", releases}};
  for (std::size_t r = 0; r < 5; ++r)
    world["brolith"][r].files =
        joined(releases[r].files, moved(carried[r].files, "packages/cendova/"));
  const Tree subject =
      joined(make_program(11, 20, "app/"),
             joined(moved(releases[3].files, "vendored/brolith/"),
                    moved(carried[1].files, "vendored/brolith/packages/cendova/")));
  const ScanResult result = scan_against(world, subject);
  ASSERT_THAT(result.copies, SizeIs(2));
  EXPECT_EQ(result.copies[0].component, "brolith");
  EXPECT_THAT(result.copies[0].versions, ElementsAre("1.3.0"));
  EXPECT_EQ(result.copies[0].counts.other_release, 0U);
  EXPECT_THAT(result.copies[1].versions, ElementsAre("1.1.0"));
}

TEST(Places, the_last_argument_of_a_call_states_nothing) {
  const auto stated = [](const std::string& text) {
    return statements_in_code(fingerprint::as_bytes(text)).size();
  };
  EXPECT_EQ(stated("d = AppDirs(\"a\", \"b\", version=\"1.0\")\n"), 0U);
  EXPECT_EQ(stated("static const char version[] = \"1.0\";\n"), 1U);
}

// A copy of release `r` with `count` files as release `from` has them.
Tree mixture(const std::vector<TestRelease>& releases, std::size_t r, std::size_t from,
             std::size_t count) {
  Tree out = releases[r].files;
  for (auto& [path, content] : out) {
    const auto other = releases[from].files.find(path);
    if (count == 0 || other == releases[from].files.end() || other->second == content) continue;
    content = other->second;
    --count;
  }
  return out;
}

TEST(Places, a_state_between_releases_and_a_mixture_are_told_apart) {
  const auto releases = make_releases(14, 40, 6);
  const auto note = [&](std::size_t from) {
    const Tree subject =
        joined(make_program(8, 30, "app/"), moved(mixture(releases, 2, from, 3), "lib/brolith/"));
    const ScanResult result = scan_against("brolith", releases, subject);
    return result.copies.size() == 1 ? result.copies[0].version_note : std::string("nothing");
  };
  EXPECT_EQ(note(2), "");
  EXPECT_EQ(note(3), "after 1.2.0, before 1.3.0: 3 files of 1.3.0");
  EXPECT_EQ(note(5), "mixed: 1.2.0 with 3 files of 1.5.0");
}

TEST(Places, a_script_of_no_release_is_declared_by_its_title) {
  const auto releases = make_releases(15, 6, 2);
  Tree subject = make_program(9, 20, "app/");
  subject["static/brolith.min.js"] = "/*! Brolith v9.1.2 | (c) */\n" + std::string(80, 'q') + ";\n";
  subject["static/other.min.js"] = "/*! Otherlib v1.1.1 | (c) */\n" + std::string(90, 'z') + ";\n";
  const ScanResult result = scan_against("brolith", releases, subject);
  EXPECT_THAT(result.copies, IsEmpty());
  ASSERT_THAT(result.declared_only, SizeIs(1));
  EXPECT_EQ(result.declared_only[0].path, "static/brolith.min.js");
  EXPECT_EQ(result.declared_only[0].version, "9.1.2");
}

TEST(Places, a_title_names_its_own_project_only) {
  const auto releases = make_releases(13, 1, 4);
  const auto stated = [&](const std::string& title) {
    Tree subject = make_program(7, 20, "app/");
    const std::string text = releases[2].files.begin()->second;
    Random random(5);
    subject["lib/brolith.c"] = "/*! " + title + " */\n" + with_changed_lines(text, 0.1, random);
    const ScanResult result = scan_against("brolith", releases, subject);
    return result.copies.empty() || result.copies[0].declared.empty()
               ? std::string("nothing")
               : result.copies[0].declared[0].version;
  };
  EXPECT_EQ(stated("Brolith Core 1.2.0"), "1.2.0");
  EXPECT_EQ(stated("Brolith Color 7.7.7"), "nothing");
}

}  // namespace
}  // namespace stowaway::match
