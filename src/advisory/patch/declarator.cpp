#include "advisory/patch/declarator.h"

#include <algorithm>
#include <array>

namespace stowaway::advisory::patch {
namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);
constexpr std::size_t kMaxTemplateTokens = 400;

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Words before a '(' that are no function's name.
constexpr std::array<std::string_view, 27> kNotNames{
    "if",     "while",    "for",       "switch",   "return",        "sizeof",     "else",
    "do",     "catch",    "alignas",   "_Alignas", "alignof",       "decltype",   "noexcept",
    "throw",  "requires", "asm",       "__asm__",  "__attribute__", "__declspec", "explicit",
    "typeof", "defined",  "constexpr", "__asm",    "_Pragma",       "__typeof__"};
constexpr std::array<std::string_view, 12> kTypeWords{"int",    "void",     "char",  "long",
                                                      "short",  "unsigned", "float", "const",
                                                      "double", "signed",   "bool",  "static"};
constexpr std::array<std::string_view, 8> kQualifiers{"const", "volatile", "noexcept", "override",
                                                      "final", "try",      "mutable",  "throw"};
constexpr std::array<std::string_view, 3> kClassKeys{"class", "struct", "union"};

bool is_macro_name(std::string_view word) {
  return word.size() > 1 &&
         std::none_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

// The chunk as a string of tokens with matched brackets.
class View {
 public:
  View(const std::vector<Token>& tokens, Chunk chunk) : tokens_(tokens), chunk_(chunk) {}
  std::size_t size() const { return chunk_.size(); }
  const Token& operator[](std::size_t at) const { return tokens_[chunk_[at]]; }
  std::size_t index(std::size_t at) const { return chunk_[at]; }
  bool is(std::size_t at, char sign) const { return at < size() && (*this)[at].is(sign); }
  bool is_word(std::size_t at) const { return at < size() && (*this)[at].kind == TokenKind::word; }
  // "::" at `at`.
  bool is_scope(std::size_t at) const { return is(at, ':') && is(at + 1, ':'); }
  bool is_single_colon(std::size_t at) const {
    return is(at, ':') && !is(at + 1, ':') && !(at > 0 && is(at - 1, ':'));
  }

  // The position of the bracket that closes the one at `open`, or size() where none before `end`
  // does.
  std::size_t closing(std::size_t open, std::size_t end = kNone) const {
    std::size_t depth = 0;
    for (std::size_t at = open; at < std::min(end, size()); ++at) {
      if (is(at, '(') || is(at, '[')) ++depth;
      if ((is(at, ')') || is(at, ']')) && --depth == 0) return at;
    }
    return size();
  }

  // Behind the '>' that closes the '<' at `open`; `open` itself where this is no argument list.
  std::size_t behind_angles(std::size_t open) const {
    std::size_t depth = 0;
    const std::size_t end = std::min(size(), open + kMaxTemplateTokens);
    for (std::size_t at = open; at < end; ++at) {
      if (is(at, '(') || is(at, '[')) at = closing(at, end);
      if (is(at, '<')) ++depth;
      if (is(at, '>') && !is(at - 1, '-') && --depth == 0) return at + 1;
      if (is(at, '=') && depth == 0) return open;
    }
    return open;
  }

  // The position of the '<' that opens what '>' at `close` closes, or kNone.
  std::size_t opening_angle(std::size_t close) const {
    std::size_t depth = 0;
    const std::size_t first = close > kMaxTemplateTokens ? close - kMaxTemplateTokens : 0;
    for (std::size_t at = close + 1; at-- > first;) {
      if (is(at, '>')) ++depth;
      if (is(at, '<') && --depth == 0) return at;
    }
    return kNone;
  }

  std::size_t behind_template_heads() const {
    std::size_t at = 0;
    while (at + 1 < size() && (*this)[at].is_word("template") && is(at + 1, '<')) {
      const std::size_t behind = behind_angles(at + 1);
      if (behind == at + 1) break;
      at = behind;
    }
    return at;
  }

 private:
  const std::vector<Token>& tokens_;
  Chunk chunk_;
};

// "Class::" before the name that begins at `at`; "" where there is none.
std::string qualifier_before(const View& view, std::size_t at) {
  if (at < 3 || !view.is_scope(at - 2)) return "";
  std::size_t end = at - 3;
  if (view.is(end, '>')) {
    const std::size_t open = view.opening_angle(end);
    if (open == kNone || open == 0) return "";
    end = open - 1;
  }
  return view.is_word(end) ? std::string(view[end].text) + "::" : "";
}

// The name that ends right before `open`, with its class; "" where there is none.
std::string name_before(const View& view, std::size_t open) {
  if (open == 0) return "";
  std::size_t at = open - 1;
  if (view.is(at, '>')) {
    at = view.opening_angle(at);
    if (at == kNone || at == 0) return "";
    --at;
  }
  if (!view.is_word(at) || is_one_of(view[at].text, kNotNames)) return "";
  std::string name(view[at].text);
  if (at > 0 && view.is(at - 1, '~')) {
    name.insert(0, "~");
    --at;
  }
  return qualifier_before(view, at) + name;
}

// A macro that defines: its arguments are the name.
std::string macro_name(const View& view, std::size_t open) {
  std::string name(view[open - 1].text);
  const std::size_t close = view.closing(open);
  for (std::size_t at = open; at <= close && at < view.size(); ++at) {
    const bool apart = view.is_word(at) && at > 0 && view.is_word(at - 1);
    if (apart) name += ' ';
    name += view[at].text;
  }
  return name;
}

// `(name)(parameters)` and `(*name(parameters))(more)`: the declarator lies in the first brackets.
std::optional<FunctionHead> bracketed_head(const View& view, std::size_t open, std::size_t close) {
  if (close == open + 2 && view.is_word(open + 1))
    return FunctionHead{std::string(view[open + 1].text), view.index(close + 1)};
  if (!view.is(open + 1, '*')) return std::nullopt;
  for (std::size_t at = open + 2; at + 1 < close; ++at)
    if (view.is_word(at) && view.is(at + 1, '('))
      return FunctionHead{std::string(view[at].text), view.index(at + 1)};
  return std::nullopt;
}

std::optional<FunctionHead> operator_head(const View& view, std::size_t at) {
  std::size_t open = at + 1;
  std::string name = qualifier_before(view, at) + "operator";
  if (view.is(open, '(') && view.is(open + 1, ')') && view.is(open + 2, '(')) {
    name += "()";
    open += 2;
  }
  while (open < view.size() && !view.is(open, '(')) {
    if (view.is_word(open)) name += ' ';
    name += view[open++].text;
  }
  if (open >= view.size()) return std::nullopt;
  return FunctionHead{name, view.index(open)};
}

struct Candidate {
  FunctionHead head;
  bool macro = false;
  std::size_t open = 0;  // position in the view
};

}  // namespace

