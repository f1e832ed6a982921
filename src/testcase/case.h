// A published test case: what a directory of testcases/ says. docs/test-cases.md has the grammar.
// Plain values; reading one (manifest.h) checks everything that is promised here.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "testcase/affected.h"

namespace stowaway::testcase {

enum class Language { c, cpp, javascript };
std::string_view name_of(Language language);

// A header that the component's own build would make. Used only where the copy has none.
struct GeneratedFile {
  std::string path;               // as it is included: "expat_config.h"
  std::string text;               // what it holds, unless
  std::vector<std::string> from;  // the copy has one of these: the first that is there is taken
};

// What of a copy to build, and how. Names are matched against the ends of paths, "*" within a
// name; all that exist are taken.
struct Build {
  std::vector<std::string> sources;   // to compile; for JavaScript: to load, the first that exists
  std::vector<std::string> required;  // of them: without these there is no entry either
  std::vector<std::string> without;   // not to be compiled though `sources` matches
  std::vector<std::string> headers;   // what the program needs to see, in this order
  std::vector<std::string> entries;   // functions that the copy must define, or the case does not
                                      // apply; C++ ones with their class: "XMLDocument::Parse"
  std::vector<std::string> flags;     // -D, -U, -std, -O and a few -f options
  std::vector<std::string> links;     // system libraries: "m"
  std::vector<GeneratedFile> generated;
};

// A second library: a copy in the same subject, else the system's.
struct Need {
  std::string component;
  Build build;                            // of a copy
  std::vector<std::string> system_links;  // of the system's: "z"
};

struct Variant {
  std::string name;
  std::string program;                 // a file of the case
  std::vector<VersionRange> versions;  // API range that it fits; empty: any
  Build build;                         // the case's, with what the variant says instead
};

// What counts as the bad behaviour; at least one.
struct Expectation {
  // Kinds of sanitizer reports, as sanitizer.h names them; "memory-error": any of AddressSanitizer.
  std::vector<std::string> reports;
  std::vector<std::string> files;  // of the copy, in which such a report must lie; none: any
  bool wrong_result = false;       // the program says so
  bool assertion = false;          // one of the copy's own
  bool hang = false;               // the processor time is used up
};

struct CaseLimits {
  unsigned cpu_seconds = 10;
  unsigned memory_mb = 1024;
};

struct Case {
  std::string name;  // of its directory
  std::string advisory;
  std::vector<std::string> aliases;  // other ids of the same
  std::string component, title, about;
  Language language = Language::c;
  std::vector<std::string> upstreams;  // URLs of git repositories that hold the releases
  std::vector<VersionRange> affected;  // as claimed
  std::string vulnerable, fixed;       // the releases of the positive control
  std::vector<Need> needs;
  Expectation expect;
  CaseLimits limits;
  std::vector<Variant> variants;             // at least one
  std::map<std::string, std::string> files;  // name to bytes: all of the directory but records
};

}  // namespace stowaway::testcase
