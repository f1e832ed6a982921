// Where in a staged tree a library's files lie, whatever its directories are called. Reads no file
// but through StagedTree; no I/O of its own.
#pragma once

#include <string>
#include <vector>

#include "testcase/case.h"
#include "testcase/staged_tree.h"

namespace stowaway::testcase {

struct Layout {
  std::string home;                   // subject directory that holds most of the sources
  std::vector<std::string> sources;   // subject paths, in the manifest's order
  std::vector<std::string> headers;   // the manifest's, as far as they are there
  std::vector<std::string> includes;  // subject directories to look for headers in, in this order
  std::vector<std::string> missing;   // required patterns that no file matches
  std::vector<std::string> unread;    // paths that a pattern matches but that could not be read
};

// For each pattern of build.sources: all that match it in `home`, or else the one that matches and
// lies nearest; x.c is also looked for as x.cpp, x.cc and x.cxx. A copy of a single file is that
// file, whatever its name.
Layout lay_out(const Build& build, const StagedTree& tree);

// True for what a C++ compiler must compile.
bool is_cpp_source(std::string_view path);

}  // namespace stowaway::testcase
