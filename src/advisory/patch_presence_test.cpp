#include "advisory/patch_presence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "advisory/audit_patches.h"
#include "advisory/testing/records.h"
#include "source/testing/support.h"

namespace stowaway::advisory {
namespace {

using source::testing::TempDirectory;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A made-up library. The fix checks the length before it copies.
std::string reader(const std::string& body) {
  return "#include \"reader.h\"\n"
         "static int steps;\n"
         "/* Copies a record. */\n"
         "int read_record(struct reader *in, char *out, unsigned room)\n{\n" +
         body +
         "}\n"
         "int count_steps(void)\n{\n  return steps;\n}\n";
}
const std::string kVulnerable = reader(
    "  unsigned length = next_byte(in);\n  unsigned i;\n"
    "  for (i = 0; i < length; i++)\n    out[i] = next_byte(in);\n"
    "  steps++;\n  return (int)length;\n");
const std::string kFixed = reader(
    "  unsigned length = next_byte(in);\n  unsigned i;\n"
    "  if (length > room)\n    return -1;\n"
    "  for (i = 0; i < length; i++)\n    out[i] = next_byte(in);\n"
    "  steps++;\n  return (int)length;\n");
constexpr const char* kPatch =
    "Description: check the length\nBug: CVE-2024-1111\n"
    "--- a/src/reader.c\n+++ b/src/reader.c\n@@ -6,6 +6,8 @@ int read_record(struct reader *in\n"
    "   unsigned length = next_byte(in);\n   unsigned i;\n+  if (length > room)\n+    return -1;\n"
    "   for (i = 0; i < length; i++)\n     out[i] = next_byte(in);\n   steps++;\n";

class PatchPresence : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_.write("old/src/reader.c", kVulnerable);
    directory_.write("new/src/reader.c", kFixed);
    directory_.write("fix.patch", kPatch);
  }

  Forms from_patch(const std::string& tree) {
    const std::vector<std::string> files{directory_ / "fix.patch"};
    auto learnt = learn_from_patches("CVE-2024-1111", files, tree, {});
    EXPECT_TRUE(learnt) << learnt.error().message;
    return learnt ? learnt->forms : Forms{};
  }
  // A file on its own, as a copy.
  PatchVerdict judge(const Forms& forms, const std::string& text,
                     const std::string& path = "vendor/reader.c") {
    const TempDirectory copy;
    copy.write(path, text);
    return judge_tree(forms, copy.path());
  }
  PatchVerdict judge_tree(const Forms& forms, const std::string& tree) {
    const PatchJudge judge({forms});
    const auto subject = source::open_subject(tree);
    const std::vector<JudgedPlace> places(1);
    auto verdicts = judge.judge(**subject, places, {});
    EXPECT_TRUE(verdicts);
    EXPECT_EQ(verdicts->size(), 1U);
    return verdicts->front();
  }

  TempDirectory directory_;
};

TEST_F(PatchPresence, KnowsTheFormsOfWholeFunctions) {
  const Forms forms = from_patch(directory_ / "old");
  ASSERT_EQ(forms.items.size(), 1U);
  EXPECT_EQ(forms.items[0].name, "read_record");
  EXPECT_THAT(forms.items[0].files, ElementsAre("reader.c"));
  EXPECT_EQ(judge(forms, kVulnerable).form, PatchForm::vulnerable_form);
  EXPECT_EQ(judge(forms, kFixed).form, PatchForm::fixed_form);
  EXPECT_EQ(judge(forms, kFixed).detail, "read_record() in vendor/reader.c is as after the fix");
  EXPECT_EQ(judge(forms, "int other(void) { return 3; }").form, PatchForm::absent);
}

TEST_F(PatchPresence, ThePatchedTreeTeachesTheSame) {
  const Forms old_way = from_patch(directory_ / "old"), new_way = from_patch(directory_ / "new");
  EXPECT_EQ(write_forms(old_way), write_forms(new_way));
  auto between = learn_between("CVE-2024-1111", directory_ / "old", directory_ / "new", {}, {});
  ASSERT_TRUE(between);
  between->forms.sources = old_way.sources;
  EXPECT_EQ(write_forms(between->forms), write_forms(old_way));
}

