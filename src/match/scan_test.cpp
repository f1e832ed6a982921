// Whole scans over made-up components: what was put in is got back.
#include "match/scan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <optional>
#include <set>

#include "kb/index/build.h"
#include "match/testing/synthetic.h"

namespace stowaway::match {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace testing;

constexpr std::size_t kComponents = 8, kReleases = 8;
constexpr const char* kNames[kComponents] = {"brolith", "cendova", "dulpari", "eskimar",
                                             "folquin", "gharnet", "hovelby", "istrand"};
constexpr std::size_t kFiles[kComponents] = {4, 8, 12, 16, 20, 24, 30, 40};

// One KB for all tests of this file.
class Scan : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    world_ = new World;
    std::vector<kb::Pack> packs;
    for (std::size_t c = 0; c < kComponents; ++c) {
      world_->releases.push_back(make_releases(c + 1, kFiles[c], kReleases));
      packs.push_back(kb::testing::pack_of(kNames[c], world_->releases.back()));
    }
    const auto count = kb::build_index(std::move(packs), world_->dir.file("kb"), nullptr);
    ASSERT_TRUE(count) << count.error().message;
    auto kb = kb::Kb::open(world_->dir.file("kb"));
    ASSERT_TRUE(kb) << kb.error().message;
    world_->kb.emplace(*std::move(kb));
  }
  static void TearDownTestSuite() { delete world_; }

  static const TestRelease& release(std::size_t component, std::size_t number) {
    return world_->releases[component][number];
  }
  static const kb::Kb& kb() { return *world_->kb; }

  static ScanResult scan_tree(const Tree& tree, unsigned jobs = 1, bool only_md5 = false,
                              bool evidence = false) {
    MemorySource subject(tree, only_md5);
    ScanOptions options;
    options.source.jobs = jobs;
    options.evidence = evidence;
    auto result = scan(subject, kb(), options);
    STOWAWAY_CHECK(result.has_value(), "a scan of a tree in memory failed");
    return *std::move(result);
  }

  struct World {
    kb::testing::TempDir dir;
    std::vector<std::vector<TestRelease>> releases;
    std::optional<kb::Kb> kb;
  };
  static World* world_;
};
Scan::World* Scan::world_ = nullptr;

// "path component versions verdict", a line each.
std::string shown(const ScanResult& result) {
  std::string out;
  for (const SelfIdentity& self : result.self)
    out += "self " + self.component + " " + ::testing::PrintToString(self.versions) + "\n";
  for (const Copy& copy : result.copies)
    out += copy.path + " " + copy.component + " " + ::testing::PrintToString(copy.versions) + " " +
           std::string(name_of(copy.verdict)) + "\n";
  return out;
}

// Every figure, for comparing two results.
std::string everything(const ScanResult& result) {
  std::string out = shown(result);
  for (const Copy& copy : result.copies) {
    out += fmt::format("{} {} {} {} {} {} {} {} {} {} {}\n", copy.confidence, copy.coverage_ratio,
                       copy.purity_ratio, copy.unchanged_ratio, copy.counts.identical,
                       copy.counts.reformatted, copy.counts.other_release, copy.counts.changed,
                       copy.counts.added, copy.counts.missing, copy.version_note);
    for (const FileEvidence& file : copy.files)
      out += fmt::format("{} {} {} {}\n", file.path, file.release_path, name_of(file.relation),
                         file.similarity_ratio);
    for (const std::string& other : copy.alternatives) out += other + "\n";
  }
  return out;
}

const Copy* copy_at(const ScanResult& result, const std::string& path,
                    const std::string& component) {
  for (const Copy& copy : result.copies)
    if (copy.path == path && copy.component == component) return &copy;
  return nullptr;
}

// How many releases lie between the true one and the nearest that was reported; none when none was.
std::optional<std::size_t> distance(const std::vector<std::string>& versions, std::size_t truth) {
  std::optional<std::size_t> best;
  for (std::size_t r = 0; r < kReleases; ++r) {
    if (std::ranges::find(versions, "1." + std::to_string(r) + ".0") == versions.end()) continue;
    const std::size_t off = r > truth ? r - truth : truth - r;
    if (!best || off < *best) best = off;
  }
  return best;
}

