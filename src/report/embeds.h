// The Embeds field of Debian control files as values: docs/embeds-field.md has its grammar.
// Pure; safe from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "match/result.h"

namespace stowaway::report {

inline constexpr std::size_t kMaxEmbedsBytes = std::size_t{1} << 20;  // of a field's value

struct EmbedsEntry {
  std::string component;  // never empty
  // Equal: that release. Different: one of the releases from this to that. One empty: nothing is
  // said on that side. Both empty: the version is unknown.
  std::string first, last;
  std::vector<std::string> marks;         // "fragment", "modified"; sorted, each once
  std::optional<std::string> path;        // "" is the root of the source; none: not said
  std::vector<std::string> alternatives;  // other components that it may be

  bool operator==(const EmbedsEntry&) const = default;
};

// "zlib (>= 1.2.3) (<= 1.2.5) <modified> {src/zlib} | zlib-ng". What the grammar has no character
// for is percent-encoded.
std::string text_of(const EmbedsEntry& entry);

// The entries in the order of their text, each once, as "NAME: a, b\n", folded with one entry a
// line where that is longer than 79 columns. Empty without entries: a field without value is not
// valid.
std::string embeds_field(std::string_view name, const std::vector<EmbedsEntry>& entries);

// The same on one line without name and line end.
std::string embeds_value(const std::vector<EmbedsEntry>& entries);

// Reads a field's value, folded or not. Marks that are not known are kept; empty entries (a comma
// at the end) are passed over. Fails with corrupt, saying which entry and why, or limit_exceeded.
Result<std::vector<EmbedsEntry>> parse_embeds(std::string_view value);

// What a scan found, in its order. Paths are left out where they are not wanted.
std::vector<EmbedsEntry> embeds_of(const match::ScanResult& result, bool with_paths);

}  // namespace stowaway::report
