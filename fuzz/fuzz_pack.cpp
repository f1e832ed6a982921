// Bytes as a pack. The first byte chooses: 0, a whole file; otherwise sections, each "length (two
// bytes, little-endian), bytes", which are put into a container with right checksums, so that what
// lies behind these is reached. What is accepted must be the same after writing and reading it
// again.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "kb/pack/container.h"
#include "kb/pack/pack.h"

namespace {

using stowaway::kb::Pack;

void check_spans(const std::vector<stowaway::kb::Span32>& spans, std::size_t limit) {
  STOWAWAY_CHECK(!spans.empty(), "no spans");
  for (std::size_t i = 0; i < spans.size(); ++i) {
    STOWAWAY_CHECK(spans[i].first <= spans[i].last && spans[i].last < limit, "a span out of range");
    STOWAWAY_CHECK(i == 0 || spans[i].first >= spans[i - 1].last + 2, "spans that touch");
  }
}

void check(const Pack& pack) {
  STOWAWAY_CHECK(!pack.component.empty(), "no component");
  for (std::size_t p = 0; p < pack.paths.size(); ++p) {
    const auto& path = pack.paths[p];
    STOWAWAY_CHECK(!path.path.empty() && !path.versions.empty(), "an empty path");
    STOWAWAY_CHECK(p == 0 || pack.paths[p - 1].path < path.path, "paths out of order");
    for (const auto& version : path.versions) {
      STOWAWAY_CHECK(version.content < pack.contents.size(), "a content out of range");
      check_spans(version.releases, pack.releases.size());
    }
    for (std::size_t i = 0; i < path.shingles.size(); ++i) {
      STOWAWAY_CHECK(i == 0 || path.shingles[i - 1].key < path.shingles[i].key,
                     "keys out of order");
      check_spans(path.shingles[i].versions, path.versions.size());
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  std::vector<std::byte> file;
  const auto rest = std::as_bytes(std::span<const std::uint8_t>(data + 1, size - 1));
  if (data[0] == 0) {
    file.assign(rest.begin(), rest.end());
  } else {
    std::vector<stowaway::kb::Section> sections;
    for (std::size_t at = 0; at + 2 <= rest.size() && sections.size() < 13;) {
      const std::size_t wanted =
          std::to_integer<std::size_t>(rest[at]) | std::to_integer<std::size_t>(rest[at + 1]) << 8;
      at += 2;
      const auto bytes = rest.subspan(at, std::min(wanted, rest.size() - at));
      sections.push_back(
          {static_cast<std::uint32_t>(sections.size() + 1), false, {bytes.begin(), bytes.end()}});
      at += bytes.size();
    }
    file = stowaway::kb::write_container(1, sections);
  }
  const auto pack = stowaway::kb::decode_pack(file);
  if (!pack) return 0;
  check(*pack);
  const auto again = stowaway::kb::encode_pack(*pack);
  STOWAWAY_CHECK(again.has_value(), "what was read is too much to write");
  const auto decoded = stowaway::kb::decode_pack(*again);
  STOWAWAY_CHECK(decoded.has_value(), "what was written is not read");
  STOWAWAY_CHECK(stowaway::kb::encode_pack(*decoded) == again, "not the same after a round trip");
  return 0;
}