// A program of 25 files with a copy in `folder`.
Tree subject_with(const Tree& copy, const std::string& folder, std::uint64_t seed) {
  return joined(make_program(seed, 25, "app/"), moved(copy, folder));
}

// --- copies that nobody changed ---

TEST_F(Scan, a_whole_copy_is_identical) {
  for (std::size_t c = 0; c < kComponents; ++c)
    for (std::size_t r = 0; r < kReleases; r += 3) {
      const std::string folder = std::string("lib/") + kNames[c];
      const ScanResult result = scan_tree(subject_with(release(c, r).files, folder + "/", c));
      ASSERT_EQ(result.copies.size(), 1U) << shown(result);
      const Copy& copy = result.copies[0];
      EXPECT_EQ(copy.path, folder) << shown(result);
      EXPECT_EQ(copy.component, kNames[c]);
      EXPECT_THAT(copy.versions, ElementsAre(release(c, r).version));
      EXPECT_EQ(copy.verdict, Verdict::identical) << shown(result);
      EXPECT_DOUBLE_EQ(copy.coverage_ratio, 1);
      EXPECT_DOUBLE_EQ(copy.purity_ratio, 1);
      EXPECT_DOUBLE_EQ(copy.unchanged_ratio, 1);
      EXPECT_EQ(copy.counts.identical, release(c, r).files.size());
      EXPECT_EQ(copy.counts.changed + copy.counts.reformatted + copy.counts.other_release, 0U);
      EXPECT_GT(copy.confidence, 0.8);
      EXPECT_LE(copy.confidence, 1.0);
      EXPECT_FALSE(copy.nested_in);
      EXPECT_TRUE(result.self.empty());
      EXPECT_FALSE(result.partial);
    }
}

TEST_F(Scan, neither_the_folders_name_nor_its_depth_matters) {
  for (const char* folder :
       {"x", "lib/misc", "a/b/c/d/e/f", "third_party/whatever-1.2", "src/core"})
    for (const std::size_t c : {1U, 4U, 7U}) {
      const ScanResult result =
          scan_tree(subject_with(release(c, 3).files, std::string(folder) + "/", 50 + c));
      ASSERT_EQ(result.copies.size(), 1U) << folder << "\n" << shown(result);
      EXPECT_EQ(result.copies[0].path, folder);
      EXPECT_EQ(result.copies[0].component, kNames[c]);
      EXPECT_THAT(result.copies[0].versions, ElementsAre("1.3.0"));
      EXPECT_EQ(result.copies[0].verdict, Verdict::identical);
    }
}

TEST_F(Scan, half_of_a_copy_is_a_subset) {
  Random random(77);
  for (std::size_t c = 2; c < kComponents; ++c)
    for (std::size_t r = 0; r < kReleases; r += 2) {
      const Tree half = halved(release(c, r).files, random);
      const ScanResult result = scan_tree(subject_with(half, "lib/z/", c));
      ASSERT_EQ(result.copies.size(), 1U) << shown(result);
      const Copy& copy = result.copies[0];
      EXPECT_EQ(copy.component, kNames[c]);
      EXPECT_THAT(copy.versions, Contains(release(c, r).version));
      EXPECT_EQ(copy.verdict, Verdict::subset) << shown(result);
      EXPECT_EQ(copy.counts.identical, half.size());
      EXPECT_LT(copy.coverage_ratio, 0.75);
      EXPECT_GT(copy.coverage_ratio, 0.3);
    }
}

TEST_F(Scan, one_folder_of_a_copy_is_found_where_it_lies) {
  for (const std::size_t c : {4U, 5U, 6U, 7U}) {
    Tree part;
    for (const auto& [path, content] : release(c, 2).files)
      if (path.starts_with("src/")) part[path.substr(4)] = content;
    const ScanResult result = scan_tree(subject_with(part, "ext/flat/", c));
    ASSERT_EQ(result.copies.size(), 1U) << shown(result);
    EXPECT_EQ(result.copies[0].component, kNames[c]);
    EXPECT_EQ(result.copies[0].path, "ext/flat");
    EXPECT_THAT(result.copies[0].versions, Contains("1.2.0"));
  }
}

