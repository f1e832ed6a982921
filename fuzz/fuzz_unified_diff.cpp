// Bytes as a patch, and behind a line of '=' the file that it applies to.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "advisory/patch/apply.h"
#include "advisory/patch/learn.h"
#include "advisory/patch/unified_diff.h"

using namespace stowaway;
using namespace stowaway::advisory;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size), file;
  if (const std::size_t at = text.find("\n====\n"); at != std::string_view::npos) {
    file = text.substr(at + 6);
    text = text.substr(0, at + 1);
  }
  const auto diff = patch::read_diff(text);
  if (!diff) return 0;
  STOWAWAY_CHECK(!diff->files.empty(), "a diff has files");
  for (const patch::FileDiff& one : diff->files) {
    for (const FormItem& item : patch::learn_hunks(one))
      STOWAWAY_CHECK(item.kind == ItemKind::hunk && item.edits.size() == 1, "a hunk is an edit");
    if (one.hunks.empty()) continue;
    const auto after = patch::apply(one, file, patch::Direction::forward, 0);
    if (after) static_cast<void>(patch::apply(one, *after, patch::Direction::reverse));
  }
  return 0;
}