TEST_F(PatchPresence, LayoutNamesAndPlaceDoNotMatter) {
  const Forms forms = from_patch(directory_ / "old");
  std::string flat = kVulnerable.substr(kVulnerable.find("static"));
  std::replace(flat.begin(), flat.end(), '\n', ' ');
  flat.erase(flat.find("/*"), flat.find("*/") + 2 - flat.find("/*"));
  EXPECT_EQ(judge(forms, flat, "all-in-one.c").form, PatchForm::vulnerable_form);
  std::string renamed = kFixed;
  renamed.replace(renamed.find("read_record"), 11, "moz_read_record");
  EXPECT_EQ(judge(forms, renamed).form, PatchForm::fixed_form);
}

TEST_F(PatchPresence, ChangedLinesDecideWhereNoFormIsKnown) {
  const Forms forms = from_patch(directory_ / "old");
  const auto changed = [](std::string text) {
    text.replace(text.find("steps++"), 7, "steps += 2");
    return text;
  };
  const PatchVerdict fixed = judge(forms, changed(kFixed));
  EXPECT_EQ(fixed.form, PatchForm::fixed_form);
  ASSERT_EQ(fixed.items.size(), 1U);
  EXPECT_TRUE(fixed.items[0].by_statements);
  EXPECT_EQ(judge(forms, changed(kVulnerable)).form, PatchForm::vulnerable_form);
  const PatchVerdict other = judge(forms, reader("  return next_byte(in);\n"));
  EXPECT_EQ(other.form, PatchForm::unknown_form);
}

TEST_F(PatchPresence, APatchWithoutItsSourceIsLearntByItsLines) {
  const Forms forms = from_patch("");
  ASSERT_EQ(forms.items.size(), 1U);
  EXPECT_EQ(forms.items[0].kind, ItemKind::hunk);
  EXPECT_EQ(judge(forms, kVulnerable).form, PatchForm::vulnerable_form);
  EXPECT_EQ(judge(forms, kFixed).form, PatchForm::fixed_form);
}

TEST_F(PatchPresence, LaterFormsCountAsFixed) {
  Forms forms = from_patch(directory_ / "old");
  const std::string rewritten = reader("  return copy_checked(in, out, room, &steps);\n");
  EXPECT_EQ(judge(forms, rewritten).form, PatchForm::unknown_form);
  directory_.write("later/src/reader.c", rewritten);
  ASSERT_TRUE(learn_state(forms, directory_ / "later", /*after_fix=*/true, {}));
  EXPECT_EQ(judge(forms, rewritten).form, PatchForm::fixed_form);
}

TEST_F(PatchPresence, SomeOfAFixIsMixed) {
  directory_.write("old/src/writer.c", "int put(char *to) { to[0] = next(); return 1; }");
  directory_.write("new/src/writer.c",
                   "int put(char *to) { if (!to) return 0; to[0] = next(); return 1; }");
  const auto learnt =
      learn_between("CVE-2024-1111", directory_ / "old", directory_ / "new", {}, {});
  ASSERT_TRUE(learnt);
  ASSERT_EQ(learnt->forms.items.size(), 2U);
  directory_.write("half/reader.c", kFixed);
  directory_.write("half/writer.c", "int put(char *to) { to[0] = next(); return 1; }");
  EXPECT_EQ(judge_tree(learnt->forms, directory_ / "half").form, PatchForm::mixed);
}

TEST_F(PatchPresence, APatchKeepsABetweenToWhatItChanges) {
  std::string released = kFixed;
  released.replace(released.find("return steps;"), 13, "return steps + 0;");
  directory_.write("release/src/reader.c", released);
  const std::vector<std::string> files{directory_ / "fix.patch"};
  const auto all =
      learn_between("CVE-2024-1111", directory_ / "old", directory_ / "release", {}, {});
  const auto some =
      learn_between("CVE-2024-1111", directory_ / "old", directory_ / "release", files, {});
  ASSERT_TRUE(all && some);
  EXPECT_EQ(all->forms.items.size(), 2U);
  ASSERT_EQ(some->forms.items.size(), 1U);
  EXPECT_EQ(some->forms.items[0].name, "read_record");
}