TEST_F(Scan, two_versions_in_one_tree_are_two_copies) {
  for (const std::size_t c : {1U, 3U, 5U, 7U}) {
    const Tree tree = joined(subject_with(release(c, 1).files, "lib/old/", c),
                             moved(release(c, 6).files, "contrib/new/"));
    const ScanResult result = scan_tree(tree);
    ASSERT_EQ(result.copies.size(), 2U) << shown(result);
    const Copy *first = copy_at(result, "lib/old", kNames[c]),
               *second = copy_at(result, "contrib/new", kNames[c]);
    ASSERT_TRUE(first != nullptr && second != nullptr) << shown(result);
    EXPECT_THAT(first->versions, ElementsAre("1.1.0"));
    EXPECT_THAT(second->versions, ElementsAre("1.6.0"));
    EXPECT_EQ(first->verdict, Verdict::identical);
    EXPECT_EQ(second->verdict, Verdict::identical);
  }
}

TEST_F(Scan, many_components_beside_each_other_are_kept_apart) {
  Tree tree = make_program(5, 60, "app/");
  for (std::size_t c = 0; c < kComponents; ++c)
    tree = joined(tree, moved(release(c, c).files, std::string("deps/") + kNames[c] + "/"));
  const ScanResult result = scan_tree(tree);
  ASSERT_EQ(result.copies.size(), kComponents) << shown(result);
  for (std::size_t c = 0; c < kComponents; ++c) {
    const Copy* copy = copy_at(result, std::string("deps/") + kNames[c], kNames[c]);
    ASSERT_NE(copy, nullptr) << shown(result);
    EXPECT_THAT(copy->versions, ElementsAre(release(c, c).version));
    EXPECT_EQ(copy->verdict, Verdict::identical);
  }
  for (std::size_t i = 1; i < result.copies.size(); ++i)
    EXPECT_LE(result.copies[i - 1].path, result.copies[i].path);
}

TEST_F(Scan, a_copy_in_a_copy_is_nested) {
  Tree outer = release(7, 4).files;
  outer = joined(outer, moved(release(2, 5).files, "src/inner/"));
  const ScanResult result = scan_tree(subject_with(outer, "lib/outer/", 9));
  const Copy *big = copy_at(result, "lib/outer", kNames[7]),
             *small = copy_at(result, "lib/outer/src/inner", kNames[2]);
  ASSERT_TRUE(big != nullptr && small != nullptr) << shown(result);
  EXPECT_EQ(result.copies.size(), 2U) << shown(result);
  ASSERT_TRUE(small->nested_in);
  EXPECT_EQ(&result.copies[*small->nested_in], big);
  EXPECT_FALSE(big->nested_in);
  EXPECT_THAT(small->versions, ElementsAre("1.5.0"));
}

TEST_F(Scan, more_of_a_release_never_lowers_coverage) {
  const Tree& whole = release(5, 3).files;
  Tree part;
  double before = 0;
  for (const auto& [path, content] : whole) {
    part[path] = content;
    if (part.size() < 6) continue;
    const ScanResult result = scan_tree(subject_with(part, "lib/p/", 3));
    ASSERT_EQ(result.copies.size(), 1U) << shown(result);
    if (result.copies[0].versions.front() != "1.3.0")
      continue;  // of another release: another denominator
    EXPECT_GE(result.copies[0].coverage_ratio, before);
    before = result.copies[0].coverage_ratio;
  }
  EXPECT_DOUBLE_EQ(before, 1);
}

// --- copies with another layout ---

