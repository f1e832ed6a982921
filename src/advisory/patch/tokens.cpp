#include "advisory/patch/tokens.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace stowaway::advisory::patch {
namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool begins_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}
constexpr bool continues_word(char c) { return begins_word(c) || is_digit(c); }

class Lexer {
 public:
  Lexer(std::string_view source, Language language, std::vector<Token>& out)
      : source_(source), language_(language), out_(out) {}

  void run() {
    if (source_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    while (at_ < source_.size()) step();
  }

 private:
  char peek(std::size_t ahead) const {
    return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0';
  }
  bool is_c() const { return language_ == Language::c; }

  void step() {
    const char c = source_[at_];
    if (c == '\n') {
      new_line_ = true;
      directive_ = false;
      ++at_;
    } else if (static_cast<unsigned char>(c) <= 0x20) {
      ++at_;
    } else if (!skip_comment()) {
      take_token(c);
      new_line_ = false;
    }
  }

  // Comments end no line: a directive goes on behind one, as the standard says.
  bool skip_comment() {
    if (source_[at_] != '/') return false;
    if (peek(1) == '/') {
      at_ = std::min(source_.find('\n', at_), source_.size());
      return true;
    }
    if (peek(1) != '*' || unclosed_) return false;
    const std::size_t end = source_.find("*/", at_ + 2);
    unclosed_ = end == std::string_view::npos;
    if (!unclosed_) at_ = end + 2;
    return !unclosed_;
  }

  void take_token(char c) {
    if (begins_word(c) || (!is_c() && c == '#' && begins_word(peek(1)))) return take_word();
    if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return take_number();
    if (c == '"' || c == '\'') return add(TokenKind::text, literal_end(at_, c));
    if (!is_c() && c == '`') return add(TokenKind::text, template_end());
    if (!is_c() && c == '/' && regex_may_stand_here()) {
      const std::size_t end = regex_end();
      if (end > at_) return add(TokenKind::text, end);
    }
    if (is_c() && c == '#' && new_line_) directive_ = true;
    add(TokenKind::sign, at_ + 1);
  }

  void take_word() {
    std::size_t end = at_ + 1;
    while (end < source_.size() && continues_word(source_[end])) ++end;
    const std::string_view word = source_.substr(at_, end - at_);
    if (is_c() && end < source_.size() && source_[end] == '"' && word.size() <= 3 &&
        word.back() == 'R')
      return add(TokenKind::text, raw_literal_end(end));
    add(TokenKind::word, end);
  }

  void take_number() {
    std::size_t end = at_ + 1;
    while (end < source_.size()) {
      const char c = source_[end];
      const char before = source_[end - 1];
      const bool exponent = (c == '+' || c == '-') && (before == 'e' || before == 'E') &&
                            source_.substr(at_, 2) != "0x";
      const bool separator = is_c() && c == '\'' && end + 1 < source_.size() &&
                             continues_word(source_[end + 1]) && continues_word(before);
      if (!continues_word(c) && c != '.' && !exponent && !separator) break;
      ++end;
    }
    add(TokenKind::number, end);
  }

  std::size_t literal_end(std::size_t from, char quote) const {
    for (std::size_t i = from + 1; i < source_.size(); ++i) {
      if (source_[i] == '\\')
        ++i;
      else if (source_[i] == quote)
        return i + 1;
      else if (source_[i] == '\n')
        return i;
    }
    return source_.size();
  }

  std::size_t raw_literal_end(std::size_t quote) const {
    const std::size_t open = source_.find('(', quote);
    if (open == std::string_view::npos || open - quote > 17) return quote + 1;
    std::array<char, 20> closing{};
    std::size_t size = 0;
    closing[size++] = ')';
    for (std::size_t i = quote + 1; i < open; ++i) closing[size++] = source_[i];
    closing[size++] = '"';
    const std::size_t end = source_.find(std::string_view(closing.data(), size), open);
    return end == std::string_view::npos ? source_.size() : end + size;
  }

  // The whole template literal with what it substitutes, nested ones among it.
  std::size_t template_end() const {
    std::vector<unsigned> braces;  // open ones in each substitution around us
    for (std::size_t i = at_ + 1; i < source_.size(); ++i) {
      const char c = source_[i];
      if (c == '\\') {
        ++i;
      } else if (in_text_of(braces)) {
        if (c == '`') {
          if (braces.empty()) return i + 1;
          braces.pop_back();
        } else if (c == '$' && i + 1 < source_.size() && source_[i + 1] == '{') {
          braces.push_back(0);
          ++i;
        }
      } else if (c == '`') {
        braces.push_back(kText);
      } else if (c == '{') {
        ++braces.back();
      } else if (c == '}' && braces.back()-- == 0) {
        braces.pop_back();
      }
    }
    return source_.size();
  }
  static constexpr unsigned kText = ~0U;
  static bool in_text_of(const std::vector<unsigned>& braces) {
    return braces.empty() || braces.back() == kText;
  }

  bool regex_may_stand_here() const {
    if (out_.empty()) return true;
    const Token& before = out_.back();
    if (before.kind == TokenKind::sign)
      return !before.is(')') && !before.is(']') && !before.is('}');
    static constexpr std::array<std::string_view, 13> kBefore{
        "return", "typeof", "case", "in", "of",    "delete",    "void",
        "throw",  "new",    "else", "do", "yield", "instanceof"};
    return before.kind == TokenKind::word &&
           std::find(kBefore.begin(), kBefore.end(), before.text) != kBefore.end();
  }

  // at_ itself where it is none.
  std::size_t regex_end() const {
    bool in_set = false;
    for (std::size_t i = at_ + 1; i < source_.size() && source_[i] != '\n'; ++i) {
      if (source_[i] == '\\')
        ++i;
      else if (source_[i] == '[')
        in_set = true;
      else if (source_[i] == ']')
        in_set = false;
      else if (source_[i] == '/' && !in_set)
        return i + 1;
    }
    return at_;
  }

  void add(TokenKind kind, std::size_t end) {
    end = std::min(std::max(end, at_ + 1), source_.size());
    out_.push_back({source_.substr(at_, end - at_), kind, directive_, new_line_});
    at_ = end;
  }

  std::string_view source_;
  Language language_;
  std::vector<Token>& out_;
  std::size_t at_ = 0;
  bool new_line_ = true, directive_ = false, unclosed_ = false;
};

// Without each backslash that ends a line and that line's end.
std::vector<char> splice(std::string_view source) {
  std::vector<char> out;
  out.reserve(source.size());
  for (std::size_t i = 0; i < source.size(); ++i) {
    if (source[i] == '\\' && source.substr(i + 1).starts_with('\n'))
      i += 1;
    else if (source[i] == '\\' && source.substr(i + 1).starts_with("\r\n"))
      i += 2;
    else
      out.push_back(source[i]);
  }
  return out;
}

}  // namespace

std::optional<Language> language_of(std::string_view path) {
  static constexpr std::array<std::string_view, 16> kC{
      ".c",   ".h",   ".cc",  ".cpp", ".cxx", ".hh",  ".hpp", ".hxx",
      ".inl", ".inc", ".ipp", ".tcc", ".c++", ".h++", ".y",   ".l"};
  static constexpr std::array<std::string_view, 3> kJavascript{".js", ".mjs", ".cjs"};
  const std::size_t dot = path.rfind('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const std::string suffix = to_lower(path.substr(dot));
  if (std::find(kC.begin(), kC.end(), suffix) != kC.end()) return Language::c;
  if (std::find(kJavascript.begin(), kJavascript.end(), suffix) != kJavascript.end())
    return Language::javascript;
  return std::nullopt;
}

TokenList tokens_of(std::string_view source, Language language) {
  TokenList list;
  if (source.find("\\\n") != std::string_view::npos ||
      source.find("\\\r\n") != std::string_view::npos) {
    list.spliced = splice(source);
    source = std::string_view(list.spliced.data(), list.spliced.size());
  }
  list.tokens.reserve(source.size() / 5);
  Lexer(source, language, list.tokens).run();
  return list;
}

}  // namespace stowaway::advisory::patch
