// What single files say: for each file of the subject, the components that hold it and where they
// keep it.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "kb/kb.h"
#include "match/collect.h"

namespace stowaway::match {

enum class HitQuality : std::uint8_t { exact, reformatted, similar };

// One file of the subject found in one component.
struct Hit {
  std::uint32_t file;  // position in Collected::files
  kb::ComponentId component;
  kb::PathId path;             // where the component keeps it: the path with the longest common end
  std::uint16_t common_parts;  // how many path parts, from the end, are equal; 0: renamed
  HitQuality quality;
  bool carried;              // the component only embeds the content itself
  std::uint8_t resemblance;  // position in ScannedFile::resembles, for `similar`
  float weight;              // informative weight, see docs/matching.md, "Weight"; 0…14
};

// All hits, by file, then component. A content that more than kMaxHolders components hold gives
// none.
std::vector<Hit> find_hits(const std::vector<ScannedFile>& files, const kb::Kb& kb);

// Number of equal parts at the ends of two paths: "a/lib/x.c" and "lib/x.c" give 2.
unsigned common_end_parts(std::string_view a, std::string_view b);

// The folder that remains of `path` when `parts` parts are taken from its end; with 0, its folder.
std::string_view root_of(std::string_view path, unsigned parts);

}  // namespace stowaway::match
