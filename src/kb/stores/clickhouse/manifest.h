// A published knowledge base: which packs, one a component, in the order of the components' names.
// As bytes: in the table `published`. Plain values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "kb/pack/digest.h"
#include "kb/stores/clickhouse/layout.h"

namespace stowaway::kb::clickhouse {

struct ManifestPack {
  PackDigest digest;
  std::string component;
  std::vector<std::string> aliases;
  PackNumber number() const { return number_of(digest); }
};

struct Manifest {
  std::uint64_t number = 0;  // of the publication: a later one has a larger
  std::uint64_t releases = 0, contents = 0, shingles = 0;
  std::vector<ManifestPack> packs;

  KbId id() const;
};

std::string encode_manifest(const Manifest& manifest);
// Foreign bytes. Fails with corrupt, also where the packs do not give `id`.
Result<Manifest> decode_manifest(std::string_view bytes, const KbId& id);

}  // namespace stowaway::kb::clickhouse
