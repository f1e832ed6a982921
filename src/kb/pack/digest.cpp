#include "kb/pack/digest.h"

#include <algorithm>

#include "kb/pack/bytes.h"

namespace stowaway::kb {
namespace {

// Of what is derived from packs (origins, roles): count up when the same packs give another index.
// The rescan cache believes that equal ids mean equal answers.
constexpr std::uint8_t kRules = 1;

void add(ByteWriter& out, std::span<const std::uint8_t> bytes) { out.raw(std::as_bytes(bytes)); }

void add(ByteWriter& out, const std::vector<Span32>& spans) {
  out.varint(spans.size());
  for (const Span32 span : spans) {
    out.varint(span.first);
    out.varint(span.last);
  }
}

fingerprint::Sha256 digest_of_path(const PackPath& path) {
  ByteWriter out;
  out.text(path.path);
  out.u8(path.density_exponent);
  out.varint(path.versions.size());
  for (const PackFileVersion& version : path.versions) {
    out.varint(version.content);
    add(out, version.releases);
  }
  out.varint(path.shingles.size());
  for (const PackShingle& shingle : path.shingles) {
    out.fixed(shingle.key, sizeof shingle.key);
    add(out, shingle.versions);
  }
  return fingerprint::sha256_of(out.bytes());
}

fingerprint::Sha256 digest_of_contents(const std::vector<PackContent>& contents) {
  ByteWriter out;
  for (const PackContent& content : contents) {
    out.varint(content.size_bytes);
    add(out, content.md5);
    add(out, content.sha256);
    out.fixed(content.normalised, sizeof content.normalised);
  }
  return fingerprint::sha256_of(out.bytes());
}

}  // namespace

PackDigest digest_of(const Pack& pack) {
  ByteWriter out;
  for (const std::string* text : {&pack.component, &pack.purl, &pack.language, &pack.licence})
    out.text(*text);
  out.varint(pack.aliases.size());
  for (const std::string& alias : pack.aliases) out.text(alias);
  out.varint(pack.rank);
  out.varint(pack.releases.size());
  for (const PackRelease& release : pack.releases) {
    out.text(release.version);
    out.text(release.date);
    out.text(release.revision);
    out.varint(release.code_files);
  }
  add(out, digest_of_contents(pack.contents).bytes);
  out.varint(pack.paths.size());
  for (const PackPath& path : pack.paths) add(out, digest_of_path(path).bytes);
  return fingerprint::sha256_of(out.bytes());
}

KbId kb_id_of(std::span<const PackDigest> packs) {
  ByteWriter out;
  out.text("stowaway knowledge base");
  out.u8(kRules);
  for (const PackDigest& pack : packs) add(out, pack.bytes);
  const auto digest = fingerprint::sha256_of(out.bytes());
  KbId id{};
  std::copy_n(digest.bytes.begin(), id.size(), id.begin());
  return id;
}

}  // namespace stowaway::kb
