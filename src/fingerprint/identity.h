// Content identities: what names a sequence of bytes. Bytes in, digests out; no I/O, no logging;
// safe from any thread.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace stowaway::fingerprint {

using Bytes = std::span<const std::byte>;

template <std::size_t N>
struct Digest {
  std::array<std::uint8_t, N> bytes{};
  auto operator<=>(const Digest&) const = default;
};

using Md5 = Digest<16>;      // what dpkg, OSV and SCANOSS publish; can be forged
using GitSha1 = Digest<20>;  // git's blob id: SHA-1 over "blob <size>\0" and the bytes
using Sha256 = Digest<32>;   // confirms a claim of identity

Md5 md5_of(Bytes bytes);
Sha256 sha256_of(Bytes bytes);
GitSha1 git_sha1_of(Bytes bytes);

// Lower-case hex, two digits a byte.
std::string to_hex(std::span<const std::uint8_t> bytes);
template <std::size_t N>
std::string to_hex(const Digest<N>& digest) {
  return to_hex(std::span<const std::uint8_t>(digest.bytes));
}

// Parses 32 hex digits of either case. Fails with corrupt.
Result<Md5> parse_md5(std::string_view hex);

inline Bytes as_bytes(std::string_view text) {
  return std::as_bytes(std::span<const char>(text.data(), text.size()));
}

}  // namespace stowaway::fingerprint
