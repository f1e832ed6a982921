// Advisories out of records: what several publishers say of one vulnerability, under the name that
// most use. Pure.
#pragma once

#include <string>
#include <vector>

#include "advisory/record.h"

namespace stowaway::advisory {

struct Advisory {
  std::string id;                    // the CVE where there is one, else GHSA, else the shortest
  std::vector<std::string> aliases;  // every other name, sorted; ids of its records among them
  std::string summary;
  Rating rating;           // of the record that says most: see weighs_more()
  std::string modified;    // of the newest record
  bool withdrawn = false;  // every record is
  std::vector<std::string> cwes, fix_commits;
  std::vector<Record> records;  // by id; those that were withdrawn only where all were
};

// Records whose names (id and aliases) meet are one advisory, with two exceptions: names of two
// CVEs are never brought together, and a record about several CVEs (a DSA) stands with each of
// them. A withdrawn record says nothing where another stands. Sorted by id; the order of `records`
// does not show.
std::vector<Advisory> merge(std::vector<Record> records);

// True for "CVE-…": the names that are never brought together.
bool is_cve(std::string_view name);

}  // namespace stowaway::advisory
