// The catalogue: which component comes from where, and how its tags become versions.
// catalog/README.md has the grammar. Pure parsing but for read_catalog; safe from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace stowaway::kb {

struct CatalogSource {
  std::string repository;  // URL
  std::string tag_regex;   // PCRE, one capture group
  std::string version;  // the rule: "us", "subject:id", "filehist:PATH:id", "fixed:1.0", "rolling"
  std::string subpath;
  std::string status;  // empty: to be mined
};

struct CatalogEntry {
  std::string component, purl, language, licence, debian_source, npm;
  std::vector<std::string> aliases;
  unsigned rank = 0;
  std::vector<CatalogSource> sources;
};

// Fails with corrupt: "line 3: …", for an unknown or repeated key, a component without Component or
// Purl, a source without Git or Version. Whether expressions and rules make sense is the miner's
// business (VersionRule).
Result<CatalogEntry> parse_catalog_entry(std::string_view text);

// One .catalog file, or every one in a directory (not below). Sorted by rank, then name. The first
// bad file in name order fails it, by name; so does a directory without any (not_found).
Result<std::vector<CatalogEntry>> read_catalog(const std::string& file_or_directory);

}  // namespace stowaway::kb
