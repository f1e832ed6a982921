// Models for the tests of every format: one as a scan finds it, one made by an enemy, one with
// nothing in it.
#pragma once

#include <string>

#include "match/result.h"
#include "report/writer.h"

namespace stowaway::report::testing {

inline Options sample_options() {
  Options options;
  options.tool_version = "0.1.0";
  options.timestamp = "2026-11-23T08:00:00Z";
  options.serial = "3e671687-395b-41f5-a30f-a58921a69b79";
  return options;
}

inline match::Copy copy_of(std::string path, std::string component, std::string purl,
                           std::string licence, std::vector<std::string> versions) {
  match::Copy copy;
  copy.path = std::move(path);
  copy.component = std::move(component);
  copy.purl = std::move(purl);
  copy.licence = std::move(licence);
  copy.versions = std::move(versions);
  return copy;
}

inline match::Copy modified_zlib() {
  match::Copy zlib =
      copy_of("3rdparty/libpng/zlib", "zlib", "pkg:github/madler/zlib", "Zlib", {"1.2.11"});
  zlib.version_note = "after 1.2.11, before 1.2.12";
  zlib.verdict = match::Verdict::modified;
  zlib.confidence = 0.9731;
  zlib.coverage_ratio = 0.8571;
  zlib.purity_ratio = 0.96;
  zlib.unchanged_ratio = 0.98765;
  zlib.counts = {.identical = 20,
                 .reformatted = 2,
                 .other_release = 1,
                 .changed = 1,
                 .added = 1,
                 .missing = 4};
  zlib.declared = {{"1.2.11", "3rdparty/libpng/zlib/zlib.h", "macro", true},
                   {"1.2.8", "3rdparty/libpng/zlib/README", "readme", false}};
  zlib.nested_in = 1;
  return zlib;
}

// With the files and rivals that `explain` asks for.
inline match::Copy explained_zlib() {
  using match::FileRelation;
  match::Copy zlib = modified_zlib();
  const std::string root = zlib.path + "/";
  zlib.files = {
      {root + "adler32.c", "adler32.c", FileRelation::identical, 1, {}},
      {root + "crc32.c", "crc32.c", FileRelation::reformatted, 1, {}},
      {root + "deflate.c", "deflate.c", FileRelation::changed, 0.93751, {}},
      {root + "inftrees.c", "inftrees.c", FileRelation::other_release, 1, {"1.2.12", "1.2.13"}},
      {root + "vendor.patch.c", "", FileRelation::added, 0, {}},
      {"gzlib.c", "gzlib.c", FileRelation::missing, 0, {}},
  };
  zlib.rivals = {{"1.2.11", 22, 1, 4}, {"1.2.12", 9, 14, 6}, {"1.2.10", 21, 2, 4}};
  return zlib;
}

inline std::vector<match::Copy> sample_copies() {
  using match::Verdict;
  match::Copy expat =
      copy_of("3rdparty/expat", "expat", "pkg:github/libexpat/libexpat", "MIT", {"2.4.6"});
  expat.verdict = Verdict::identical;
  expat.confidence = 1;
  expat.coverage_ratio = expat.purity_ratio = 1;
  expat.counts.identical = 31;
  expat.declared = {{"2.4.6", "3rdparty/expat/lib/expat.h", "macro", true}};

  match::Copy png = copy_of("3rdparty/libpng", "libpng", "pkg:github/pnggroup/libpng", "libpng-2.0",
                            {"1.6.34", "1.6.35", "1.6.36"});
  png.verdict = Verdict::subset;
  png.confidence = 0.991;
  png.coverage_ratio = 0.412;
  png.purity_ratio = 1;
  png.counts = {.identical = 15, .missing = 30};

  match::Copy jpeg =
      copy_of("plugins/imageformats/a-rather-long-directory-name/jpeg", "libjpeg-turbo",
              "pkg:github/libjpeg-turbo/libjpeg-turbo", "IJG AND BSD-3-Clause AND Zlib", {});
  jpeg.verdict = Verdict::fragment;
  jpeg.confidence = 0.55;
  jpeg.coverage_ratio = 0.04;
  jpeg.purity_ratio = 0.5;
  jpeg.unchanged_ratio = 0.8;
  jpeg.counts = {.identical = 1, .changed = 2, .added = 3, .missing = 140};
  jpeg.alternatives = {"libjpeg", "mozjpeg"};

  match::Copy lua = copy_of("src/lua", "lua", "pkg:generic/lua?download_url=https://www.lua.org",
                            "LicenseRef-lua-old", {"5.1.4", "5.1.5"});
  lua.verdict = Verdict::subset;
  lua.confidence = 0.95;
  lua.coverage_ratio = 0.9;
  lua.purity_ratio = 0.9;
  lua.counts = {.identical = 40, .added = 4, .missing = 5};

  match::Copy six = copy_of("tools/na\xefve/six.py", "six", "", "see the file itself", {"1.16.0"});
  six.verdict = Verdict::identical;
  six.confidence = 0.999;
  six.coverage_ratio = six.purity_ratio = 1;
  six.counts.identical = 1;
  return {expat, png, modified_zlib(), jpeg, lua, six};
}

inline match::ScanResult sample() {
  match::ScanResult result;
  result.subject = "trees/viewer-2.1";
  result.subject_kind = "directory";
  result.self = {
      {"viewer", "pkg:github/example/viewer", {"2.1"}, match::Verdict::subset, 0.98, 0.875}};
  result.copies = sample_copies();
  result.declared_only = {
      {"3rdparty/tinything", "tinything", "0.3", "3rdparty/tinything/package.json", ""},
      {"third_party/odd", "odd", "", "", "contrib/odd of viewer"}};
  result.summary = {.files = 1234, .bytes = 56'789'012, .links = 3, .archives = 1, .gaps = 7};
  result.gaps = {{"", source::GapReason::limit, "more than 20000000 files"},
                 {"data/fifo", source::GapReason::special_file, ""},
                 {"data/huge.bin", source::GapReason::too_large, "over 256 MiB"},
                 {"secret", source::GapReason::unreadable, "permission denied"},
                 {"x.zip", source::GapReason::encrypted, ""},
                 {"y.tar", source::GapReason::corrupt, "cut short"}};
  result.partial = true;
  result.kb = {"/usr/share/stowaway/starter.kb", "0123456789abcdef", 380, 12345, 830000, 4000000};
  return result;
}

// Everything that a name can be made of to break out of a format.
inline std::string hostile_text() {
  return std::string(
      "\x1b[31m\x07\x9b"
      "0m\x00\x7f\r\n\tEmbeds: evil (= 1)\n%{lua:os.exit()} %bcond ]]></text>"
      "<script>alert(1)</script>&amp;\"'`$(id)\\ \xc3\x28 \xed\xa0\x80 \xf4\x90\x80\x80 "
      "\xe2\x80\xae gnp.exe \xe2\x80\x8b {a} [b] (c), d | e # f ? g @ h%00 : \xef\xbb\xbf",
      174);
}

inline match::Copy hostile_copy(const std::string& text) {
  match::Copy copy =
      copy_of("a/" + text, text, "pkg:" + text, text, {text, "1" + text, "2" + text});
  copy.version_note = text;
  copy.verdict = match::Verdict::modified;
  copy.confidence = -1;
  copy.coverage_ratio = 17;
  copy.purity_ratio = 0;
  copy.unchanged_ratio = 0.00001;
  copy.declared = {{text, text, text, false}};
  copy.alternatives = {text, text};
  copy.files = {{text, text, match::FileRelation::changed, 2, {text, text}}};
  copy.rivals = {{text, 1, 2, 3}, {text, 1, 2, 3}};
  return copy;
}

// Hostile text in every field, copies that lie in one another in a circle, and one index that
// points nowhere.
inline match::ScanResult hostile(const std::string& text = hostile_text()) {
  match::ScanResult result;
  result.subject = result.subject_kind = text;
  result.self = {{text, text, {text}, match::Verdict::modified, 2, -1}};
  result.copies.assign(4, hostile_copy(text));
  result.copies[0].nested_in = 1;
  result.copies[1].nested_in = 0;
  result.copies[2].nested_in = 99;
  result.copies[3].nested_in = 2;
  result.copies[3].versions = {text};
  result.copies[2].path = "";
  result.declared_only = {{text, text, text, text, text}};
  result.gaps = {{text, source::GapReason::escapes, text}};
  result.summary.gaps = 1;
  result.partial = true;
  result.kb.path = result.kb.id = text;
  return result;
}

}  // namespace stowaway::report::testing