TEST_F(Scan, line_ends_indentation_and_licence_headers_do_not_hide_a_version) {
  const auto check = [&](const char* what, auto change) {
    for (const std::size_t c : {0U, 2U, 4U, 6U}) {
      const Tree copy = each_file(release(c, 5).files, change);
      const ScanResult result = scan_tree(subject_with(copy, "lib/r/", c));
      ASSERT_EQ(result.copies.size(), 1U) << what << "\n" << shown(result);
      const Copy& found = result.copies[0];
      EXPECT_EQ(found.component, kNames[c]) << what;
      EXPECT_EQ(found.path, "lib/r");
      EXPECT_THAT(found.versions, ElementsAre("1.5.0")) << what;
      EXPECT_EQ(found.counts.reformatted, copy.size()) << what;
      EXPECT_EQ(found.counts.changed, 0U) << what;
      EXPECT_DOUBLE_EQ(found.unchanged_ratio, 1) << what;
      EXPECT_EQ(found.verdict, Verdict::modified) << what;
    }
  };
  check("CR LF", with_crlf);
  check("indentation", reindented);
  check("licence", with_other_licence);
  check("all",
        [](const std::string& text) { return with_crlf(reindented(with_other_licence(text))); });
}

// --- changed copies ---

TEST_F(Scan, half_of_a_copy_with_a_tenth_of_every_file_changed_is_dated) {
  std::size_t cases = 0, found = 0, near = 0, exact = 0;
  std::string missed;
  for (std::size_t c = 2; c < kComponents; ++c)
    for (std::size_t r = 0; r < kReleases; ++r)
      for (std::uint64_t seed = 0; seed < 2; ++seed) {
        Random random(1000 * c + 10 * r + seed);
        const Tree copy = each_file(
            halved(release(c, r).files, random),
            [&](const std::string& text) { return with_changed_lines(text, 0.1, random); });
        const ScanResult result = scan_tree(subject_with(copy, "lib/m/", seed));
        ++cases;
        const Copy* best = nullptr;
        for (const Copy& candidate : result.copies)
          if (candidate.component == kNames[c]) best = &candidate;
        for (const Copy& candidate : result.copies)
          EXPECT_EQ(candidate.component, kNames[c]) << "something else";
        auto off = best == nullptr ? std::nullopt : distance(best->versions, r);
        // Mostly changed, and nearest to the newest release: it may be a later one. Said in words,
        // as no version.
        if (best != nullptr && best->versions.empty() && r + 1 == kReleases &&
            best->version_note.starts_with("after " + release(c, r).version))
          off = 1;
        found += best != nullptr;
        near += off && *off <= 1;
        exact += off && *off == 0;
        if (!off || *off > 1) missed += fmt::format("{} {}: {}", kNames[c], r, shown(result));
        if (best != nullptr) {
          EXPECT_EQ(best->verdict, Verdict::modified) << shown(result);
          EXPECT_LT(best->unchanged_ratio, 1.0);
          EXPECT_GT(best->unchanged_ratio, 0.5);
        }
      }
  RecordProperty("cases", static_cast<int>(cases));
  RecordProperty("exact", static_cast<int>(exact));
  EXPECT_EQ(found, cases) << missed;
  EXPECT_GE(static_cast<double>(near), 0.95 * static_cast<double>(cases)) << missed;
}

TEST_F(Scan, a_single_changed_file_leaves_the_version) {
  for (const std::size_t c : {2U, 4U, 6U}) {
    Random random(c);
    Tree copy = release(c, 4).files;
    auto& victim = copy.begin()->second;
    victim = with_changed_lines(victim, 0.1, random);
    const ScanResult result = scan_tree(subject_with(copy, "lib/v/", c));
    ASSERT_EQ(result.copies.size(), 1U) << shown(result);
    EXPECT_THAT(result.copies[0].versions, ElementsAre("1.4.0"));
    EXPECT_EQ(result.copies[0].verdict, Verdict::modified);
    EXPECT_EQ(result.copies[0].counts.changed, 1U);
    EXPECT_EQ(result.copies[0].counts.identical, copy.size() - 1);
  }
}

