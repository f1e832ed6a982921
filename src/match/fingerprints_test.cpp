#include "match/fingerprints.h"

#include <gtest/gtest.h>

#include <random>

#include "kb/index/build.h"
#include "match/scan.h"
#include "match/testing/synthetic.h"

namespace stowaway::match {
namespace {

using kb::testing::TempDir;
using namespace testing;

class Rematch : public ::testing::Test {
 protected:
  kb::Kb kb_of(const std::vector<std::pair<std::string, std::vector<TestRelease>>>& components) {
    std::vector<kb::Pack> packs;
    for (const auto& [name, releases] : components)
      packs.push_back(kb::testing::pack_of(name, releases));
    const std::string file = dir_.file("kb-" + std::to_string(++number_));
    STOWAWAY_CHECK(kb::build_index(std::move(packs), file, nullptr).has_value(), "no test index");
    return *kb::Kb::open(file);
  }

  static std::string text_of(const ScanResult& result);

  TempDir dir_;
  int number_ = 0;
};

// Everything that a report could print, and what it cannot.
std::string Rematch::text_of(const ScanResult& result) {
  std::string text = result.subject_kind + (result.partial ? " partial" : "") + "\n";
  for (const SelfIdentity& self : result.self) text += "self " + self.component + "\n";
  for (const Copy& copy : result.copies) {
    text += copy.path + " " + copy.component + " " + std::string(name_of(copy.verdict)) + " " +
            copy.version_note;
    for (const std::string& version : copy.versions) text += " " + version;
    for (const double ratio :
         {copy.confidence, copy.coverage_ratio, copy.purity_ratio, copy.unchanged_ratio})
      text += " " + std::to_string(ratio);
    for (const Declaration& declared : copy.declared)
      text += " " + declared.path + "=" + declared.version;
    const FileCounts& counts = copy.counts;
    for (const auto count : {counts.identical, counts.reformatted, counts.other_release,
                             counts.changed, counts.added, counts.missing})
      text += " " + std::to_string(count);
    text += "\n";
  }
  for (const DeclaredOnly& declared : result.declared_only)
    text += "declared " + declared.path + " " + declared.name + " " + declared.version + "\n";
  for (const source::Gap& gap : result.gaps) text += "gap " + gap.path + " " + gap.detail + "\n";
  return text + std::to_string(result.summary.files);
}

// A subject with an untouched copy, a patched one, one of another component, and code of its own.
Tree subject() {
  const auto one = make_releases(1, 20, 6), two = make_releases(2, 15, 4);
  Random random(3);
  Tree patched = moved(one[4].files, "lib/old/");
  for (auto& [path, text] : patched)
    if (random.below(2) == 0) text = with_changed_lines(text, 0.1, random);
  Tree tree = joined(joined(moved(one[2].files, "third_party/one/"), patched),
                     joined(moved(two[1].files, "vendor/two/"), make_program(4, 30, "src/")));
  tree["third_party/two/README.chromium"] = "Name: two\nVersion: 1.1.0\n";
  tree["lib/empty.c"] = "";
  tree["lib/short.c"] = "int x;\n";
  return tree;
}

TEST_F(Rematch, gives_what_a_scan_gives_when_the_kb_has_grown) {
  const auto one = make_releases(1, 20, 6), two = make_releases(2, 15, 4);
  const std::vector<TestRelease> one_early(one.begin(), one.begin() + 3);
  const kb::Kb none = kb_of({{"other", make_releases(9, 10, 2)}});
  const kb::Kb early = kb_of({{"one", one_early}});
  const kb::Kb full = kb_of({{"one", one}, {"two", two}});
  MemorySource source(subject());
  const std::string expected = text_of(*scan(source, full, {}));
  for (const kb::Kb* before : {&none, &early, &full}) {
    Fingerprints fingerprints;
    ScanOptions options;
    options.fingerprints = &fingerprints;
    const auto first = scan(source, *before, options);
    ASSERT_TRUE(first);
    EXPECT_EQ(text_of(*first), text_of(*scan(source, *before, {}))) << "keeping changes nothing";
    const auto kept = decode_fingerprints(encode_fingerprints(fingerprints));
    ASSERT_TRUE(kept) << kept.error().message;
    EXPECT_EQ(text_of(*rescan(*kept, *before, {})), text_of(*first));
    EXPECT_EQ(text_of(*rescan(*kept, full, {})), expected);
  }
  EXPECT_NE(expected.find("vendor/two two identical"), std::string::npos) << expected;
  EXPECT_NE(expected.find("lib/old one modified"), std::string::npos) << expected;
}

TEST_F(Rematch, of_an_md5_list_too) {
  const auto one = make_releases(1, 20, 6);
  const kb::Kb none = kb_of({{"other", make_releases(9, 10, 2)}});
  const kb::Kb full = kb_of({{"one", one}});
  MemorySource source(subject(), /*only_md5=*/true);
  Fingerprints fingerprints;
  ScanOptions options;
  options.fingerprints = &fingerprints;
  ASSERT_TRUE(scan(source, none, options));
  const auto kept = decode_fingerprints(encode_fingerprints(fingerprints));
  ASSERT_TRUE(kept);
  EXPECT_EQ(text_of(*rescan(*kept, full, {})), text_of(*scan(source, full, {})));
}

TEST_F(Rematch, with_a_smaller_kb_says_what_it_lacks) {
  const auto one = make_releases(1, 20, 6);
  const kb::Kb full = kb_of({{"one", one}});
  const kb::Kb none = kb_of({{"other", make_releases(9, 10, 2)}});
  MemorySource source(moved(one[2].files, "third_party/one/"));
  Fingerprints fingerprints;
  ScanOptions options;
  options.fingerprints = &fingerprints;
  ASSERT_TRUE(scan(source, full, options));
  const auto less = rescan(fingerprints, none, {});
  ASSERT_TRUE(less);
  EXPECT_TRUE(less->partial);
  EXPECT_EQ(less->gaps.size(), one[2].files.size());
  EXPECT_TRUE(less->copies.empty());
}

TEST(Fingerprints, damaged_ones_are_an_error_and_no_harm) {
  Fingerprints fingerprints;
  fingerprints.kind = "directory";
  for (int i = 0; i < 50; ++i) {
    FileFingerprint& file = fingerprints.files.emplace_back();
    file.path = "src/" + std::to_string(i) + ".c";
    file.normalised_bytes = 100;
    file.has_details = i % 2 == 0;
    file.statements = {{"A", "1.0", "macro"}};
    file.shingles = pack_shingles({{std::uint64_t(i) << 20, 7}, {5, 6}, {5, 6}});
  }
  fingerprints.gaps = {{"x", source::GapReason::bomb, "y"}};
  const std::string good = encode_fingerprints(fingerprints);
  const auto read = decode_fingerprints(good);
  ASSERT_TRUE(read);
  EXPECT_EQ(encode_fingerprints(*read), good);
  const auto shingles = unpack_shingles(read->files[2].shingles);
  ASSERT_TRUE(shingles);
  EXPECT_EQ(*shingles, (std::vector<fingerprint::Shingle>{{5, 6}, {2U << 20, 7}}));
  std::minstd_rand random(1);
  for (int i = 0; i < 2000; ++i) {
    std::string bytes = good;
    for (auto hits = 1 + random() % 4; hits > 0; --hits)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    if (random() % 4 == 0) bytes.resize(random() % bytes.size());
    const auto damaged = decode_fingerprints(bytes);
    if (!damaged) continue;
    for (const FileFingerprint& file : damaged->files)
      static_cast<void>(unpack_shingles(file.shingles));
  }
  EXPECT_EQ(decode_fingerprints("").error().code, ErrorCode::corrupt);
  EXPECT_EQ(decode_fingerprints("STOWFPR2xxxx").error().code, ErrorCode::unsupported);
}

}  // namespace
}  // namespace stowaway::match
