// The runner against a tiny library with a planted flaw, as it may lie in a subject.
#include "testcase/runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "testcase/control.h"
#include "testcase/sweep.h"
#include "testcase/testing/support.h"

namespace stowaway::testcase {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using testing::Files;
using ::testing::HasSubstr;
using testing::TempDirectory;

constexpr const char* kHeader =
    "typedef struct demo { char name[8]; int length; } demo;\nint demo_set(demo *it, const char "
    "*name);\n";

// demo_set copies a name; version 1 forgets the room that it has.
std::string source(bool fixed) {
  return "#include \"demo.h\"\n#include <string.h>\nint demo_set(demo *it, const char *name) {\n" +
         std::string(fixed ? "  if (strlen(name) > 7) return 0;\n" : "") +
         "  strcpy(it->name, name);\n  it->length = (int)strlen(name);\n  return 1;\n}\n";
}

constexpr const char* kProgram = R"(#include "stowaway_copy.h"
#include "stowaway_case.h"
#include <stdlib.h>
int main(void) {
  demo *it = (demo *)malloc(sizeof *it);
  if (!demo_set(it, "short") || it->length != 5) case_broken("a short name is refused");
  demo_set(it, "much longer than eight bytes, and than the number behind");
  case_clean("a long name is refused");
}
)";

Case overflow_case() {
  return testing::make_case(
      "language: c\nbuild: {sources: [demo.c], required: [demo.c], headers: [demo.h], entries: "
      "[demo_set]}\n"
      "expect: {reports: [memory-error]}\nvariants: [{name: plain, program: plain.c}]\n",
      {{"plain.c", kProgram}});
}

// A case whose program is `body` of main() against version 1 of the library, read as `expect`.
CaseOutcome run_body(const testing::Bench& bench, const std::string& expect,
                     const std::string& body, const std::string& library = source(false)) {
  const TempDirectory tree;
  testing::write_files(tree, "", {{"demo.c", library}, {"demo.h", kHeader}});
  const Case test = testing::make_case(
      "language: c\nbuild: {sources: [demo.c], headers: [demo.h], entries: [demo_set]}\nexpect: " +
          expect + "\nlimits: {cpu_seconds: 1}\nvariants: [{name: plain, program: plain.c}]\n",
      {{"plain.c",
        "#include \"stowaway_copy.h\"\n#include \"stowaway_case.h\"\n#include <stdlib.h>\nint "
        "main(void) {\n  static demo it;\n" +
            body + "\n}\n"}});
  return testing::run_case(bench, test, tree.path());
}

TEST(Runner, tells_the_flaw_from_its_repair) {
  STOWAWAY_BENCH_OR_SKIP(bench);
  const TempDirectory tree;
  testing::write_files(tree, "vendor/demo",
                       {{"src/demo.c", source(false)}, {"include/demo.h", kHeader}});
  testing::write_files(tree, "fixed", {{"src/demo.c", source(true)}, {"include/demo.h", kHeader}});
  const CaseOutcome bad =
      testing::run_case(*bench, overflow_case(), tree.path(), "1", "vendor/demo");
  EXPECT_EQ(bad.verdict, Verdict::vulnerable) << bad.evidence;
  EXPECT_THAT(bad.evidence, HasSubstr("in demo_set (src/demo.c:4)"));
  EXPECT_EQ(bad.variant, "plain");
  EXPECT_EQ(bad.path, "vendor/demo");
  const CaseOutcome good = testing::run_case(*bench, overflow_case(), tree.path(), "1", "fixed");
  EXPECT_EQ(good.verdict, Verdict::not_vulnerable) << good.evidence;
  EXPECT_EQ(good.evidence, "a long name is refused");
}

