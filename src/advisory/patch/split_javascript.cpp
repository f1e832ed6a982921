// Named functions of JavaScript: see split.h.
#include <algorithm>
#include <array>
#include <optional>

#include "advisory/patch/split.h"

namespace stowaway::advisory::patch {
namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

class JavascriptSplitter {
 public:
  explicit JavascriptSplitter(const std::vector<Token>& tokens)
      : tokens_(tokens), opening_(tokens.size(), kNone) {}

  std::vector<Item> run() {
    Item rest;
    rest.kind = ItemKind::rest;
    rest.body = {0, tokens_.size()};
    items_.push_back(std::move(rest));
    for (std::size_t at = 0; at < tokens_.size(); ++at) step(at);
    items_.front().body.second = std::max<std::size_t>(tokens_.size(), 1);
    std::erase_if(items_, [](const Item& item) { return item.body.second == 0; });
    for (Item& item : items_) std::ranges::sort(item.holes);
    std::rotate(items_.begin(), items_.begin() + 1, items_.end());
    if (tokens_.empty()) items_.pop_back();
    return std::move(items_);
  }

 private:
  struct Brace {
    std::size_t item = kNone;  // the function that it opens
    std::size_t begin = 0;     // where this function begins, with its head
    std::string_view class_name;
    std::size_t parens = 0;
  };
  struct Function {
    std::size_t begin = 0, open = 0;  // its first token, its parameters
    std::string_view name;
  };

  bool is(std::size_t at, char sign) const { return at < tokens_.size() && tokens_[at].is(sign); }
  bool is_word(std::size_t at, std::string_view word) const {
    return at < tokens_.size() && tokens_[at].is_word(word);
  }
  bool any_word(std::size_t at) const {
    return at < tokens_.size() && tokens_[at].kind == TokenKind::word;
  }

  void step(std::size_t at) {
    const Token& token = tokens_[at];
    if (token.is('(')) {
      parens_.push_back(at);
    } else if (token.is(')') && parens_.size() > floor()) {
      opening_[at] = parens_.back();
      parens_.pop_back();
    } else if (token.is_word("class") && any_word(at + 1) && !is(at - 1, '.')) {
      class_name_ = tokens_[at + 1].text;
    } else if (token.is('{')) {
      open_brace(at);
    } else if (token.is('}') && !braces_.empty()) {
      close_brace(at);
    }
  }
  std::size_t floor() const { return braces_.empty() ? 0 : braces_.back().parens; }

  void open_brace(std::size_t at) {
    Brace brace;
    brace.parens = parens_.size();
    const auto function =
        braces_.size() < kMaxNesting ? function_before(at) : std::optional<Function>();
    if (function && !function->name.empty()) {
      Item item;
      item.name = function->name;
      if (!braces_.empty() && !braces_.back().class_name.empty())
        item.name.insert(0, std::string(braces_.back().class_name) + "::");
      if (item.name.size() > kMaxItemNameBytes) item.name.resize(kMaxItemNameBytes);
      item.head = {function->open, at};
      item.body = {at, 0};
      brace.item = items_.size();
      brace.begin = function->begin;
      items_.push_back(std::move(item));
    } else if (!function && !class_name_.empty()) {
      brace.class_name = class_name_;
    }
    class_name_ = {};
    braces_.push_back(brace);
  }

  void close_brace(std::size_t at) {
    const Brace brace = braces_.back();
    braces_.pop_back();
    parens_.resize(std::min(parens_.size(), brace.parens));
    if (brace.item == kNone) return;
    items_[brace.item].body.second = at + 1;
    for (auto around = braces_.rbegin();; ++around) {  // the next function around it, or the rest
      const bool outermost = around == braces_.rend();
      if (!outermost && around->item == kNone) continue;
      items_[outermost ? 0 : around->item].holes.emplace_back(brace.begin, at + 1);
      break;
    }
  }

  // The function whose body opens at `at`; nothing where the brace is a block, object or class.
  std::optional<Function> function_before(std::size_t at) const {
    if (at < 2) return std::nullopt;
    if (is(at - 1, '>') && is(at - 2, '=')) return arrow(at - 2);
    if (!is(at - 1, ')') || opening_[at - 1] == kNone) return std::nullopt;
    const std::size_t open = opening_[at - 1];
    if (open == 0) return std::nullopt;
    std::size_t before = open - 1;
    if (is(before, '*')) {
      if (before == 0) return std::nullopt;
      --before;
    }
    if (is_word(before, "function")) {
      const std::size_t begin = before > 0 && is_word(before - 1, "async") ? before - 1 : before;
      return Function{begin, open, assigned_name(begin)};
    }
    if (!any_word(before)) return std::nullopt;
    const std::string_view name = tokens_[before].text;
    static constexpr std::array<std::string_view, 7> kControl{"if",    "for",  "while", "switch",
                                                              "catch", "with", "await"};
    if (std::find(kControl.begin(), kControl.end(), name) != kControl.end()) return std::nullopt;
    std::size_t begin = before;
    if (begin > 0 && is(begin - 1, '*')) --begin;
    if (begin > 0 && is_word(begin - 1, "function")) --begin;
    if (begin > 0 && is_word(begin - 1, "async")) --begin;
    return Function{begin, open, name};
  }

  std::optional<Function> arrow(std::size_t equals) const {
    if (equals == 0) return std::nullopt;
    std::size_t begin = equals - 1;
    if (is(begin, ')')) begin = opening_[begin];
    if (begin == kNone) return std::nullopt;
    const std::size_t open = begin;
    if (begin > 0 && is_word(begin - 1, "async")) --begin;
    return Function{begin, open, assigned_name(begin)};
  }

  // `name = function`, `name: function`; "" where it has none.
  std::string_view assigned_name(std::size_t begin) const {
    if (begin < 2) return {};
    const bool assigned = is(begin - 1, '=') || is(begin - 1, ':');
    if (!assigned) return {};
    const Token& name = tokens_[begin - 2];
    if (name.kind == TokenKind::word) return name.text;
    if (name.kind == TokenKind::text && name.text.size() > 2 && is(begin - 1, ':'))
      return name.text.substr(1, name.text.size() - 2);
    return {};
  }

  const std::vector<Token>& tokens_;
  std::vector<std::size_t> opening_;  // of each ')': its '('
  std::vector<std::size_t> parens_;   // open '('
  std::vector<Brace> braces_;
  std::string_view class_name_;  // of a class whose '{' is to come
  std::vector<Item> items_;
};

}  // namespace

std::vector<Item> split_javascript(const std::vector<Token>& tokens) {
  return JavascriptSplitter(tokens).run();
}

std::vector<Item> split(const TokenList& list, Language language) {
  return language == Language::c ? split_c(list.tokens) : split_javascript(list.tokens);
}

}  // namespace stowaway::advisory::patch
