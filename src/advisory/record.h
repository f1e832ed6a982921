// One record of one publisher, as it was imported: the part of the OSV schema (1.6) that an audit
// needs. Plain values. Several records may tell of one vulnerability: merge.h puts them together.
#pragma once

#include <string>
#include <vector>

#include "advisory/severity.h"

namespace stowaway::advisory {

enum class EventKind { introduced, fixed, last_affected, limit };

struct Event {
  EventKind kind = EventKind::introduced;
  std::string version;  // a commit id in a GIT range; "0": before every version
};

enum class RangeKind { semver, ecosystem, git };

struct Range {
  RangeKind kind = RangeKind::ecosystem;
  std::string repo;           // of a GIT range: where the commits are
  std::vector<Event> events;  // in the order of the record
  std::vector<Event> stated;  // of a GIT range: the versions that the publisher states beside it
};

struct Affected {
  std::string ecosystem, name, purl;  // purl without version
  std::vector<Range> ranges;
  std::vector<std::string> versions;  // affected besides the ranges
  bool introduced_known = true;  // false: `introduced` "0" stands for "nobody looked how far back"
};

struct Record {
  std::string id;
  std::vector<std::string> aliases;  // sorted, without `id`
  std::string summary;               // one line; may be empty
  std::string modified;   // RFC 3339, UTC, so that text order is time order; may be empty
  std::string withdrawn;  // when; empty: it stands
  std::string source;     // who says so: "curated, upstream-git"; may be empty
  std::vector<std::string> cwes, fix_commits;  // sorted
  std::vector<Rating> ratings;
  std::vector<Affected> affected;
};

}  // namespace stowaway::advisory
