#include "match/declare.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace stowaway::match {
namespace {

// "name=version(method) …"
std::string shown(const std::vector<Statement>& statements) {
  std::string out;
  for (const Statement& s : statements)
    out += (out.empty() ? "" : " ") + s.name + "=" + s.version + "(" + s.method + ")";
  return out;
}

std::string in_code(std::string_view text) {
  return shown(statements_in_code(fingerprint::as_bytes(text)));
}
std::string in_manifest(std::string_view path, std::string_view text) {
  return shown(statements_in_manifest(path, fingerprint::as_bytes(text)));
}

struct Row {
  const char *text, *statements;
};

TEST(StatementsInCode, macros_constants_and_banners) {
  const Row rows[] = {
      {"", ""},
      {"int main() { return 0; }\n", ""},
      {"#define ZLIB_VERSION \"1.2.11\"\n", "ZLIB=1.2.11(macro)"},
      {"  #  define\tPNG_LIBPNG_VER_STRING   \"1.6.37\"\n", "PNG_LIBPNG=1.6.37(macro)"},
      {"#define LZ4_VERSION_MAJOR 1\n#define LZ4_VERSION_MINOR 9\n#define LZ4_VERSION_RELEASE 4\n",
       "LZ4=1.9.4(macro)"},
      {"#define XXH_VERSION_MAJOR 0\n#define XXH_VERSION_MINOR 8\n", "XXH=0.8(macro)"},
      {"#define LZ4_VERSION_MAJOR 1\n", ""},  // no minor number
      {"#define VERSION_COUNT 3\n", ""},
  };
  for (const Row& row : rows) EXPECT_EQ(in_code(row.text), row.statements) << row.text;
}

TEST(StatementsInCode, a_banner_counts_only_at_the_top) {
  const std::string banner = "/*! jQuery v3.6.0 | (c) */\n";
  EXPECT_EQ(in_code(banner + "x();\n"), "jQuery=3.6.0(banner)");
  EXPECT_EQ(in_code(std::string(3000, '\n') + banner), "");
}

TEST(StatementsInManifest, each_kind_in_its_own_way) {
  EXPECT_EQ(in_manifest("x/package.json",
                        R"({"name":"underscore","version":"1.8.3","dependencies":{"a":"1.0"}})"),
            "underscore=1.8.3(package.json)");
  EXPECT_EQ(in_manifest("package.json", R"({"version":7})"), "");
  EXPECT_EQ(in_manifest("package.json", "{"), "");
  EXPECT_EQ(in_manifest("package.json", "[[[[[["), "");
  EXPECT_EQ(in_manifest("configure.ac", "AC_PREREQ(2.5)\nAC_INIT([libyaml], [0.2.5], [bugs@x])\n"),
            "libyaml=0.2.5(autoconf)");
  EXPECT_EQ(in_manifest("a/CMakeLists.txt", "project(expat VERSION 2.4.1 LANGUAGES C)\n"),
            "expat=2.4.1(cmake)");
  EXPECT_EQ(in_manifest("meson.build", "project('lz4', 'c', version: '1.9.4')\n"),
            "lz4=1.9.4(meson)");
  EXPECT_EQ(in_manifest("README.chromium", "Name: zlib\nShort Name: zlib\nVersion: 1.2.12\n"),
            "zlib=1.2.12(manifest)");
  EXPECT_EQ(in_manifest("README.chromium", "Name: zlib\nVersion: unknown\n"), "");
  EXPECT_EQ(in_manifest("z/README", "ZLIB DATA COMPRESSION LIBRARY\n\nzlib 1.2.11 is a library.\n"),
            "zlib=1.2.11(readme)");
  EXPECT_EQ(in_manifest("README.md", "# Needs cmake of some kind\n\n" + std::string(500, 'x') +
                                         "\ncmake 3.1.0\n"),
            "");
  EXPECT_EQ(in_manifest("a/libpng.pc.in", "Name: libpng\nDescription: PNG\nVersion: 1.6.37\n"),
            "libpng=1.6.37(pkg-config)");
  EXPECT_EQ(in_manifest("a/libpng.pc.in", "Name: libpng\nVersion: @PNGLIB_VERSION@\n"), "");
}

TEST(IsManifest, goes_by_the_whole_file_name) {
  for (const char* path : {"package.json", "a/b/configure.ac", "CMakeLists.txt",
                           "third_party/x/README.chromium", "z/README.md", "libz.pc.in"})
    EXPECT_TRUE(is_manifest(path)) << path;
  for (const char* path : {"", "my-package.json", "package.json/x", "cmakelists.txt", "README.c"})
    EXPECT_FALSE(is_manifest(path)) << path;
}

TEST(StatementsInCode, many_statements_are_cut_off) {
  std::string text;
  for (int i = 0; i < 500; ++i)
    text += "#define A" + std::to_string(i) + "_VERSION \"1." + std::to_string(i) + "\"\n";
  EXPECT_EQ(statements_in_code(fingerprint::as_bytes(text)).size(), 24U);
}

TEST(StatementsInCode, what_lies_behind_the_limit_is_not_read) {
  const std::string late =
      std::string(kMaxDeclaredBytes, ' ') + "\n#define ZLIB_VERSION \"1.2.11\"\n";
  EXPECT_EQ(in_code(late), "");
}

RC_GTEST_PROP(Statements, bytes_of_any_kind_are_read, ()) {
  std::string text;
  const auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::oneOf(
      rc::gen::element<std::string>("#define ", "VERSION", "_MAJOR", " ", "\"", "1.2.3", "\n",
                                    "project(", "AC_INIT([", "{", "}",
                                    "\"version\":", "Version: ", "(", "=", "@version "),
      rc::gen::arbitrary<std::string>()));
  for (const std::string& piece : pieces) text += piece;
  const auto check = [](const std::vector<Statement>& statements) {
    RC_ASSERT(statements.size() <= 24U);
    for (const Statement& statement : statements)
      RC_ASSERT(!statement.version.empty() && !statement.method.empty());
  };
  check(statements_in_code(fingerprint::as_bytes(text)));
  for (const char* name : {"package.json", "qt_attribution.json", "configure.ac", "CMakeLists.txt",
                           "meson.build", "METADATA"})
    check(statements_in_manifest(name, fingerprint::as_bytes(text)));
}

}  // namespace
}  // namespace stowaway::match
