#include "report/licence.h"

#include <algorithm>

namespace stowaway::report {
namespace {

constexpr std::size_t kMaxExpressionBytes = 4096;  // keeps the recursion over parentheses shallow
constexpr unsigned kMaxNesting = 64;

bool is_id_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.';
}

bool is_id(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_id_character);
}

std::vector<std::string_view> tokens_of(std::string_view text) {
  std::vector<std::string_view> tokens;
  std::size_t at = 0;
  while (at < text.size()) {
    if (text[at] == ' ') {
      ++at;
      continue;
    }
    std::size_t end = at + 1;
    if (text[at] != '(' && text[at] != ')')
      end = std::min(text.find_first_of(" ()", at), text.size());
    tokens.push_back(text.substr(at, end - at));
    at = end;
  }
  return tokens;
}

bool is_reference(std::string_view token) {
  static constexpr std::string_view kReference = "LicenseRef-";
  return token.starts_with(kReference) && is_id(token.substr(kReference.size()));
}

bool is_simple(std::string_view token) {
  if (token == "AND" || token == "OR" || token == "WITH") return false;
  if (token.starts_with("LicenseRef")) return is_reference(token);
  static constexpr std::string_view kDocument = "DocumentRef-";
  if (token.starts_with(kDocument)) {
    const std::size_t colon = std::min(token.find(':'), token.size() - 1);
    return is_id(token.substr(kDocument.size(), colon - kDocument.size())) &&
           is_reference(token.substr(colon + 1));
  }
  if (token.ends_with('+')) token.remove_suffix(1);
  return is_id(token);
}

// expression = term *( ("AND" / "OR") term );  term = simple [ "WITH" id ] / "(" expression ")"
class Parser {
 public:
  explicit Parser(std::vector<std::string_view> tokens) : tokens_(std::move(tokens)) {}
  bool parse() { return expression(0) && at_ == tokens_.size(); }

 private:
  bool take(std::string_view token) {
    if (at_ == tokens_.size() || tokens_[at_] != token) return false;
    ++at_;
    return true;
  }

  bool expression(unsigned depth) {
    do {
      if (!term(depth)) return false;
    } while (take("AND") || take("OR"));
    return true;
  }

  bool term(unsigned depth) {
    if (take("(")) return depth < kMaxNesting && expression(depth + 1) && take(")");
    if (at_ == tokens_.size() || !is_simple(tokens_[at_])) return false;
    ++at_;
    if (!take("WITH")) return true;
    return at_ < tokens_.size() && is_id(tokens_[at_++]);
  }

  std::vector<std::string_view> tokens_;
  std::size_t at_ = 0;
};

// The same grammar, AND before OR. True where nothing that is denied is needed.
class Chooser {
 public:
  Chooser(std::vector<std::string_view> tokens, const std::function<bool(std::string_view)>& denied)
      : tokens_(std::move(tokens)), denied_(denied) {}

  bool either() {
    bool free = both();
    while (take("OR")) free = both() || free;
    return free;
  }

 private:
  bool take(std::string_view token) {
    if (at_ == tokens_.size() || tokens_[at_] != token) return false;
    ++at_;
    return true;
  }

  bool both() {
    bool free = term();
    while (take("AND")) free = term() && free;
    return free;
  }

  bool term() {
    if (take("(")) {
      const bool free = either();
      take(")");
      return free;
    }
    std::string licence(tokens_[at_++]);
    if (take("WITH")) licence += " WITH " + std::string(tokens_[at_++]);
    return !denied_(licence);
  }

  std::vector<std::string_view> tokens_;
  const std::function<bool(std::string_view)>& denied_;
  std::size_t at_ = 0;
};

}  // namespace

bool can_be_had_without(std::string_view expression,
                        const std::function<bool(std::string_view)>& denied) {
  if (!is_licence_expression(expression)) return !denied(expression);
  return Chooser(tokens_of(expression), denied).either();
}

bool is_licence_expression(std::string_view text) {
  return text.size() <= kMaxExpressionBytes && Parser(tokens_of(text)).parse();
}

std::vector<std::string> licence_references(std::string_view expression) {
  std::vector<std::string> references;
  if (!is_licence_expression(expression)) return references;
  for (const std::string_view token : tokens_of(expression)) {
    if (is_reference(token) &&
        std::find(references.begin(), references.end(), token) == references.end()) {
      references.emplace_back(token);
    }
  }
  return references;
}

}  // namespace stowaway::report
