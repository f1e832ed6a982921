// What a file is for, from its name alone: whether it is code, how its comments look, and which
// part of a project it belongs to. The knowledge is data: catalog/code-suffixes.txt and
// catalog/noise-names.txt, compiled in. Part of the pack format: the comment style decides the
// normalised bytes. Safe from any thread; no allocation.
#pragma once

#include <cstdint>
#include <string_view>

#include "fingerprint/normalise.h"

namespace stowaway::fingerprint {

enum class FileRole : std::uint8_t {
  library,  // what a copy consists of
  test,     // tests, fuzzers, benchmarks
  example,  // samples, demos
  documentation,
  boilerplate,  // build system, licence texts, generated skeletons: many unrelated projects carry
                // it
};

struct FileClass {
  bool is_code = false;
  CommentStyle comments = CommentStyle::none;
  FileRole role = FileRole::library;
};

// `path` is '/'-separated; letters of either case are equal.
FileClass classify(std::string_view path);

// What lies in one of the folders that projects keep other people's code in (third_party, vendor,
// node_modules …): "deps/zlib" of "deps/zlib/contrib/x.c". Empty if the path has no such folder.
// The deepest, where there are several.
std::string_view foreign_project(std::string_view path);

}  // namespace stowaway::fingerprint
