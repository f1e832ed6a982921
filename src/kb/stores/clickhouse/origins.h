// Who owns what in a set of packs: for each file version whether its component only carries it. As
// write_contents() decides for an index, from what the engine counts. Private to the store.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "kb/index/directory.h"
#include "kb/stores/clickhouse/cluster.h"

namespace stowaway::kb::clickhouse {

struct Origins {
  std::vector<std::vector<bool>> carried;  // by pack, by file version
  std::uint64_t contents = 0;              // different ones, of all packs
};

// `packs`: in the order of their components' names; `directories` are theirs. Fails with
// unavailable, corrupt or io.
Result<Origins> judge_origins(Cluster& cluster, const std::vector<std::uint64_t>& packs,
                              const std::vector<PackDirectory>& directories);

std::string encode_bits(const std::vector<bool>& bits);
// False: not so many.
bool decode_bits(std::string_view bytes, std::vector<bool>& bits);

}  // namespace stowaway::kb::clickhouse
