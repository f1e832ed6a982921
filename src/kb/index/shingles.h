// The third pass of building: which shingle occurs where.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "kb/index/index_file.h"
#include "kb/index/tables.h"

namespace stowaway::kb::index {

// Bits of the two file version numbers of an occurrence.
std::uint32_t version_bits_of(const Tables& tables);

// Adds all sections that are about shingles. `tables` is finished. Returns how many occurrences
// there are. Fails with io.
Result<std::uint64_t> write_shingles(Tables& tables, IndexFile& out, const std::string& directory);

}  // namespace stowaway::kb::index
