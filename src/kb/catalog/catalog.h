// The catalogue: which component comes from where, and how its tags become versions.
// catalog/README.md has the grammar. Pure parsing but for read_catalog; safe from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace stowaway::kb {

struct CatalogSource {
  std::string kind = "git";  // "npm", "debian"; not in catalogues: "archive", "directory"
  std::string location;      // URL; name of the package; path
  std::string tag_regex;     // git: PCRE, one capture group
  // git: the rule: "us", "subject:id", "filehist:PATH:id", "fixed:1.0", "rolling"; npm: the range,
  // empty for every final release; archive, directory: the release that it is
  std::string version;
  std::string subpath;
  std::string paths;      // PCRE: only files whose path (below subpath) it matches; empty: all
  std::string date = {};  // archive, directory: of the release; empty: of its newest file
  std::string status;     // empty: to be mined
};

struct CatalogEntry {
  std::string component, purl, language, licence, debian_source, npm;
  std::vector<std::string> aliases;
  unsigned rank = 0;
  std::vector<CatalogSource> sources;
};

// Fails with corrupt: "line 3: …", for an unknown or repeated key, a component without Component or
// Purl, a source without Git, Npm or Debian, with two of them, or with keys of another kind.
// Whether expressions and rules make sense is the miner's business (VersionRule).
Result<CatalogEntry> parse_catalog_entry(std::string_view text);

// One .catalog file, or every one in a directory (not below). Sorted by rank, then name. The first
// bad file in name order fails it, by name; so does a directory without any (not_found).
Result<std::vector<CatalogEntry>> read_catalog(const std::string& file_or_directory);

}  // namespace stowaway::kb
