// Small operations on bytes that are mostly text. Pure; safe from any thread. ASCII only: no
// locale.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stowaway {

std::string to_lower(std::string_view text);

// Without spaces, tabs and line ends on both sides. Views into `text`.
std::string_view trimmed(std::string_view text);

// Parts between separators; "" gives one empty part. Views into `text`.
std::vector<std::string_view> split(std::string_view text, char separator);

// Makes foreign bytes safe and unambiguous on one line of a terminal: printable UTF-8 stays; a
// backslash becomes "\\", line ends and tabs "\n", "\r", "\t"; control characters, invalid UTF-8
// and what hides or reorders text (bidirectional controls, zero-width characters, line separators)
// become "\xNN" byte by byte.
std::string escape_for_terminal(std::string_view bytes);

// Length in bytes of the well-formed UTF-8 sequence that `bytes` begins with; 0 when there is none.
std::size_t utf8_length(std::string_view bytes);

// What the user may have meant: the candidate that begins with `name`, or else needs the fewest
// edits; the first of several.
// "" when none is near (more than a third of `name` would change). A view into `candidates`.
std::string_view nearest(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace stowaway
