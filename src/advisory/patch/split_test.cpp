#include "advisory/patch/split.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "advisory/patch/item_text.h"

namespace stowaway::advisory::patch {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> names(std::string_view source, Language language = Language::c) {
  const TokenList list = tokens_of(source, language);
  std::vector<std::string> out;
  for (const Item& item : split(list, language))
    if (item.kind == ItemKind::function) out.push_back(item.name);
  return out;
}
std::vector<std::string> others(std::string_view source) {
  const TokenList list = tokens_of(source, Language::c);
  std::vector<std::string> out;
  for (const Item& item : split(list, Language::c))
    if (item.kind != ItemKind::function)
      out.push_back(std::string(name_of(item.kind)) + " " + item.name);
  return out;
}
// The body of the first function of that name.
FormHash body(std::string_view source, std::string_view name, Language language = Language::c) {
  const TokenList list = tokens_of(source, language);
  for (const Item& item : split(list, language))
    if (item.name == name) return print_of(list, item).body;
  ADD_FAILURE() << "no " << name << " in " << source;
  return 0;
}
std::size_t statements(std::string_view source, Language language = Language::c) {
  const TokenList list = tokens_of(source, language);
  return statements_of_piece(list, language).size();
}

TEST(SplitC, FindsFunctionsOfEveryStyle) {
  struct Row {
    const char* source;
    const char* name;
  };
  for (const Row& row : std::vector<Row>{
           {"int add(int a, int b) { return a + b; }", "add"},
           {"static inline unsigned long\nadd(void)\n{\n}\n", "add"},
           {"struct pair *make(int a) { return 0; }", "make"},
           {"int add(a, b)\n  int a;\n  char (*b)();\n{ return a; }", "add"},
           {"struct pair add(a) struct pair a; { return a; }", "add"},
           {"int ZEXPORT add(int a) { }", "add"},
           {"EXPORTED(int) add(int a) { }", "add"},
           {"int (add)(int a) { }", "add"},
           {"void (*handler(int number, void (*next)(int)))(int) { }", "handler"},
           {"int add(int a) __attribute__((nonnull(1))) { }", "add"},
           {"static int add(int a) FORMAT(1, 2) { }", "add"},
           {"DEFINE_FUNCTION(void, add, (int a)) { }", "DEFINE_FUNCTION(void,add,(int a))"},
           {"int add(int a[static 3], int b) { }", "add"},
           {"bool Reader::next(int a) const noexcept { }", "Reader::next"},
           {"template <class T> T Reader<T>::next() { }", "Reader::next"},
           {"Reader::Reader(int a) : a_(a), b_{2} { f(); }", "Reader::Reader"},
           {"Reader::~Reader() { }", "Reader::~Reader"},
           {"bool operator==(const A& a, const B& b) { }", "operator=="},
           {"void A::operator()(int x) { }", "A::operator()"},
           {"auto f(int a) -> std::vector<int> { }", "f"},
           {"namespace a { namespace b { int f() { } } }", "f"},
           {"namespace a::b { int f() { } }", "f"},
           {"extern \"C\" {\nint f(void) { }\n}", "f"},
           {"class EXPORT A final : public B<int> { public: int f(int a) { } };", "A::f"},
           {"struct A { A() : x(1) { } };", "A::A"},
           {"template <typename T, int N = (3 > 2)> void f(T a) { }", "f"},
           {"int f() try { } catch (...) { }", "f"},
       })
    EXPECT_THAT(names(row.source), ElementsAre(row.name)) << row.source;
}

TEST(SplitC, WhatIsNoFunctionIsNone) {
  for (const char* source :
       {"int x = f(3);", "int table[] = {1, 2};", "struct s { int a; } x;", "int f(int a);",
        "enum colour { red, green };", "typedef struct { int a; } s;", "int (*f)(int) = 0;",
        "#define F(x) { f(x); }", "static const struct s x = { .f = g(3) };"})
    EXPECT_THAT(names(source), IsEmpty()) << source;
}

TEST(SplitC, GoesOnBehindWhatItDoesNotUnderstand) {
  EXPECT_THAT(names("MODULE(\"x\")\nREGISTER(y)\nint f(int a) { }\nWEIRD { a; b; }\nint g() { }"),
              ElementsAre("f", "g"));
  EXPECT_THAT(names("} } int f() { }"), ElementsAre("f"));
  EXPECT_THAT(names("int f() { if (x) { }"), IsEmpty());  // its end is not known
}

TEST(SplitC, OneBranchOfConditionalsCountsForBraces) {
  EXPECT_THAT(names("int f(int a) {\n#ifdef X\n  if (a) {\n#else\n  if (!a) {\n#endif\n  }\n}\n"
                    "int g() { }"),
              ElementsAre("f", "g"));
  EXPECT_THAT(names("#ifdef X\nint f(int a) {\n#else\nint f(void) {\n#endif\n  return 1;\n}\n"
                    "int g() { }"),
              ElementsAre("f", "g"));
  EXPECT_THAT(names("int f() {\n#if 0\n  if (a) {\n#else\n  {\n#endif\n  }\n}\nint g() { }"),
              ElementsAre("f", "g"));
  EXPECT_THAT(names("#ifdef __cplusplus\nextern \"C\" {\n#endif\nint f() { }\n"
                    "#ifdef __cplusplus\n}\n#endif\nint g() { }"),
              ElementsAre("f", "g"));
}

TEST(SplitC, BracesInLiteralsAndCommentsAreNone) {
  EXPECT_THAT(
      names("int f() { c = '{'; s = \"}{{\"; /* { */ // {\n x = R\"a(}}{)a\"; }\nint g() {}"),
      ElementsAre("f", "g"));
  EXPECT_THAT(names("int f() { s = \"a\\\"{\"; n = 1'000'000; }\nint g() { }"),
              ElementsAre("f", "g"));
}

TEST(SplitC, MacrosTypesAndTablesAreItems) {
  EXPECT_THAT(others("#define MAX(a, b) ((a) > (b) ? (a) : (b))\n#define GUARD_H\n"),
              ElementsAre("macro MAX"));
  EXPECT_THAT(others("struct stream { int a; };\ntypedef struct { int b; } item;\n"
                     "static const int table[2] = {1, 2};\nenum colour { red };\nint f(void);"),
              ElementsAre("declaration struct stream", "declaration item", "declaration table",
                          "declaration enum colour"));
}

TEST(SplitC, AMethodIsNoPartOfItsType) {
  EXPECT_EQ(body("struct A { int x; int f() { return 1; } };", "struct A"),
            body("struct A { int x; int f() { return 2; } };", "struct A"));
  EXPECT_NE(body("struct A { int x; int f() { return 1; } };", "struct A"),
            body("struct A { long x; int f() { return 1; } };", "struct A"));
}

TEST(SplitC, ATypeInsideOfATypeIsNoPartOfIt) {
  const auto outer = [](const std::string& inner) {
    return body("struct A { int x; struct B { " + inner + " int g() { return 2; } } y; int z; };",
                "struct A");
  };
  EXPECT_EQ(outer("int a; int f() { return 1; }"), outer("long a; int f() { return 3; }"));
}

TEST(SplitJavascript, FindsNamedFunctions) {
  struct Row {
    const char* source;
    std::vector<std::string> names;
  };
  for (const Row& row : std::vector<Row>{
           {"function add(a, b) { return a + b; }", {"add"}},
           {"var add = function (a) { return a; };", {"add"}},
           {"jQuery.fn.add = function (a) { };", {"add"}},
           {"var o = { add: function () { }, 'sub-1': function () { }, mul() { } };",
            {"add", "sub-1", "mul"}},
           {"class A extends B { constructor() { } get x() { } static async *y() { } }",
            {"A::constructor", "A::x", "A::y"}},
           {"const add = (a, b) => { return a; }; const neg = a => { };", {"add", "neg"}},
           {"(function () { function inner() { } })();", {"inner"}},
           {"if (a) { } for (;;) { } while (b) { } switch (c) { } x.map(function () { });", {}},
           {"async function f() { } function* g() { }", {"f", "g"}},
           {"var r = /[{/]{/.test(a) / 2; function f() { return /}/; }", {"f"}},
           {"var s = `a ${b + `{${c}`} {`; function f() { }", {"f"}},
       })
    EXPECT_EQ(names(row.source, Language::javascript), row.names) << row.source;
}

TEST(SplitJavascript, ANestedFunctionIsNoPartOfTheOneAround) {
  const auto outer = [](const char* inner) {
    return body("function outer() { var a = 1; function inner() { return " + std::string(inner) +
                    "; } return inner; }",
                "outer", Language::javascript);
  };
  EXPECT_EQ(outer("1"), outer("2"));
}

TEST(Forms, LayoutCommentsAndTheNameDoNotShow) {
  const FormHash form = body("int f(int a) { if (a) return f(a - 1); return 0; }", "f");
  EXPECT_EQ(
      form,
      body("int f(int a)\n{\n\tif (a) /* why */\n\t\treturn f (a-1);\n\treturn 0; // z\n}", "f"));
  EXPECT_EQ(form, body("int z_f(int a) { if (a) return z_f(a - 1); return 0; }", "z_f"));
  EXPECT_NE(form, body("int f(int a) { if (a) return f(a - 2); return 0; }", "f"));
  EXPECT_EQ(body("#define M(a) a + \\\n  b\n", "M"), body("#define M(a) a+b\n", "M"));
  EXPECT_NE(body("int f() { unsigned int a; }", "f"), body("int f() { unsignedint a; }", "f"));
}

TEST(Statements, BracesAndLineBreaksDoNotShow) {
  const auto of = [](std::string_view source) {
    const TokenList list = tokens_of(source, Language::c);
    return statements_of_piece(list, Language::c);
  };
  EXPECT_EQ(of("if (a) b(); else c();"), of("if (a) {\n b();\n} else {\n c();\n}"));
  EXPECT_EQ(of("f(a,\n  b);\nswitch (x) { case 1: g(); break; default: h(); }"),
            of("f(a, b); switch (x) {\ncase 1:\n  g();\n  break;\ndefault:\n  h();\n}"));
  EXPECT_EQ(statements("for (i = 0; i < n; i++) { a[i] = 0; }"), 2U);
  EXPECT_EQ(statements("out: free(a); return b ? c : d;"), 3U);
  EXPECT_EQ(statements("int a[] = {1, 2, 3};"), 4U);
  EXPECT_EQ(statements("a();\n#ifdef X\nb();\n#endif\n"), 4U);
  EXPECT_EQ(statements("x.map(function (a) { b(); return c })", Language::javascript), 4U);
  EXPECT_EQ(statements("a()\nb()\n  .c()\n", Language::javascript), 2U);
}

TEST(Split, AnyBytesGiveItems) {
  for (const Language language : {Language::c, Language::javascript})
    for (const char* source : {"", "{", "}", "(", ")", "#", "#if", "#else", "#endif", "\"", "/*",
                               "a(", "a){", "=>{", "R\"(", "`${", "operator", "class {", "::{"}) {
      static_cast<void>(names(source, language));
      static_cast<void>(statements(source, language));
    }
}

}  // namespace
}  // namespace stowaway::advisory::patch
