// Code as tokens: what is left of C, C++ or JavaScript without comments, white space, line ends and
// line continuations. No grammar: a token is a word, a number, a literal or one sign.
//
// Robust rather than right: any bytes give tokens; an unclosed literal ends at its line, an
// unclosed comment is two signs. Pure; safe from any thread. Cost: one pass; 24 bytes a token.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace stowaway::advisory::patch {

// `c` is C and C++.
enum class Language : std::uint8_t { c, javascript };

// From the file's name; nothing for other languages.
std::optional<Language> language_of(std::string_view path);

enum class TokenKind : std::uint8_t { word, number, text, sign };

struct Token {
  std::string_view text;  // into the source, or into `spliced`; never empty
  TokenKind kind = TokenKind::sign;
  bool in_directive = false;  // of a line that begins with '#' (C); the '#' is the first of them
  bool first_on_line = false;

  bool is(char sign) const { return kind == TokenKind::sign && text.front() == sign; }
  bool is_word(std::string_view word) const { return kind == TokenKind::word && text == word; }
};

struct TokenList {
  std::vector<char> spliced;  // the source without line continuations; empty: there were none
  std::vector<Token> tokens;
};

// `source` must stay as it is for as long as the tokens are used.
TokenList tokens_of(std::string_view source, Language language);

}  // namespace stowaway::advisory::patch
