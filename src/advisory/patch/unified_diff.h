// Reads unified diffs: those of diff -u, git, quilt and Subversion, with any text around them.
// Foreign bytes: bounded, fuzzed (fuzz/fuzz_unified_diff.cpp). Pure; safe from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace stowaway::advisory::patch {

inline constexpr std::size_t kMaxDiffBytes = std::size_t{64} << 20;
inline constexpr std::size_t kMaxDiffFiles = 20'000;
inline constexpr std::size_t kMaxDiffHunks = 200'000;

struct DiffLine {
  char sign = ' ';        // ' ', '-' or '+'
  std::string_view text;  // without sign and line end; into the diff
};

struct Hunk {
  std::size_t old_line = 0, new_line = 0;  // first line, from 1; 0: before the first
  std::string_view heading;                // behind the second "@@": often a function's head
  std::vector<DiffLine> lines;
};

struct FileDiff {
  std::string old_path, new_path;  // as written: "a/src/inflate.c"; "" for /dev/null
  std::vector<Hunk> hunks;         // may be empty: a mere rename
};

struct Diff {
  std::string_view preamble;  // what stands before the first file
  std::vector<FileDiff> files;
};

// A hunk that is shorter than its "@@" line says ends where it ends. Fails with corrupt (no file in
// it; a context diff), or limit_exceeded.
Result<Diff> read_diff(std::string_view text);

// "src/inflate.c" of "a/src/inflate.c" or "zlib-1.2.11/src/inflate.c": without the first part.
std::string_view without_first_part(std::string_view path);

// What a hunk says of the code before or after it, as text.
std::string text_before(const Hunk& hunk);
std::string text_after(const Hunk& hunk);

}  // namespace stowaway::advisory::patch
