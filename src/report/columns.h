// Lines of cells under one another. Private to `report`.
#pragma once

#include <string>
#include <vector>

#include "report/writer.h"

namespace stowaway::report {

// Each row has as many cells as `titles`; cells are bytes. The column `elastic` is cut in its
// middle where a line would be wider than options.width_columns (0: as wide as it needs).
std::string in_columns(const std::vector<std::string>& titles,
                       const std::vector<std::vector<std::string>>& rows, std::size_t elastic,
                       const Options& options);

}  // namespace stowaway::report
