// What names a pack by all that it says, and a knowledge base by the packs that it holds: the same
// wherever and however these are stored. Pure; safe from any thread.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "fingerprint/identity.h"
#include "kb/pack/pack.h"

namespace stowaway::kb {

using PackDigest = fingerprint::Sha256;
using KbId = std::array<std::uint8_t, 16>;

// Over the decoded pack, not the file: how it was compressed does not count. Not over where it was
// mined from, which no index holds.
PackDigest digest_of(const Pack& pack);

// `packs`: one a component, in the order of the components' names; merged, and with count_code().
KbId kb_id_of(std::span<const PackDigest> packs);

}  // namespace stowaway::kb