TEST(Runner, a_copy_may_have_other_names) {
  STOWAWAY_BENCH_OR_SKIP(bench);
  const auto replaced = [](std::string text, const std::string& from, const std::string& to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
      text.replace(at, from.size(), to);
    return text;
  };
  const std::string renamed_header =
      replaced(replaced(replaced(kHeader, "demo_set", "my_demo_set"), "} demo;", "} my_demo;"),
               "struct demo", "struct my_demo");
  const std::map<std::string, Files> copies{
      {"renamed in the text",
       {{"demo.c",
         replaced(replaced(source(false), "demo_set", "my_demo_set"), "demo *it", "my_demo *it")},
        {"demo.h", replaced(renamed_header, "demo *it", "my_demo *it")}}},
      {"renamed by a header",
       {{"demo.c", source(false)},
        {"demo.h", "#include \"rename.h\"\n" + std::string(kHeader)},
        {"rename.h", "#define demo_set MOZ_demo_set\n"}}},
      {"compiled as C++", {{"demo.cpp", source(false)}, {"demo.h", kHeader}}},
      {"in a namespace",
       {{"demo.cc", "#include <string.h>\nnamespace deep { namespace own {\n" +
                        replaced(source(false), "#include <string.h>", "") + "} }\n"},
        {"demo.h", "#pragma once\n" + std::string(kHeader)}}},
  };
  for (const auto& [what, files] : copies) {
    const TempDirectory tree;
    testing::write_files(tree, "", files);
    Case test = overflow_case();
    if (what == "in a namespace")
      tree.write("demo.h", "#pragma once\nnamespace deep { namespace own {\n" +
                               std::string(kHeader) + "} }\n");
    if (what == "in a namespace")
      tree.write(
          "demo.cc",
          replaced("#include \"demo.h\"\n#include <string.h>\nnamespace deep { namespace own {\n" +
                       source(false) + "} }\n",
                   "{\n#include \"demo.h\"\n#include <string.h>", "{"));
    const CaseOutcome outcome = testing::run_case(*bench, test, tree.path());
    EXPECT_EQ(outcome.verdict, Verdict::vulnerable)
        << what << ": " << outcome.evidence << ::testing::PrintToString(outcome.errors);
  }
}

TEST(Runner, missing_headers_are_looked_for_in_the_copy_the_case_and_the_subject) {
  STOWAWAY_BENCH_OR_SKIP(bench);
  const std::string code =
      "#include <demo_config.h>\n#include \"far/away.h\"\n#if DEMO_CONFIG != 7 || AWAY != 8 || "
      "defined(CHOSEN)\n#error wrong\n#endif\n" +
      source(false);
  Case test = overflow_case();
  test.variants[0].build.generated = {{"demo_config.h", "", {"config.h.in"}},
                                      {"demo_config.h", "#define DEMO_CONFIG 7\n", {}}};
  const TempDirectory tree;
  testing::write_files(tree, "",
                       {{"lib/demo.c", code},
                        {"lib/demo.h", kHeader},
                        {"build/far/away.h", "#include \"inner.h\"\n#include \"project.h\"\n"},
                        {"project.h.in", "#cmakedefine CHOSEN\n"},
                        {"build/far/inner.h", "#define AWAY 8\n"}});
  const CaseOutcome found = testing::run_case(*bench, test, tree.path(), "1", "lib");
  EXPECT_EQ(found.verdict, Verdict::vulnerable)
      << found.evidence << ::testing::PrintToString(found.errors);
  // The copy's own comes first.
  tree.write("lib/deep/demo_config.h", "#define DEMO_CONFIG 9\n");
  const CaseOutcome own = testing::run_case(*bench, test, tree.path(), "1", "lib");
  EXPECT_EQ(own.verdict, Verdict::needs_variant);
  EXPECT_THAT(own.errors, ElementsAre(HasSubstr("#error wrong")));
}

