// The second pass of building: equal contents become one, with their keys and the places where they
// stand, and it is decided who owns what many hold.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "kb/index/index_file.h"
#include "kb/index/tables.h"

namespace stowaway::kb::index {

struct ContentCounts {
  std::uint64_t contents = 0, carried = 0;  // carried: file versions
};

// Adds all sections that are about contents. `tables` is finished. `carried`, where it is not null,
// says of each file version what was decided before; then `names` are not asked. Fails with io.
Result<ContentCounts> write_contents(Tables& tables, const ComponentNames& names,
                                     const std::vector<bool>* carried, IndexFile& out,
                                     const std::string& directory, std::uint64_t memory_bytes,
                                     ProgressSink* progress);

}  // namespace stowaway::kb::index
