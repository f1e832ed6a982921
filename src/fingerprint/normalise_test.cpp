#include "fingerprint/normalise.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace stowaway::fingerprint {
namespace {

using std::string_view_literals::operator""sv;

std::string text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string normalised(std::string_view text, CommentStyle style) {
  std::vector<std::byte> out;
  return text_of(normalise(as_bytes(text), style, out));
}

NormalisedId id_of(std::string_view text, CommentStyle style) {
  std::vector<std::byte> out;
  return normalised_id(normalise(as_bytes(text), style, out));
}

struct Row {
  const char* fact;
  CommentStyle style;
  std::string_view text, normalised;
};

// The header's rules, one by one.
constexpr Row kRows[] = {
    {"nothing stays nothing", CommentStyle::c, "", ""},
    {"only white space", CommentStyle::c, " \t\r\n\f\v", ""},
    {"every byte up to 0x20 goes", CommentStyle::none, "a\x01\x1f b\tc\x7f", "abc\x7f"},
    {"high bytes stay", CommentStyle::c, "caf\xc3\xa9 \xff", "caf\xc3\xa9\xff"},
    {"white space goes in strings too", CommentStyle::c, "s = \"a b\";", "s=\"ab\";"},
    {"line ends", CommentStyle::c, "int a;\r\nint b;\rint c;\n", "inta;intb;intc;"},

    {"byte order mark", CommentStyle::c, "\xEF\xBB\xBFint a;", "inta;"},
    {"byte order mark before a line comment", CommentStyle::c, "\xEF\xBB\xBF// x\na", "a"},
    {"byte order mark, hash", CommentStyle::hash, "\xEF\xBB\xBF# x\na", "a"},
    {"byte order mark, none", CommentStyle::none,
     "\xEF\xBB\xBF"
     "a",
     "a"},
    {"only a leading mark", CommentStyle::c, "a\xEF\xBB\xBF", "a\xEF\xBB\xBF"},
    {"only one mark", CommentStyle::c, "\xEF\xBB\xBF\xEF\xBB\xBF", "\xEF\xBB\xBF"},
    {"part of a mark", CommentStyle::c, "\xEF\xBB", "\xEF\xBB"},

    {"line comment", CommentStyle::c, "int a; // note\nint b;", "inta;intb;"},
    {"line comment at the end", CommentStyle::c, "int a; // note", "inta;"},
    {"line comment at the start", CommentStyle::c, "// note\nint a;", "inta;"},
    {"line comment before CR LF", CommentStyle::c, "a; // c\r\nb;", "a;b;"},
    {"a lone CR does not end it", CommentStyle::c, "a; // c\rb;", "a;"},
    {"no line comment after a letter", CommentStyle::c, "a//x\nb", "a//xb"},
    {"no line comment in a scheme", CommentStyle::c, "see http://host/x", "seehttp://host/x"},
    {"no line comment after =", CommentStyle::c, "x =//y\n", "x=//y"},
    {"no line comment after /", CommentStyle::c, "a///x", "a///x"},
    {"line comment after ;", CommentStyle::c, ";//x", ";"},
    {"line comment after {", CommentStyle::c, "{//x", "{"},
    {"line comment after }", CommentStyle::c, "}//x", "}"},
    {"line comment after ,", CommentStyle::c, ",//x", ","},
    {"line comment after (", CommentStyle::c, "(//x", "("},
    {"line comment after )", CommentStyle::c, ")//x", ")"},
    {"line comment after a control byte", CommentStyle::c, "a\x01//x", "a"},

    {"block comment", CommentStyle::c, "int /* x\n y */ a;", "inta;"},
    {"empty block comment", CommentStyle::c, "a/**/b", "ab"},
    {"block comment at the end", CommentStyle::c, "a/* b */", "a"},
    {"stars before the end", CommentStyle::c, "a/*** b ***/c", "ac"},
    {"the opening's star does not close", CommentStyle::c, "a /*/ b */ c", "ac"},
    {"/*/ alone is not closed", CommentStyle::c, "a /*/", "a/*/"},
    {"unclosed is no comment", CommentStyle::c, "int a; /* open", "inta;/*open"},
    {"unclosed, ends with a star", CommentStyle::c, "a /* b *", "a/*b*"},
    {"a second unclosed one", CommentStyle::c, "/* a /* b", "/*a/*b"},
    {"line comments still go after an unclosed one", CommentStyle::c, "/* a\n// b\nc", "/*ac"},
    {"comments do not nest", CommentStyle::c, "/* a /* b */ c */", "c*/"},
    {"// in a block comment", CommentStyle::c, "/* // */ a", "a"},
    {"/* in a line comment", CommentStyle::c, "// /*\na */", "a*/"},
    {"a quote in a comment opens nothing", CommentStyle::c, "/* don't */ a // b", "a"},

    {"// in a string", CommentStyle::c, "s = \"a // b\";", "s=\"a//b\";"},
    {"/* in a string", CommentStyle::c, "s = \"/* no */\";", "s=\"/*no*/\";"},
    {"// in single quotes", CommentStyle::c, "s = ' // b';", "s='//b';"},
    {"an escaped quote", CommentStyle::c, R"("a\" // b" // c)", R"("a\"//b")"},
    {"an escaped backslash", CommentStyle::c, R"("a\\" // c)", R"("a\\")"},
    {"the other quote does not end it", CommentStyle::c, "\"it's // x\"", "\"it's//x\""},
    {"a literal ends with its line", CommentStyle::c, "' // x\na; // y", "'//xa;"},
    {"a literal may stay open", CommentStyle::c, "\"a // b", "\"a//b"},
    {"a backslash as the last byte", CommentStyle::c, "\"a\\", "\"a\\"},

    {"css: block comments only", CommentStyle::css, "a{} /* c */ // x", "a{}//x"},
    {"css: strings", CommentStyle::css, "a{b:\"/* x */\"}", "a{b:\"/*x*/\"}"},
    {"css: unclosed", CommentStyle::css, "a /* b", "a/*b"},

    {"hash: whole lines", CommentStyle::hash, "# c\n  # d\nx = 1 # kept\n", "x=1#kept"},
    {"hash: after tabs", CommentStyle::hash, "\t#x\ny", "y"},
    {"hash: CR LF", CommentStyle::hash, "a\r\n#b\r\nc", "ac"},
    {"hash: last line without end", CommentStyle::hash, "a\n#", "a"},
    {"hash: no C comments", CommentStyle::hash, "a /* b */ // c", "a/*b*///c"},
    {"hash: empty lines", CommentStyle::hash, "\n\n \na\n", "a"},

    {"none: no comments", CommentStyle::none, "a // b\n# c\n/* d */", "a//b#c/*d*/"},
};

TEST(Normalise, FollowsTheRules) {
  for (const Row& row : kRows)
    EXPECT_EQ(normalised(row.text, row.style), row.normalised) << row.fact;
}

TEST(Normalise, KeepsBinaryAsItIs) {
  constexpr auto kBinary = "a b\0 // c\n"sv;
  for (const auto style :
       {CommentStyle::none, CommentStyle::c, CommentStyle::css, CommentStyle::hash}) {
    std::vector<std::byte> out;
    const Bytes result = normalise(as_bytes(kBinary), style, out);
    EXPECT_EQ(result.data(), as_bytes(kBinary).data()) << "a view of the bytes themselves";
    EXPECT_EQ(result.size(), kBinary.size());
  }
}

TEST(Normalise, OnlyTheFirst8000BytesMakeATextBinary) {
  std::string text(9000, 'a');
  EXPECT_TRUE(looks_like_text(as_bytes(text)));
  EXPECT_TRUE(looks_like_text(as_bytes("")));
  text[8000] = '\0';
  EXPECT_TRUE(looks_like_text(as_bytes(text)));
  EXPECT_EQ(normalised(text, CommentStyle::c).size(), 8999U);  // a NUL is a byte <= 0x20
  text[7999] = '\0';
  EXPECT_FALSE(looks_like_text(as_bytes(text)));
  EXPECT_EQ(normalised(text, CommentStyle::c), text);
}

TEST(Normalise, TheBufferIsOverwritten) {
  std::vector<std::byte> out;
  const std::string text(5000, 'x');
  EXPECT_EQ(normalise(as_bytes(text), CommentStyle::c, out).size(), 5000U);
  const auto capacity = out.capacity();
  EXPECT_EQ(text_of(normalise(as_bytes("a b"), CommentStyle::c, out)), "ab");
  EXPECT_EQ(out.capacity(), capacity);
}

constexpr auto kFile = R"(/*
 * Copyright (C) 1995 A. Author. See LICENSE for details.
 */

#include "inflate.h"

/* fills the window; returns "how much" */
static int fill(struct state *s, const char *from) {
    // nothing to do
    if (s->left == 0) return 0;
    while (*from != '\'') {
        s->window[s->next++] = *from++;   /* one byte */
        if (s->next == s->size) s->next = 0;
    }
    return strcmp(from, "http://host/ // no comment");
}
)"sv;

std::string replaced(std::string_view text, std::string_view what, std::string_view with) {
  std::string out;
  for (std::size_t at; (at = text.find(what)) != std::string_view::npos;
       text.remove_prefix(at + what.size()))
    out.append(text.substr(0, at)).append(with);
  return out.append(text);
}

TEST(Normalise, LayoutAndLicenceHeadersDoNotChangeTheId) {
  const NormalisedId id = id_of(kFile, CommentStyle::c);
  EXPECT_EQ(id_of(replaced(kFile, "\n", "\r\n"), CommentStyle::c), id) << "CR LF";
  EXPECT_EQ(id_of(replaced(kFile, "    ", "\t"), CommentStyle::c), id) << "tabs";
  EXPECT_EQ(id_of(replaced(kFile, ") {", ")\n{"), CommentStyle::c), id) << "brace style";
  EXPECT_EQ(id_of("\xEF\xBB\xBF" + std::string(kFile), CommentStyle::c), id) << "byte order mark";
  const auto body = kFile.substr(kFile.find("*/") + 2);
  EXPECT_EQ(id_of(body, CommentStyle::c), id) << "no header";
  EXPECT_EQ(id_of("// SPDX-License-Identifier: Zlib\n" + std::string(body), CommentStyle::c), id);
  EXPECT_EQ(id_of(replaced(kFile, "// nothing to do", "/* nothing */"), CommentStyle::c), id);
}

TEST(Normalise, CodeChangesTheId) {
  const NormalisedId id = id_of(kFile, CommentStyle::c);
  EXPECT_NE(id_of(replaced(kFile, "return 0", "return 1"), CommentStyle::c), id);
  EXPECT_NE(id_of(replaced(kFile, "// no comment", "/ no comment"), CommentStyle::c), id);
  EXPECT_NE(id_of(kFile, CommentStyle::none), id);
}

// The rules once more, as plainly as they can be written.
std::string naive_c(std::string_view in, bool line_comments) {
  std::string out;
  const auto keep = [&](char c) {
    if (static_cast<unsigned char>(c) > 0x20) out.push_back(c);
  };
  const auto before_comment = [&](std::size_t at) {
    if (at == 0) return true;
    const char c = in[at - 1];
    return static_cast<unsigned char>(c) <= 0x20 || ";{},()"sv.find(c) != std::string_view::npos;
  };
  for (std::size_t at = 0; at < in.size();) {
    const char c = in[at];
    const std::string_view rest = in.substr(at);
    if (c == '\'' || c == '"') {
      keep(in[at++]);
      while (at < in.size()) {
        const char inside = in[at++];
        keep(inside);
        if (inside == c || inside == '\n') break;
        if (inside == '\\' && at < in.size()) keep(in[at++]);
      }
    } else if (const auto close = in.find("*/", at + 2);
               rest.starts_with("/*") && close != std::string_view::npos) {
      at = close + 2;
    } else if (line_comments && rest.starts_with("//") && before_comment(at)) {
      at = std::min(in.find('\n', at), in.size());
    } else {
      keep(in[at++]);
    }
  }
  return out;
}

// Text in which the bytes that matter are frequent.
rc::Gen<std::string> tricky_text() {
  return rc::gen::container<std::string>(rc::gen::elementOf(
      std::string("/////****''\"\"\\\\\n\n\r \t;{},()ab:#=\x01\x7f\xc3\xef\xbb\xbf")));
}

RC_GTEST_PROP(Normalise, IsWhatTheRulesSay, ()) {
  const std::string text = "x" + *tricky_text();  // no byte order mark
  RC_ASSERT(normalised(text, CommentStyle::c) == naive_c(text, true));
  RC_ASSERT(normalised(text, CommentStyle::css) == naive_c(text, false));
}

// The vector forms that this processor has.
std::vector<InstructionSet> fast_sets() {
  std::vector<InstructionSet> sets;
  for (const auto set : {InstructionSet::avx2, InstructionSet::avx512})
    if (set <= best_instruction_set()) sets.push_back(set);
  return sets;
}

RC_GTEST_PROP(Normalise, TheFastFormsEqualThePlainOne, ()) {
  const bool tricky = *rc::gen::arbitrary<bool>();
  std::string text = tricky ? *tricky_text() : *rc::gen::arbitrary<std::string>();
  for (int doubled = *rc::gen::inRange(0, 8); doubled > 0; --doubled) text += text;
  const auto style =
      *rc::gen::element(CommentStyle::none, CommentStyle::c, CommentStyle::css, CommentStyle::hash);
  std::vector<std::byte> fast, plain;
  for (const InstructionSet with : fast_sets())
    RC_ASSERT(text_of(normalise(as_bytes(text), style, fast, with)) ==
              text_of(normalise(as_bytes(text), style, plain, InstructionSet::scalar)));
}

// What a step of 64 bytes can cut apart, at every place that a cut can have.
TEST(Normalise, TheFastFormsEqualThePlainOneAtEveryCut) {
  constexpr std::string_view kPieces[] = {"/* c */ x",
                                          "/**/y",
                                          "/*/ z */ u",
                                          "a // b\nc",
                                          "\"s /* \\\" t\" u",
                                          "'\\'' /* */",
                                          "\"open\nnext // \n",
                                          "#x\n  # y\nz # w",
                                          "http://a;//b\n",
                                          "\"\\",
                                          "/* never",
                                          "a/b/c",
                                          "x*/ /*",
                                          " \t\n",
                                          "\"a\\\nb\" /* c */ d"};
  for (const std::string_view piece : kPieces)
    for (std::size_t before = 0; before < 140; ++before)
      for (const std::size_t after : {0U, 1U, 61U, 64U, 100U})
        for (const auto style :
             {CommentStyle::none, CommentStyle::c, CommentStyle::css, CommentStyle::hash}) {
          const std::string text =
              std::string(before, 'k') + std::string(piece) + std::string(after, 'q');
          std::vector<std::byte> fast, plain;
          for (const InstructionSet with : fast_sets())
            ASSERT_EQ(text_of(normalise(as_bytes(text), style, fast, with)),
                      text_of(normalise(as_bytes(text), style, plain, InstructionSet::scalar)))
                << text;
        }
}

RC_GTEST_PROP(Normalise, NeverGrowsAndLeavesNoWhiteSpaceInText, ()) {
  const std::string text = *rc::gen::arbitrary<std::string>();
  const auto style =
      *rc::gen::element(CommentStyle::none, CommentStyle::c, CommentStyle::css, CommentStyle::hash);
  const std::string result = normalised(text, style);
  RC_ASSERT(result.size() <= text.size());
  if (!looks_like_text(as_bytes(text))) return;
  for (const char c : result) RC_ASSERT(static_cast<unsigned char>(c) > 0x20);
}

}  // namespace
}  // namespace stowaway::fingerprint
