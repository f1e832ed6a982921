#include "report/embeds.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "report/embeds_check.h"

namespace stowaway::report {
namespace {

std::vector<EmbedsEntry> parsed(std::string_view value) {
  const auto entries = parse_embeds(value);
  EXPECT_TRUE(entries) << entries.error().message;
  return entries.value_or(std::vector<EmbedsEntry>{});
}

EmbedsEntry entry_of(std::string_view text) {
  const auto entries = parsed(text);
  EXPECT_EQ(entries.size(), 1U) << text;
  return entries.empty() ? EmbedsEntry{} : entries.front();
}

std::string refusal(std::string_view value) {
  const auto entries = parse_embeds(value);
  EXPECT_FALSE(entries) << value;
  return entries ? "" : entries.error().message;
}

TEST(Embeds, every_part_of_an_entry_is_read) {
  const EmbedsEntry entry =
      entry_of("lib%20jpeg (>= 1:2) (<= 1:3) <modified> <odd> {src/a%7Bb} | mozjpeg | c");
  EXPECT_EQ(entry.component, "lib jpeg");
  EXPECT_EQ(entry.first, "1:2");
  EXPECT_EQ(entry.last, "1:3");
  EXPECT_EQ(entry.marks, (std::vector<std::string>{"modified", "odd"}));
  EXPECT_EQ(entry.path, "src/a{b");
  EXPECT_EQ(entry.alternatives, (std::vector<std::string>{"mozjpeg", "c"}));
}

TEST(Embeds, folded_fields_commas_at_the_end_and_tight_writing_are_read) {
  EXPECT_EQ(parsed("\n zlib (= 1.2.11),\n libpng(>=1.6) ,\n").size(), 2U);
  EXPECT_EQ(text_of(entry_of("libpng(>=1.6)")), "libpng (>= 1.6)");
  EXPECT_EQ(text_of(entry_of("a (<= 2) (>= 1) {.}")), "a (>= 1) (<= 2) {.}");
  EXPECT_EQ(text_of(entry_of("a (>= 2) (<= 2)")), "a (= 2)");
  EXPECT_TRUE(parsed(" \n ").empty());
}

TEST(Embeds, what_is_wrong_is_said_with_the_entry) {
  EXPECT_EQ(refusal("zlib, (= 1)"), "\"(= 1)\": a component's name is missing");
  EXPECT_EQ(refusal("zlib (1.2)"), "\"zlib (1.2)\": a version comes after =, >= or <=");
  EXPECT_EQ(refusal("zlib (> 1.2)"), "\"zlib (> 1.2)\": a version comes after =, >= or <=");
  EXPECT_EQ(refusal("zlib (= 1) (= 2)"),
            "\"zlib (= 1) (= 2)\": two versions contradict one another");
  EXPECT_EQ(refusal("zlib (= 1"), "\"zlib (= 1\": a version ends with \")\"");
  EXPECT_EQ(refusal("zlib <modified"), "\"zlib <modified\": a mark ends with \">\"");
  EXPECT_EQ(refusal("zlib {a b}"), "\"zlib {a b}\": a path ends with \"}\"");
  EXPECT_EQ(refusal("zlib 1.2"), "\"zlib 1.2\": something follows that does not belong there");
  EXPECT_EQ(refusal("z%4"), "\"z%4\": \"%\" is followed by two hexadecimal digits");
  EXPECT_FALSE(parse_embeds(std::string(kMaxEmbedsBytes + 1, ' ')));
}

// Any bytes where the model has a text; "." is the one path that it cannot hold.
rc::Gen<std::string> some_text() {
  return rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::arbitrary<char>()));
}

rc::Gen<EmbedsEntry> some_entry() {
  return rc::gen::exec([] {
    EmbedsEntry entry;
    entry.component = *some_text();
    if (*rc::gen::arbitrary<bool>()) entry.first = *some_text();
    if (*rc::gen::arbitrary<bool>()) entry.last = *some_text();
    entry.marks = *rc::gen::container<std::vector<std::string>>(some_text());
    std::ranges::sort(entry.marks);
    entry.marks.erase(std::unique(entry.marks.begin(), entry.marks.end()), entry.marks.end());
    if (*rc::gen::arbitrary<bool>())
      entry.path = *rc::gen::suchThat(rc::gen::arbitrary<std::string>(),
                                      [](const std::string& path) { return path != "."; });
    entry.alternatives = *rc::gen::container<std::vector<std::string>>(some_text());
    return entry;
  });
}

