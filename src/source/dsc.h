// Reads the text of a Debian source control file (.dsc). Pure: no files, no signature check; safe
// from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace stowaway::source {

struct DscFile {
  std::string name;  // of a file beside the .dsc; never holds '/' or NUL, never "." or ".."
  std::uint64_t size_bytes = 0;
  std::string sha256_hex;  // 64 lower-case digits, or "" if not listed
  std::string md5_hex;     // 32 lower-case digits, or "" if not listed
};

struct Dsc {
  std::string source;          // never empty
  std::string version;         // never empty, with epoch and revision
  std::string format;          // "3.0 (quilt)"; "1.0" if not stated
  std::vector<DscFile> files;  // in the order of the text; never empty; names are distinct
  bool is_signed = false;      // carries an OpenPGP signature, which was NOT checked
};

// Only the signed part counts where there is a signature. Fails with corrupt if a field is missing,
// malformed or contradicts another, and with limit_exceeded above 1 MiB.
Result<Dsc> parse_dsc(std::string_view text);

// The paragraphs of a Sources index, as `apt-cache showsrc` prints them; files[] holds the .dsc
// itself too. Fails as parse_dsc does, with limit_exceeded for more than 10,000 paragraphs.
Result<std::vector<Dsc>> parse_sources_index(std::string_view text);

}  // namespace stowaway::source