TEST(Runner, what_cannot_be_built_is_never_called_safe) {
  STOWAWAY_BENCH_OR_SKIP(bench);
  const TempDirectory tree;
  testing::write_files(
      tree, "",
      {{"broken/demo.c", "#include \"nowhere.h\"\nint demo_set;\n"}, {"broken/demo.h", kHeader}});
  testing::write_files(tree, "",
                       {{"other/demo.c", "int demo_set(int a) { return a; }\n"},
                        {"other/demo.h", "int demo_set(int);\n"}});
  testing::write_files(
      tree, "",
      {{"without/demo.c", "int demo_get(void) { return 1; }\n"}, {"without/demo.h", kHeader}});
  testing::write_files(tree, "", {{"empty/other.c", "int x;\n"}});
  const CaseOutcome broken = testing::run_case(*bench, overflow_case(), tree.path(), "1", "broken");
  EXPECT_EQ(broken.verdict, Verdict::needs_variant) << broken.evidence;
  EXPECT_THAT(broken.errors, ElementsAre(HasSubstr("nowhere.h")));
  EXPECT_THAT(broken.missing_variant, HasSubstr("versions: [{introduced: \"1\""));
  const CaseOutcome other = testing::run_case(*bench, overflow_case(), tree.path(), "1", "other");
  EXPECT_EQ(other.verdict, Verdict::needs_variant) << other.evidence;
  const CaseOutcome without =
      testing::run_case(*bench, overflow_case(), tree.path(), "1", "without");
  EXPECT_EQ(without.verdict, Verdict::not_applicable);
  EXPECT_EQ(without.evidence, "the copy defines no demo_set");
  const CaseOutcome empty = testing::run_case(*bench, overflow_case(), tree.path(), "1", "empty");
  EXPECT_EQ(empty.verdict, Verdict::not_applicable);
  EXPECT_EQ(empty.evidence, "the copy has no demo.c");
  EXPECT_EQ(testing::run_case(*bench, overflow_case(), tree.path(), "1", "none").evidence,
            "there is no code");
  const CaseOutcome gone = testing::run_case(*bench, overflow_case(), tree / "gone", "1");
  EXPECT_EQ(gone.verdict, Verdict::error);
  EXPECT_THAT(gone.evidence, HasSubstr("no such file"));
  // A file under another name may hold it after all.
  testing::write_files(tree, "", {{"moved/other.c", "int my_demo_set(void) { return 1; }\n"}});
  const CaseOutcome moved = testing::run_case(*bench, overflow_case(), tree.path(), "1", "moved");
  EXPECT_EQ(moved.verdict, Verdict::needs_variant);
  EXPECT_EQ(moved.evidence, "the copy has no demo.c, but moved/other.c knows demo_set");
  // What is there but cannot be read is neither.
  tree.write("unread/other.c", "int x;\n");
  ASSERT_EQ(::mkfifo((tree / "unread/demo.c").c_str(), 0600), 0);
  const CaseOutcome unread = testing::run_case(*bench, overflow_case(), tree.path(), "1", "unread");
  EXPECT_EQ(unread.verdict, Verdict::error);
  EXPECT_EQ(unread.evidence, "unread/demo.c could not be read");
}

TEST(Runner, what_lies_outside_the_copy_may_be_absent_as_long_as_nobody_touches_it) {
  STOWAWAY_BENCH_OR_SKIP(bench);
  const auto run = [&](const std::string& use) {
    const TempDirectory tree;
    const std::string own =
        "void *their_alloc(int);\nextern int their_limit;\nvoid *demo_new(void) { "
        "return their_alloc(their_limit); }\n";
    std::string code = source(true);
    code.replace(code.find("  strcpy"), 0, use);
    testing::write_files(tree, "", {{"demo.c", own + code}, {"demo.h", kHeader}});
    return testing::run_case(*bench, overflow_case(), tree.path());
  };
  const CaseOutcome untouched = run("");
  EXPECT_EQ(untouched.verdict, Verdict::not_vulnerable) << untouched.evidence;
  EXPECT_THAT(untouched.evidence, HasSubstr("(built without their_alloc and 1 more)"));
  for (const char* use : {"  their_alloc(1);\n", "  if (their_limit > 7) return 0;\n"}) {
    const CaseOutcome touched = run(use);
    EXPECT_EQ(touched.verdict, Verdict::error) << touched.evidence;
    EXPECT_THAT(touched.evidence, HasSubstr("the copy needs what lies outside it: their_"));
  }
}

TEST(Runner, the_variant_that_fits_the_version_comes_first_then_what_compiles) {
  Case test = overflow_case();
  test.variants = {{"old", "old.c", {{"0", "2", ""}}, {}},
                   {"new", "new.c", {{"2", "", ""}}, {}},
                   {"any", "any.c", {}, {}}};
  const auto names = [&](const std::vector<std::string>& versions) {
    std::string all;
    for (const Variant* variant : in_order_of_fit(test, versions)) all += variant->name + " ";
    return all;
  };
  EXPECT_EQ(names({"3"}), "new any old ");
  EXPECT_EQ(names({"1"}), "old any new ");
  EXPECT_EQ(names({"1", "2"}), "old new any ");
  EXPECT_EQ(names({}), "old new any ");

  STOWAWAY_BENCH_OR_SKIP(bench);
  const TempDirectory tree;
  testing::write_files(tree, "", {{"demo.c", source(false)}, {"demo.h", kHeader}});
  Case two = overflow_case();
  two.variants = {{"other-api", "other.c", {}, two.variants[0].build}, two.variants[0]};
  two.files["other.c"] =
      "#include \"stowaway_copy.h\"\nint main(void) { return demo_set_all(1); }\n";
  const CaseOutcome outcome = testing::run_case(*bench, two, tree.path());
  EXPECT_EQ(outcome.verdict, Verdict::vulnerable);
  EXPECT_EQ(outcome.variant, "plain");
}

