// Lists without order or repetition. Private to `advisory`.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

namespace stowaway::advisory {

// Sorted, each once. (std::ranges::unique does not compile with Clang 14.)
inline void sort_once(std::vector<std::string>& texts) {
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
}

}  // namespace stowaway::advisory