TEST_F(Scan, the_evidence_lists_every_file) {
  Random random(3);
  Tree copy = release(4, 4).files;
  const std::string changed = copy.begin()->first, dropped = std::next(copy.begin(), 3)->first,
                    foreign = "src/local-addition.c";
  copy[changed] = with_changed_lines(copy[changed], 0.1, random);
  copy.erase(dropped);
  copy[foreign] = make_program(1234, 1, "").begin()->second;
  const ScanResult result = scan_tree(subject_with(copy, "lib/e/", 1), 1, false, true);
  ASSERT_EQ(result.copies.size(), 1U) << shown(result);
  const Copy& found = result.copies[0];
  std::map<std::string, FileRelation> relations;
  for (const FileEvidence& file : found.files)
    EXPECT_TRUE(relations.emplace(file.path, file.relation).second) << file.path;
  for (const auto& [path, content] : copy) {
    const auto entry = relations.find("lib/e/" + path);
    ASSERT_NE(entry, relations.end()) << path;
    const FileRelation expected = path == changed   ? FileRelation::changed
                                  : path == foreign ? FileRelation::added
                                                    : FileRelation::identical;
    EXPECT_EQ(name_of(entry->second), name_of(expected)) << path;
  }
  EXPECT_EQ(std::ranges::count(found.files, FileRelation::missing, &FileEvidence::relation), 1);
  EXPECT_EQ(found.counts.missing, 1U);
  EXPECT_EQ(found.counts.added, 1U);
  ASSERT_FALSE(found.rivals.empty());
  EXPECT_EQ(found.rivals[0].version, "1.4.0") << "the chosen release first";
}

// --- nothing to find ---

TEST_F(Scan, unrelated_trees_give_no_finding) {
  for (std::uint64_t seed = 100; seed < 110; ++seed) {
    const ScanResult result = scan_tree(make_program(seed, 40, ""));
    EXPECT_THAT(shown(result), IsEmpty());
    EXPECT_THAT(result.declared_only, IsEmpty());
  }
}

TEST_F(Scan, an_empty_tree_and_tiny_files_give_no_finding) {
  EXPECT_THAT(shown(scan_tree({})), IsEmpty());
  Tree tiny;
  for (int i = 0; i < 50; ++i) tiny["d" + std::to_string(i) + "/a.c"] = "int x;\n";
  tiny["empty.c"] = "";
  tiny["binary.c"] = std::string(1000, '\0');
  tiny["README"] = "text";
  EXPECT_THAT(shown(scan_tree(tiny)), IsEmpty());
}

// --- the subject itself ---

TEST_F(Scan, a_subject_that_is_a_release_is_itself) {
  for (std::size_t c = 0; c < kComponents; ++c)
    for (const char* top : {"", "unpacked-1.0/"}) {
      const ScanResult result = scan_tree(moved(release(c, 2).files, top));
      EXPECT_THAT(result.copies, IsEmpty()) << shown(result);
      ASSERT_EQ(result.self.size(), 1U) << kNames[c] << " at " << top;
      EXPECT_EQ(result.self[0].component, kNames[c]);
      EXPECT_EQ(result.self[0].purl, std::string("pkg:generic/") + kNames[c]);
      EXPECT_THAT(result.self[0].versions, ElementsAre("1.2.0"));
      EXPECT_EQ(result.self[0].verdict, Verdict::identical);
    }
}

TEST_F(Scan, a_copy_inside_of_a_known_release_is_found) {
  const ScanResult result =
      scan_tree(joined(release(7, 2).files, moved(release(3, 6).files, "vendor/w/")));
  ASSERT_EQ(result.self.size(), 1U) << shown(result);
  EXPECT_EQ(result.self[0].component, kNames[7]);
  ASSERT_EQ(result.copies.size(), 1U) << shown(result);
  EXPECT_EQ(result.copies[0].component, kNames[3]);
  EXPECT_EQ(result.copies[0].path, "vendor/w");
}

// --- how it is asked does not matter ---

Tree mixed_tree(const std::vector<Tree>& copies) {
  Random random(8);
  Tree tree = make_program(8, 30, "app/");
  for (std::size_t i = 0; i < copies.size(); ++i) {
    const std::string folder = "deps/n" + std::to_string(i) + "/";
    const Tree half = i % 2 == 0 ? copies[i] : halved(copies[i], random);
    tree = joined(tree, moved(i % 3 != 2 ? half
                                         : each_file(half,
                                                     [&](const std::string& text) {
                                                       return with_changed_lines(text, 0.1, random);
                                                     }),
                              folder));
  }
  return tree;
}

