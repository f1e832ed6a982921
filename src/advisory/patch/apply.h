// Applies one file's part of a diff to its text, as patch(1) does: a hunk may lie elsewhere than it
// says, and some lines of context at its ends may differ. Pure; safe from any thread.
#pragma once

#include <string>
#include <string_view>

#include "advisory/patch/unified_diff.h"

namespace stowaway::advisory::patch {

enum class Direction { forward, reverse };

// Lines of context at either end of a hunk that may differ, as patch(1) has it.
inline constexpr std::size_t kMaxFuzz = 2;

// Fails with not_found where a hunk has no place; says which.
Result<std::string> apply(const FileDiff& diff, std::string_view text, Direction direction,
                          std::size_t max_fuzz = kMaxFuzz);

}  // namespace stowaway::advisory::patch
