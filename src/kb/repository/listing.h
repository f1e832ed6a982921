// The list of a published knowledge base, `index.json`: which packs belong together, with sizes and
// hashes. Its signature stands beside it. docs/kb-repository.md specifies it. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace stowaway::kb {

inline constexpr std::uint64_t kMaxListingBytes = std::uint64_t{64} << 20;
inline constexpr std::string_view kListingFile = "index.json";
inline constexpr std::string_view kListingSignature = "index.json.sig";

struct ListedPack {
  std::string component;  // [a-z0-9][a-z0-9+._-]*
  std::string sha256;     // hex, of the file
  std::uint64_t bytes = 0, releases = 0;
  bool operator==(const ListedPack&) const = default;
};

struct Listing {
  std::string name;  // of the knowledge base: a reader stays with the one that it began with
  std::uint64_t number = 0;        // grows with each publication, from 1
  std::string published, expires;  // "2026-11-23T08:00:00Z"
  std::vector<ListedPack> packs;   // by component, each once
};

// Where a pack lies, below the repository: its name changes with its contents, so that a list and
// what it names always fit, whatever a mirror has copied yet.
std::string path_of(const ListedPack& pack);

bool is_time(std::string_view text);  // as Listing::published

std::string encode_listing(const Listing& listing);
// Fails with corrupt, unsupported (another format) or limit_exceeded.
Result<Listing> decode_listing(std::string_view text);

}  // namespace stowaway::kb