TEST_F(PatchPresence, ADebianSeriesTeachesEveryCve) {
  const TempDirectory package;
  package.write("src/reader.c", kVulnerable);
  package.write("debian/patches/series", "# ours\nCVE-2024-1111.patch -p1\nlater.patch\n");
  package.write("debian/patches/CVE-2024-1111.patch", kPatch);
  package.write("debian/patches/later.patch",
                "--- a/src/reader.c\n+++ b/src/reader.c\n@@ -12,3 +12,3 @@\n     out[i] = "
                "next_byte(in);\n-  steps++;\n+  steps += 1;\n   return (int)length;\n");
  const auto learnt = learn_from_debian(package.path(), {});
  ASSERT_TRUE(learnt) << learnt.error().message;
  ASSERT_EQ(learnt->size(), 1U);
  EXPECT_THAT((*learnt)[0].notes, IsEmpty());
  const Forms& forms = (*learnt)[0].forms;
  EXPECT_EQ(forms.advisory, "CVE-2024-1111");
  ASSERT_EQ(forms.items.size(), 1U);
  EXPECT_EQ(forms.items[0].vulnerable.size(), 1U);
  EXPECT_EQ(forms.items[0].fixed.size(), 2U);  // after the fix, and after the later patch
}

TEST_F(PatchPresence, TestsAndDocumentsTeachNothing) {
  directory_.write("old/tests/t.c", "int t(void) { return 1; }");
  directory_.write("new/tests/t.c", "int t(void) { return 2; }");
  directory_.write("old/README.md", "one");
  directory_.write("new/README.md", "two");
  const auto learnt =
      learn_between("CVE-2024-1111", directory_ / "old", directory_ / "new", {}, {});
  ASSERT_TRUE(learnt);
  ASSERT_EQ(learnt->forms.items.size(), 1U);
  EXPECT_EQ(learnt->forms.items[0].name, "read_record");
}

TEST_F(PatchPresence, PlacesAreJudgedApart) {
  directory_.write("app/a/reader.c", kVulnerable);
  directory_.write("app/a/deep/reader.c", kFixed);
  directory_.write("app/main.c", "int main(void) { return 0; }");
  const PatchJudge judge({from_patch(directory_ / "old")});
  const auto subject = source::open_subject(directory_ / "app");
  const std::vector<JudgedPlace> places{{"a", {}}, {"a/deep", {"CVE-2024-1111"}}, {"b", {}}};
  for (const unsigned jobs : {1U, 4U}) {
    source::Options options;
    options.jobs = jobs;
    const auto verdicts = judge.judge(**subject, places, options);
    ASSERT_TRUE(verdicts);
    ASSERT_EQ(verdicts->size(), 3U);
    EXPECT_EQ((*verdicts)[0].form, PatchForm::vulnerable_form);
    EXPECT_EQ((*verdicts)[1].form, PatchForm::fixed_form);
    EXPECT_EQ((*verdicts)[2].form, PatchForm::absent);
  }
}

// An audit of a tree with two copies of libread at that version, one inside of the other.
Result<Audit> audit_of(const std::string& version, std::span<const Observation> observations,
                       std::string_view kind = "directory") {
  auto store = Store::in_memory("test");
  EXPECT_TRUE(store->put(
      testing::record("R-1", {"CVE-2024-1111"}, "libread", {testing::releases("1.0", "1.2")})));
  Advisories advisories;
  advisories.add(*std::move(store));
  AuditSubject subject;
  subject.kind = kind;
  for (const char* path : {"a", "a/deep"})
    subject.copies.push_back(
        {path, "libread", "pkg:generic/libread", {version}, "", "patched", {}});
  AuditOptions options;
  options.observations = observations;
  return audit(std::move(subject), advisories, options);
}

TEST_F(PatchPresence, AnAuditTakesWhatTheCodeSays) {
  directory_.write("app/a/reader.c", kVulnerable);
  directory_.write("app/a/deep/reader.c", kFixed);
  const std::vector<Forms> forms{from_patch(directory_ / "old")};
  const auto by_version = audit_of("1.1", {});
  ASSERT_TRUE(by_version);
  const auto seen = observe_patches(*by_version, forms, directory_ / "app", {});
  ASSERT_TRUE(seen);
  ASSERT_EQ(seen->size(), 2U);
  const auto by_code = audit_of("1.1", *seen);
  ASSERT_TRUE(by_code);
  ASSERT_EQ(by_code->findings.size(), 2U);
  EXPECT_EQ(by_code->findings[0].reason, Reason::vulnerable_form);
  EXPECT_EQ(by_code->findings[0].status, Status::affected);
  EXPECT_EQ(by_code->findings[1].reason, Reason::fixed_form);
  EXPECT_EQ(by_code->findings[1].status, Status::not_affected);
  EXPECT_EQ(by_code->findings[1].status_by_version, Status::affected);
  EXPECT_EQ(by_code->findings[1].patch_detail,
            "read_record() in a/deep/reader.c is as after the fix");
}

