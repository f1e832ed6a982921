// Foreign bytes made fit to print. A path or a name from a subject may hold anything: terminal
// escapes, newlines, right-to-left overrides, bytes that are not UTF-8. Pure. Private to `report`.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace stowaway::report {

bool is_utf8(std::string_view bytes);

// As UTF-8: each byte that belongs to no well-formed character becomes U+FFFD. For formats that
// escape the rest.
std::string to_utf8(std::string_view bytes);

// As one line for a terminal: a backslash is doubled, control characters and invalid bytes become
// "\n", "\t" or "\x1b", and characters that nobody sees or that turn the line around become
// "\u{202e}". Lossless.
std::string to_line(std::string_view bytes);

// Columns that UTF-8 text takes on a terminal: 0 for combining marks, 2 for East Asian wide
// characters and emoji.
std::size_t columns_of(std::string_view utf8);

// Cuts to at most `columns`, with "…" where something was taken out: the middle for paths, whose
// end tells most, else the end. Never cuts a character in two. `columns` is at least 1.
std::string shorten_middle(std::string_view utf8, std::size_t columns);
std::string shorten_end(std::string_view utf8, std::size_t columns);

// Breaks at spaces into lines of at most `columns`; a longer word is broken where it must be.
std::vector<std::string> wrap(std::string_view utf8, std::size_t columns);

// Percent-encodes every byte but RFC 3986's unreserved ones and those in `also_kept`.
std::string percent_encode(std::string_view bytes, std::string_view also_kept = {});

std::string base64(std::string_view bytes);

// Text of HTML: the five special characters as entities, controls and invalid bytes as to_line()
// does.
std::string to_html(std::string_view bytes);

}  // namespace stowaway::report