RC_GTEST_PROP(EmbedsProperty, what_is_written_reads_back_the_same, ()) {
  const EmbedsEntry entry = *rc::gen::resize(30, some_entry());
  const auto read = parse_embeds(text_of(entry));
  RC_ASSERT(read.has_value());
  RC_ASSERT(read->size() == 1U);
  RC_ASSERT(read->front() == entry);
}

RC_GTEST_PROP(EmbedsProperty, fields_fold_and_unfold_without_loss, ()) {
  const auto entries =
      *rc::gen::resize(8, rc::gen::container<std::vector<EmbedsEntry>>(some_entry()));
  const std::string field = embeds_field("XS-Embeds", entries);
  RC_PRE(!entries.empty());
  const auto read = parse_embeds(std::string_view(field).substr(field.find(':') + 1));
  RC_ASSERT(read.has_value());
  RC_ASSERT(embeds_field("XS-Embeds", *read) == field);
  const auto declared = read_declared("Source: x\n" + field + "Priority: optional\n");
  RC_ASSERT(declared.has_value());
  RC_ASSERT(declared->entries == *read);
}

TEST(EmbedsCheck, fields_of_every_paragraph_count) {
  const auto declared = read_declared(
      "Source: x\nXS-Embeds: zlib (= 1)\n# remark\n\nPackage: y\nxbs-embeds:\n expat,\n libpng\n"
      "Description: Embeds: nothing\n\nPackage: z\nXB-Embeds: ${stowaway:Embeds}, six\n");
  ASSERT_TRUE(declared) << declared.error().message;
  EXPECT_EQ(embeds_value(declared->entries), "expat, libpng, six, zlib (= 1)");
  EXPECT_TRUE(declared->filled_by_build);
  EXPECT_FALSE(read_declared("Source: x\nX-Embedsy: zlib\n")->has_field);
  const auto wrong = read_declared("Source: x\n\nPackage: y\nXB-Embeds: (\n");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().message,
            "XB-Embeds of \"Package: y\": \"(\": a component's name is missing");
}

std::string compared(std::string_view declared, std::string_view found) {
  std::string text;
  for (const auto& difference : compare_embeds(parsed(declared), parsed(found)))
    text += text_of(difference) + "\n";
  return text;
}

TEST(EmbedsCheck, agreement) {
  EXPECT_EQ(compared("zlib (= 1.2.11)", "zlib (= 1.2.11) {a}, zlib (= 1.2.11) {b}"), "");
  EXPECT_EQ(compared("zlib (= 1.2.4)", "zlib (>= 1.2.3) (<= 1.2.5) {a}"), "");
  EXPECT_EQ(compared("zlib (= 1.2.4) <reviewed>", "zlib {a}"), "");
  EXPECT_EQ(compared("mozjpeg (= 3.0) {a}", "libjpeg (= 3.0) {a} | mozjpeg"), "");
  EXPECT_EQ(compared("", ""), "");
}

TEST(EmbedsCheck, differences) {
  EXPECT_EQ(compared("", "zlib (= 1) {a}"), "zlib (= 1) {a}: found, not declared\n");
  EXPECT_EQ(compared("zlib (= 1)", ""), "zlib (= 1): declared, not found\n");
  EXPECT_EQ(compared("zlib (= 1.2.8)", "zlib (= 1.2.11) {a}"),
            "zlib (= 1.2.11) {a}: found, but declared as zlib (= 1.2.8)\n");
  EXPECT_EQ(compared("zlib", "zlib (= 1.2.11) {a}"),
            "zlib (= 1.2.11) {a}: found, but declared as zlib\n");
  EXPECT_EQ(compared("zlib (>= 1)", "zlib (= 1.2.11) {a}"),
            "zlib (= 1.2.11) {a}: found, but declared as zlib (>= 1)\n");
  EXPECT_EQ(compared("zlib (= 1)", "zlib (= 1) <modified> {a}"),
            "zlib (= 1) <modified> {a}: found, but declared as zlib (= 1)\n");
  EXPECT_EQ(compared("zlib (= 1) {b}, zlib (= 1) {a}", "zlib (= 1) {a}"),
            "zlib (= 1) {b}: declared, not found\n");
}

}  // namespace
}  // namespace stowaway::report