TEST(Runner, each_way_to_be_bad_is_seen_and_nothing_else) {
  STOWAWAY_BENCH_OR_SKIP(bench);
  const auto verdict = [&](const char* expect, const char* body) {
    return run_body(*bench, expect, body).verdict;
  };
  EXPECT_EQ(verdict("{wrong_result: true}",
                    "if (demo_set(&it, \"9 letters\")) "
                    "case_bad(\"accepted\");\ncase_clean(\"\");"),
            Verdict::vulnerable);
  EXPECT_EQ(verdict("{wrong_result: true}", "demo_set(&it, \"a\"); case_not_applicable(\"none\");"),
            Verdict::not_applicable);
  EXPECT_EQ(verdict("{wrong_result: true}", "demo_set(&it, \"a\"); abort();"), Verdict::error);
  // A fault of the program is none of the copy's.
  EXPECT_EQ(
      verdict(
          "{reports: [memory-error]}",
          "char *p = malloc(1); demo_set(&it, \"a\"); p[it.length] = 1; case_clean(\"%s\", p);"),
      Verdict::error);
  EXPECT_EQ(
      run_body(*bench, "{hang: true}", "case_armed(); demo_set(&it, \"a\"); case_clean(\"\");",
               "#include \"demo.h\"\nint demo_set(demo *it, const char *name) { for (;;) "
               "it->length ^= name[0]; }\n")
          .verdict,
      Verdict::vulnerable);
  EXPECT_EQ(run_body(*bench, "{assertion: true}", "demo_set(&it, \"a\"); case_clean(\"\");",
                     "#include \"demo.h\"\n#include <assert.h>\nint demo_set(demo *it, const char "
                     "*name) { assert(it == 0); return name[0]; }\n")
                .verdict,
            Verdict::vulnerable);
  EXPECT_EQ(run_body(*bench, "{reports: [index-out-of-bounds]}",
                     "demo_set(&it, \"a\"); case_clean(\"\");",
                     "#include \"demo.h\"\nint demo_set(demo *it, const char *name) { return "
                     "it->name[8 + (name[0] == 'b')]; }\n")
                .verdict,
            Verdict::vulnerable);
  // A copy that ends the program does not clear itself.
  EXPECT_EQ(run_body(*bench, "{wrong_result: true}", "demo_set(&it, \"a\"); case_clean(\"\");",
                     "#include \"demo.h\"\n#include <stdlib.h>\nint demo_set(demo *it, const char "
                     "*name) { exit(0); }\n")
                .verdict,
            Verdict::error);
}

TEST(Runner, a_needed_library_is_a_neighbour_or_the_systems) {
  STOWAWAY_BENCH_OR_SKIP(bench);
  const TempDirectory tree;
  testing::write_files(tree, "",
                       {{"a/demo.c", "#include <helper.h>\n" + source(false)},
                        {"a/demo.h", kHeader},
                        {"b/helper.c", "int helper(void) { return 4; }\n"},
                        {"b/helper.h", "int helper(void);\n"}});
  Case test = testing::make_case(
      "language: c\nbuild: {sources: [demo.c], headers: [demo.h], entries: [demo_set]}\n"
      "needs: [{component: helper, build: {sources: [helper.c], headers: [helper.h]}, "
      "system_links: [no-such-library]}]\n"
      "expect: {reports: [memory-error]}\nvariants: [{name: plain, program: plain.c}]\n",
      {{"plain.c", kProgram}});
  const Runner runner(bench->sandbox, bench->tools, {2, {}});
  const Case* const one[] = {&test};
  const auto with =
      runner.run({{tree.path(), "a"}, "demo", {"1"}, {{"helper", {tree.path(), "b"}}}}, one);
  ASSERT_TRUE(with) << with.error().message;
  EXPECT_EQ(with->front().verdict, Verdict::vulnerable) << with->front().evidence;
  const auto alone = runner.run({{tree.path(), "a"}, "demo", {"1"}, {}}, one);
  ASSERT_TRUE(alone);
  EXPECT_EQ(alone->front().verdict, Verdict::needs_variant);
  EXPECT_THAT(alone->front().errors, Contains(HasSubstr("no-such-library")));
}

