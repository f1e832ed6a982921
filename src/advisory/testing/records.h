// Records for the tests of every room.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "advisory/keys.h"
#include "advisory/record.h"

namespace stowaway::advisory::testing {

using Events = std::vector<std::pair<EventKind, std::string>>;

inline Range range(RangeKind kind, const Events& events) {
  Range out;
  out.kind = kind;
  for (const auto& [event, version] : events) out.events.push_back({event, version});
  return out;
}

// One range of releases; `fixed` "": no fix.
inline Range releases(const std::string& introduced, const std::string& fixed) {
  Events events{{EventKind::introduced, introduced}};
  if (!fixed.empty()) events.emplace_back(EventKind::fixed, fixed);
  return range(RangeKind::ecosystem, events);
}

inline Record record(const std::string& id, std::vector<std::string> aliases,
                     const std::string& name, std::vector<Range> ranges) {
  Record out;
  out.id = id;
  out.aliases = std::move(aliases);
  out.modified = "2026-01-01T00:00:00Z";
  out.affected.push_back({"Upstream", name, "", std::move(ranges), {}, true});
  return out;
}

inline Component component(const std::string& name) {
  Component out;
  out.name = name;
  out.purl = "pkg:generic/" + name;
  return out;
}

}  // namespace stowaway::advisory::testing