TEST_F(PatchPresence, NothingIsReadWhereNothingIsAsked) {
  const std::vector<Forms> forms{from_patch(directory_ / "old")};
  const std::string missing = directory_ / "no-such-tree";
  const auto cleared = audit_of("1.2", {}), checksums = audit_of("1.1", {}, "md5-list");
  ASSERT_TRUE(cleared && checksums);
  EXPECT_THAT(*observe_patches(*cleared, forms, missing, {}), IsEmpty());
  EXPECT_THAT(*observe_patches(*checksums, forms, missing, {}), IsEmpty());
  const auto open = audit_of("1.1", {});
  ASSERT_TRUE(open);
  EXPECT_THAT(*observe_patches(*open, {}, missing, {}), IsEmpty());
  EXPECT_FALSE(observe_patches(*open, forms, missing, {}));
}

TEST_F(PatchPresence, FormsAreKeptInFiles) {
  const FormsDirectory forms(directory_ / "forms");
  EXPECT_THAT(forms.advisories(), IsEmpty());
  const Forms learnt = from_patch(directory_ / "old");
  ASSERT_TRUE(forms.add(learnt));
  ASSERT_TRUE(forms.add(learnt));  // nothing new
  EXPECT_THAT(forms.advisories(), ElementsAre("CVE-2024-1111"));
  const auto again = forms.of("CVE-2024-1111");
  ASSERT_TRUE(again);
  EXPECT_EQ(write_forms(*again), write_forms(learnt));
  EXPECT_TRUE(forms.of("CVE-2000-0001")->empty());
  Forms bad = learnt;
  bad.advisory = "../x";
  EXPECT_EQ(forms.add(bad).error().code, ErrorCode::invalid_argument);
}

TEST(Forms, HoldNobodysLines) {
  Forms forms;
  forms.advisory = "CVE-2024-1";
  FormItem item;
  item.name = "f";
  item.files = {"f.c"};
  item.vulnerable = {0x0123456789abcdefU, 2};
  item.edits.push_back({{1}, {2}, {3}, {4}});
  forms.items.push_back(item);
  const std::string text = write_forms(forms);
  EXPECT_THAT(text, HasSubstr("0123456789abcdef"));
  const auto again = read_forms(text);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(write_forms(*again), write_forms(*again));
  EXPECT_EQ(again->items[0].edits, item.edits);
}

TEST(Forms, WhatIsNotSoundIsRefused) {
  const auto code = [](std::string_view json) { return read_forms(json).error().code; };
  EXPECT_EQ(code("{"), ErrorCode::corrupt);
  EXPECT_EQ(code("[]"), ErrorCode::corrupt);
  EXPECT_EQ(code(R"({"format": "other"})"), ErrorCode::unsupported);
  EXPECT_EQ(code(R"({"format": "stowaway-forms-1", "normalisation": 99})"), ErrorCode::unsupported);
  EXPECT_EQ(code(R"({"format": "stowaway-forms-1", "normalisation": 1, "items": [{"kind": "x"}]})"),
            ErrorCode::corrupt);
  EXPECT_EQ(code(R"({"format": "stowaway-forms-1", "normalisation": 1,
                     "items": [{"kind": "function", "fixed": "123"}]})"),
            ErrorCode::corrupt);
}

TEST(Forms, WhatIsBothIsNeither) {
  FormItem before, after;
  before.name = after.name = "f";
  before.files = after.files = {"f.c"};
  before.vulnerable = {1};
  before.fixed = {2};
  after.vulnerable = {2};
  after.fixed = {3};
  Forms forms, more;
  forms.items = {before};
  more.items = {after};
  merge(forms, more);
  ASSERT_EQ(forms.items.size(), 1U);
  EXPECT_THAT(forms.items[0].vulnerable, ElementsAre(1U));
  EXPECT_THAT(forms.items[0].fixed, ElementsAre(3U));
  EXPECT_THAT(forms.items[0].neutral, ElementsAre(2U));
}

}  // namespace
}  // namespace stowaway::advisory