std::optional<FunctionHead> function_head(const std::vector<Token>& tokens, Chunk chunk) {
  const View view(tokens, chunk);
  std::optional<Candidate> best;
  for (std::size_t at = view.behind_template_heads(); at < view.size(); ++at) {
    if (view[at].is_word("operator")) return operator_head(view, at);
    if (view.is(at, '=')) return std::nullopt;  // an initialiser
    if (view.is(at, '<')) {
      const std::size_t behind = view.behind_angles(at);
      if (behind > at) at = behind - 1;
      continue;
    }
    if (view.is(at, '[')) {
      at = view.closing(at);
      continue;
    }
    if (best && view.is_single_colon(at)) {
      best->head.has_initialisers = true;
      best->head.in_initialisers = view.is_word(view.size() - 1) || view.is(view.size() - 1, '>');
      break;
    }
    if (!view.is(at, '(')) continue;
    const std::size_t close = view.closing(at);
    if (close >= view.size()) break;
    std::optional<FunctionHead> inner;
    if (view.is(close + 1, '(')) inner = bracketed_head(view, at, close);
    if (inner) return inner;
    const std::string name = name_before(view, at);
    if (!name.empty()) {
      const bool macro = is_macro_name(view[at - 1].text);
      if (!best || !macro || best->macro) best = Candidate{{name, view.index(at)}, macro, at};
    }
    at = close;
  }
  if (!best) return std::nullopt;
  if (is_one_of(std::string_view(best->head.name), kTypeWords)) return std::nullopt;
  if (best->macro) best->head.name = macro_name(view, best->open);
  return best->head;
}