TEST(Runner, scripts_are_run_by_node) {
  STOWAWAY_BENCH_OR_SKIP(bench);
  if (bench->tools.node.empty()) GTEST_SKIP() << "SKIPPED: scripts were NOT tested here: no node";
  const Case test = testing::make_case(
      "language: javascript\nbuild: {sources: [demo.js]}\nexpect: {wrong_result: true}\nvariants: "
      "[{name: plain, program: plain.js}]\n",
      {{"plain.js",
        "const test = require('stowaway_case');\nconst demo = test.load('demo');\n"
        "if (demo.twice === undefined) test.notApplicable('no twice');\n"
        "if (demo.twice(2) !== 4) test.bad('twice 2 is ' + demo.twice(2));\ntest.clean();\n"}});
  const auto verdict = [&](const std::string& code) {
    const TempDirectory tree;
    tree.write("lib/demo.js", code);
    return testing::run_case(*bench, test, tree.path()).verdict;
  };
  EXPECT_EQ(verdict("module.exports = {twice: (x) => x + 3};"), Verdict::vulnerable);
  EXPECT_EQ(verdict("var demo = {twice: function (x) { return 2 * x; }};"),
            Verdict::not_vulnerable);
  EXPECT_EQ(
      verdict("(function () { this.demo = {twice: function (x) { return 2 * x; }}; }).call(this);"),
      Verdict::not_vulnerable);
  EXPECT_EQ(verdict("exports.demo = {};"), Verdict::not_applicable);
  EXPECT_EQ(verdict("export default 1;"), Verdict::needs_variant);
  EXPECT_EQ(verdict("exports.demo = {twice: () => process.exit(0)};"), Verdict::error);
  EXPECT_EQ(verdict("exports.demo = {twice: () => { throw new Error('x'); }};"), Verdict::error);
}

TEST(Control, a_verdict_needs_two_releases_told_apart_by_the_same_compiler) {
  STOWAWAY_BENCH_OR_SKIP(bench);
  const TempDirectory tree;
  testing::write_files(tree, "",
                       {{"1/demo.c", source(false)},
                        {"1/demo.h", kHeader},
                        {"2/demo.c", source(true)},
                        {"2/demo.h", kHeader},
                        {"0.9/readme.c", ""}});
  Case test = overflow_case();
  const Runner runner(bench->sandbox, bench->tools, {2, {}});
  const std::vector<Release> releases{named_release(test, "0.9", tree / "0.9"),
                                      named_release(test, "1", tree / "1"),
                                      named_release(test, "2", tree / "2")};
  const auto verified = verify(runner, test, releases);
  ASSERT_TRUE(verified) << verified.error().message;
  EXPECT_TRUE(verified->told_apart());
  test.fixed = "1";  // the same release twice
  EXPECT_FALSE(verify(runner, test, releases)->told_apart());
  test.fixed = "3";
  EXPECT_EQ(verify(runner, test, releases).error().code, ErrorCode::not_found);

  const auto swept = sweep(runner, test, releases, 2, nullptr);
  ASSERT_TRUE(swept);
  EXPECT_EQ(describe(swept->spans, Verdict::vulnerable), "1");
  EXPECT_EQ(describe(swept->spans, Verdict::not_applicable), "0.9");
  EXPECT_EQ(describe(swept->spans, Verdict::error), "none");
  EXPECT_THAT(swept->vulnerable_unclaimed, ::testing::IsEmpty());
}

TEST(Control, records_hold_for_one_case_and_one_compiler) {
  const TempDirectory directory;
  const std::string file = directory / "state/records.json";
  Case test = overflow_case();
  ASSERT_TRUE(write_record(file, {control_key(test), "gcc 12", "1", "2"}));
  ASSERT_TRUE(write_record(file, {"other", "gcc 12", "1", "2"}));
  ASSERT_TRUE(write_record(file, {control_key(test), "gcc 12", "1", "2"}));
  const auto records = read_records(file);
  ASSERT_TRUE(records);
  EXPECT_EQ(records->size(), 2U);
  EXPECT_TRUE(is_controlled(*records, test, "gcc 12"));
  EXPECT_FALSE(is_controlled(*records, test, "gcc 13"));
  EXPECT_THAT(verified_with(*records, test), ElementsAre("gcc 12"));
  test.files["plain.c"] += " ";
  EXPECT_FALSE(is_controlled(*records, test, "gcc 12"));
  directory.write("bad.json", "{");
  EXPECT_EQ(read_records(directory / "bad.json").error().code, ErrorCode::corrupt);
  EXPECT_TRUE(read_records(directory / "none.json")->empty());
}

}  // namespace
}  // namespace stowaway::testcase
