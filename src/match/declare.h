// What files state about versions: macros, banners, manifests. Evidence beside the contents, never
// instead of them. Pure; no I/O; safe from any thread. Reads untrusted text with bounded work:
// expressions run with a match limit over at most kMaxDeclaredBytes of a file.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "fingerprint/identity.h"

namespace stowaway::match {

inline constexpr std::size_t kMaxDeclaredBytes = std::size_t{1} << 20;

struct Statement {
  std::string
      name;  // "LZ4" of LZ4_VERSION_MAJOR, the package of a manifest; empty when nothing is named
  std::string version;  // "1.8.0"
  std::string
      method;  // "macro", "banner", "package.json", "autoconf", "cmake", "meson", "manifest"
};

// Statements of a source file: version macros in any of its usual forms, and the banner at its top.
std::vector<Statement> statements_in_code(fingerprint::Bytes bytes);

// Only the title of a script at its top, "jQuery UI Core 1.13.2": what is left of a minified file.
std::vector<Statement> titles_in_script(fingerprint::Bytes bytes);

// True for the names of files that declare a package: package.json, configure.ac, README.chromium …
bool is_manifest(std::string_view path);
std::vector<Statement> statements_in_manifest(std::string_view path, fingerprint::Bytes bytes);

}  // namespace stowaway::match