std::optional<TypeHead> type_head(const std::vector<Token>& tokens, Chunk chunk) {
  const View view(tokens, chunk);
  const std::size_t begin = view.behind_template_heads();
  std::size_t key = begin;
  while (key < view.size() && !(view.is_word(key) && is_one_of(view[key].text, kClassKeys))) {
    if (view.is(key, '(') || view.is(key, '=') || view[key].is_word("enum")) return std::nullopt;
    ++key;
  }
  if (key >= view.size()) return std::nullopt;
  const std::size_t last = view.size() - 1;
  const bool qualified = last > 0 && view.is_word(last) &&
                         is_one_of(view[last].text, kQualifiers) && view.is(last - 1, ')');
  if (view.is(last, ')') || qualified) {  // a function that gives a struct, or __attribute__((…))
    if (function_head(tokens, chunk)) return std::nullopt;
  }
  TypeHead head{std::string(view[key].text), ""};
  for (std::size_t at = key + 1; at < view.size() && !view.is_single_colon(at); ++at) {
    if (view.is(at, '=')) return std::nullopt;  // a variable of that type
    if (view.is(at, '(') || view.is(at, '[')) {
      at = view.closing(at);
    } else if (view.is(at, '<')) {
      break;
    } else if (view.is_word(at) && !view[at].is_word("final") &&
               !is_one_of(view[at].text, kNotNames)) {
      head.name = view[at].text;
    }
  }
  return head;
}

bool begins_space(const std::vector<Token>& tokens, Chunk chunk) {
  const View view(tokens, chunk);
  if (view.size() == 0) return false;
  if (view.size() >= 2 && view[view.size() - 2].is_word("extern") &&
      view[view.size() - 1].kind == TokenKind::text)
    return true;
  const std::size_t at = view[0].is_word("inline") ? 1 : 0;
  return at < view.size() && view[at].is_word("namespace");
}

std::string declared_name(const std::vector<Token>& tokens, Chunk chunk) {
  const View view(tokens, chunk);
  std::string name, tag;
  for (std::size_t at = view.behind_template_heads(); at < view.size(); ++at) {
    if (view.is(at, '=')) break;
    if (view.is(at, '(') || view.is(at, '[')) {
      at = view.closing(at);
      continue;
    }
    if (!view.is_word(at) || is_one_of(view[at].text, kNotNames)) continue;
    const std::string_view word = view[at].text;
    const bool keyed = is_one_of(word, kClassKeys) || word == "enum";
    if (keyed && tag.empty() && view.is_word(at + 1)) {
      tag = std::string(word) + " " + std::string(view[at + 1].text);
      ++at;
    } else if (!keyed && !is_one_of(word, kQualifiers) && word != "typedef" && word != "static") {
      name = word;
    }
  }
  return name.empty() ? tag : name;
}

bool may_be_old_style(const std::vector<Token>& tokens, Chunk chunk) {
  const View view(tokens, chunk);
  for (std::size_t at = 0; at < view.size(); ++at) {
    if (view.is(at, '=') || view.is(at, '[')) return false;
    if (!view.is(at, '(')) continue;
    const std::size_t close = view.closing(at);
    if (close >= view.size() || close == at + 1) return false;
    bool only_names = !name_before(view, at).empty();
    for (std::size_t in = at + 1; in < close; ++in)
      only_names = only_names && ((in - at) % 2 == 1 ? view.is_word(in) : view.is(in, ','));
    if (only_names && view.is_word(close + 1) && !is_one_of(view[close + 1].text, kNotNames))
      return true;
    at = close;
  }
  return false;
}

}  // namespace stowaway::advisory::patch
