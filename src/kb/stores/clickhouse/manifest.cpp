#include "kb/stores/clickhouse/manifest.h"

#include <algorithm>

#include "kb/pack/bytes.h"
#include "kb/pack/compress.h"

namespace stowaway::kb::clickhouse {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kMaxBytes = std::size_t{1} << 30;
constexpr std::size_t kMaxNameBytes = 4096;
constexpr std::size_t kMaxAliases = 10'000;

}  // namespace

KbId Manifest::id() const {
  std::vector<PackDigest> digests;
  for (const ManifestPack& pack : packs) digests.push_back(pack.digest);
  return kb_id_of(digests);
}

std::string encode_manifest(const Manifest& manifest) {
  ByteWriter out;
  out.u8(kFormat);
  for (const std::uint64_t number :
       {manifest.number, manifest.releases, manifest.contents, manifest.shingles})
    out.varint(number);
  out.varint(manifest.packs.size());
  for (const ManifestPack& pack : manifest.packs) {
    out.raw(std::as_bytes(std::span(pack.digest.bytes)));
    out.text(pack.component);
    out.varint(pack.aliases.size());
    for (const std::string& alias : pack.aliases) out.text(alias);
  }
  return compressed(out.bytes());
}

Result<Manifest> decode_manifest(std::string_view bytes, const KbId& id) {
  STOWAWAY_TRY(const auto raw, decompressed(bytes, kMaxBytes));
  ByteReader in(raw);
  if (in.u8() != kFormat) return fail(ErrorCode::unsupported, "a manifest of another format");
  Manifest out;
  for (std::uint64_t* number : {&out.number, &out.releases, &out.contents, &out.shingles})
    *number = in.varint();
  for (std::uint64_t left = in.varint(); left > 0 && in.ok(); --left) {
    ManifestPack pack;
    const auto digest = in.raw(pack.digest.bytes.size());
    if (!in.ok()) break;
    std::ranges::transform(digest, pack.digest.bytes.begin(),
                           [](std::byte byte) { return std::to_integer<std::uint8_t>(byte); });
    pack.component = in.text(kMaxNameBytes);
    const std::uint64_t aliases = in.varint();
    for (std::uint64_t i = 0; i < std::min<std::uint64_t>(aliases, kMaxAliases) && in.ok(); ++i)
      pack.aliases.emplace_back(in.text(kMaxNameBytes));
    out.packs.push_back(std::move(pack));
  }
  if (!in.ok() || !in.at_end() || !std::ranges::is_sorted(out.packs, {}, &ManifestPack::component))
    return fail(ErrorCode::corrupt, "a damaged manifest");
  if (out.id() != id) return fail(ErrorCode::corrupt, "a manifest of another knowledge base");
  return out;
}

}  // namespace stowaway::kb::clickhouse
