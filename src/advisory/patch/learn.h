// From changes to forms. Pure.
#pragma once

#include <string>
#include <vector>

#include "advisory/patch/unified_diff.h"
#include "advisory/patch_forms.h"

namespace stowaway::advisory::patch {

// A file before and after; "" where it is not there.
struct FileChange {
  std::string path;
  std::string_view before, after;
};

// The items that the changes touch, without what only moved. Files that are no code, and tests,
// examples and documentation, give nothing.
std::vector<FormItem> learn_changes(const std::vector<FileChange>& changes);

// The same from a patch alone: items of kind `hunk`.
std::vector<FormItem> learn_hunks(const FileDiff& file);

// Another state of a file, from before or after the fix: its forms of the known items are added
// where nothing is known of them.
enum class When { before_fix, after_fix };
void learn_state(std::vector<FormItem>& items, std::string_view path, std::string_view text,
                 When when);

std::string_view file_name(std::string_view path);

}  // namespace stowaway::advisory::patch