TEST_F(Scan, the_number_of_jobs_does_not_change_the_result) {
  const Tree tree = mixed_tree({release(1, 1).files, release(2, 2).files, release(3, 3).files,
                                release(4, 4).files, release(5, 5).files, release(6, 6).files});
  const std::string expected = everything(scan_tree(tree, 1, false, true));
  EXPECT_FALSE(expected.empty());
  for (const unsigned jobs : {1U, 2U, 3U, 7U})
    EXPECT_EQ(everything(scan_tree(tree, jobs, false, true)), expected) << jobs;
}

TEST_F(Scan, evidence_changes_nothing_else) {
  const Tree tree = mixed_tree({release(1, 1).files, release(2, 2).files, release(3, 3).files});
  EXPECT_EQ(shown(scan_tree(tree, 1, false, true)), shown(scan_tree(tree, 1, false, false)));
}

TEST_F(Scan, a_list_of_md5_sums_gives_the_same_copies_as_the_tree) {
  Random random(4);
  Tree tree = make_program(4, 30, "app/");
  for (std::size_t c = 0; c < kComponents; ++c) {
    const Tree& whole = release(c, 7 - c).files;
    tree = joined(tree, moved(c % 2 == 0 ? whole : halved(whole, random),
                              std::string("deps/") + kNames[c] + "/"));
  }
  const ScanResult of_tree = scan_tree(tree), of_list = scan_tree(tree, 1, true);
  EXPECT_EQ(of_list.copies.size(), kComponents);
  EXPECT_EQ(shown(of_list), shown(of_tree));
  for (std::size_t i = 0; i < of_tree.copies.size() && i < of_list.copies.size(); ++i) {
    EXPECT_EQ(of_list.copies[i].coverage_ratio, of_tree.copies[i].coverage_ratio);
    EXPECT_EQ(of_list.copies[i].purity_ratio, of_tree.copies[i].purity_ratio);
  }
}

TEST_F(Scan, a_list_of_md5_sums_identifies_the_subject_itself) {
  const ScanResult result = scan_tree(release(5, 3).files, 1, true);
  ASSERT_EQ(result.self.size(), 1U) << shown(result);
  EXPECT_EQ(result.self[0].component, kNames[5]);
}

TEST_F(Scan, every_ratio_is_one) {
  const Tree tree = mixed_tree(
      {release(7, 1).files, release(6, 2).files, release(5, 3).files, release(2, 4).files});
  for (const Copy& copy : scan_tree(tree).copies)
    for (const double ratio :
         {copy.confidence, copy.coverage_ratio, copy.purity_ratio, copy.unchanged_ratio}) {
      EXPECT_GE(ratio, 0);
      EXPECT_LE(ratio, 1);
    }
}

// --- a damaged knowledge base ---

TEST_F(Scan, a_damaged_kb_gives_a_result_and_no_harm) {
  const std::string good = kb::testing::read_file(world_->dir.file("kb"));
  kb::index::Header header;
  std::memcpy(&header, good.data(), sizeof header);
  const Tree tree = mixed_tree({release(1, 1).files, release(4, 2).files, release(2, 3).files});
  Random random(21);
  for (int round = 0; round < 25; ++round) {
    std::string bytes = good;
    for (std::uint64_t hits = 1 + random.below(3000); hits > 0; --hits) {
      const auto& section = header.sections[random.below(kb::index::kSectionCount)];
      if (section.size_bytes == 0) continue;
      const std::uint64_t at = section.offset + random.below(section.size_bytes);
      bytes[at] = random.below(3) == 0 ? '\xFF' : static_cast<char>(random.below(256));
    }
    auto damaged = kb::Kb::open(world_->dir.write("damaged", bytes));
    ASSERT_TRUE(damaged) << damaged.error().message;
    MemorySource subject(tree);
    ScanOptions options;
    options.source.jobs = 1;
    options.evidence = true;
    const auto result = scan(subject, *damaged, options);
    ASSERT_TRUE(result);
    for (const Copy& copy : result->copies) {
      EXPECT_GE(copy.confidence, 0);
      EXPECT_LE(copy.confidence, 1);
    }
  }
}

}  // namespace
}  // namespace stowaway::match
