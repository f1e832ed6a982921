#include "advisory/patch/item_text.h"

#include <algorithm>
#include <array>
#include <string>

#include "fingerprint/normalise.h"

namespace stowaway::advisory::patch {
namespace {

constexpr FormHash kBeginning = 1, kEnd = 2;  // as neighbours of statements

FormHash hash_of(std::string_view text) {
  return fingerprint::normalised_id(fingerprint::as_bytes(text));
}

// Tokens as one text: a blank between two tokens that would run together, the item's own name as
// one byte.
class Text {
 public:
  explicit Text(std::string_view own_name) : own_name_(own_name) {}
  void add(const Token& token) {
    const bool wordy = token.kind != TokenKind::sign;
    if (wordy && after_word_) text_ += ' ';
    after_word_ = wordy;
    if (!own_name_.empty() && token.is_word(own_name_))
      text_ += '\1';
    else
      text_ += token.text;
  }
  void add_separator() {
    text_ += '\n';
    after_word_ = false;
  }
  bool empty() const { return text_.empty(); }
  void clear() {
    text_.clear();
    after_word_ = false;
  }
  const std::string& get() const { return text_; }

 private:
  std::string_view own_name_;
  std::string text_;
  bool after_word_ = false;
};

// "next" of "Reader::next"; nothing of what a macro defines.
std::string_view own_name(const Item& item) {
  std::string_view name = item.name;
  if (item.kind != ItemKind::function || name.find('(') != std::string_view::npos) return {};
  const std::size_t colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

// Calls use(index) for each token of the range that is in no hole.
template <class Use>
void for_each_token(TokenRange range, const std::vector<TokenRange>& holes, const Use& use) {
  auto hole = holes.begin();
  for (std::size_t at = range.first; at < range.second; ++at) {
    while (hole != holes.end() && hole->second <= at) ++hole;
    if (hole != holes.end() && at >= hole->first)
      at = hole->second - 1;
    else
      use(at);
  }
}

bool is_one_of(std::string_view word, std::span<const std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

class Cutter {
 public:
  Cutter(const std::vector<Token>& tokens, Language language, std::string_view name,
         bool directives, bool list)
      : tokens_(tokens),
        language_(language),
        directives_(directives),
        text_(name),
        directive_(name) {
    frames_.push_back({list, 0});
  }

  void take(std::size_t at) {
    const Token& token = tokens_[at];
    if (directives_ && token.in_directive) return take_directive(token);
    end_directive();
    if (language_ == Language::javascript && ends_by_line(token)) flush();
    take_code(token, at);
    before_ = &token;
  }

  std::vector<FormHash> finish() {
    end_directive();
    flush();
    return std::move(out_);
  }

 private:
  struct Frame {
    bool list = false;       // entries, separated by commas
    std::size_t parens = 0;  // around the brace
  };

  void take_directive(const Token& token) {
    if (token.first_on_line) end_directive();
    directive_.add(token);
  }
  void end_directive() {
    if (directive_.empty()) return;
    out_.push_back(hash_of(directive_.get()));
    directive_.clear();
  }

  void take_code(const Token& token, std::size_t at) {
    if (token.is('{')) return open_frame();
    if (token.is('}')) return close_frame();
    const bool outside = parens_ == 0;
    if (outside && token.is(';')) return flush();
    if (outside && token.is(',') && frames_.back().list) return flush();
    if (text_.empty()) begin(token);
    text_.add(token);
    ++words_;
    if (token.is('(') || token.is('[')) ++parens_;
    if ((token.is(')') || token.is(']')) && parens_ > 0 && --parens_ == 0 && condition_ == 1 &&
        token.is(')'))
      return flush();
    if (outside && token.is(':') && ends_label(at)) return flush();
    if ((token.is_word("else") || token.is_word("do")) && words_ == 1 && !next_is_if(at)) flush();
  }

  // A condition ends with its ')': what follows is a statement of its own, in braces or not.
  void begin(const Token& token) {
    static constexpr std::array<std::string_view, 4> kConditions{"if", "while", "for", "switch"};
    words_ = 0;
    condition_ = token.kind == TokenKind::word && is_one_of(token.text, kConditions) ? 1 : 0;
    if (token.is_word("else")) condition_ = 1;
    label_ = token.is_word("case") || token.is_word("default");
  }
  bool next_is_if(std::size_t at) const {
    return at + 1 < tokens_.size() && tokens_[at + 1].is_word("if");
  }
  bool ends_label(std::size_t at) const {
    if (label_) return !(at + 1 < tokens_.size() && tokens_[at + 1].is(':')) && !before_->is(':');
    return words_ == 2 && !frames_.back().list && before_ != nullptr &&
           before_->kind == TokenKind::word &&
           !(at + 1 < tokens_.size() && tokens_[at + 1].is(':'));
  }

  void open_frame() {
    const bool list = before_ != nullptr && opens_list(*before_);
    flush();
    frames_.push_back({list, parens_});
    if (frames_.size() > kMaxNesting) frames_.resize(1);
    parens_ = 0;
  }
  bool opens_list(const Token& before) const {
    if (before.kind == TokenKind::word) return before.text == "return" || frames_.back().list;
    static constexpr std::string_view kBefore = "=,([:?";
    return (before.kind == TokenKind::sign && kBefore.find(before.text.front()) != kBefore.npos) ||
           (before.is('{') && frames_.back().list);
  }
  void close_frame() {
    flush();
    parens_ = frames_.back().parens;
    if (frames_.size() > 1) frames_.pop_back();
  }

  // JavaScript: a line's end ends a statement unless a sign on either side says that it goes on.
  bool ends_by_line(const Token& token) const {
    if (!token.first_on_line || parens_ > 0 || text_.empty() || before_ == nullptr) return false;
    const auto goes_on = [](const Token& one) {
      return one.kind == TokenKind::sign && !one.is(')') && !one.is(']') && !one.is('}');
    };
    return !goes_on(*before_) && !goes_on(token);
  }

  void flush() {
    if (!text_.empty()) out_.push_back(hash_of(text_.get()));
    text_.clear();
    condition_ = 0;
    words_ = 0;
    label_ = false;
  }

  const std::vector<Token>& tokens_;
  Language language_;
  bool directives_;
  Text text_, directive_;
  std::vector<Frame> frames_;
  std::size_t parens_ = 0, words_ = 0;
  int condition_ = 0;
  bool label_ = false;
  const Token* before_ = nullptr;
  std::vector<FormHash> out_;
};

std::vector<FormHash> difference(std::vector<FormHash> from, std::vector<FormHash> without) {
  make_set(from);
  make_set(without);
  std::vector<FormHash> out;
  std::ranges::set_difference(from, without, std::back_inserter(out));
  return out;
}

}  // namespace

void make_set(std::vector<FormHash>& hashes) {
  std::ranges::sort(hashes);
  hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
}

Print print_of(const TokenList& list, const Item& item) {
  Text text(own_name(item));
  Print print;
  const auto add = [&](std::size_t at) {
    const Token& token = list.tokens[at];
    if (token.in_directive && token.first_on_line) text.add_separator();
    if (!token.in_directive && at > 0 && list.tokens[at - 1].in_directive) text.add_separator();
    text.add(token);
    ++print.tokens;
  };
  for_each_token(item.body, item.holes, add);
  print.body = print.whole = hash_of(text.get());
  if (item.head.second > item.head.first) {
    const std::string body = text.get();
    const std::size_t tokens = print.tokens;
    text.clear();
    for_each_token(item.head, {}, add);
    print.whole = hash_of(text.get() + '\n' + body);
    print.tokens = tokens;
  }
  return print;
}

std::vector<FormHash> statements_of(const TokenList& list, const Item& item, Language language) {
  const bool is_macro = item.kind == ItemKind::macro;
  Cutter cutter(list.tokens, language, own_name(item), language == Language::c && !is_macro,
                item.kind == ItemKind::declaration);
  const auto take = [&](std::size_t at) { cutter.take(at); };
  std::vector<FormHash> head;
  if (item.head.second > item.head.first) {
    Cutter parameters(list.tokens, language, own_name(item), false, false);
    for_each_token(item.head, {}, [&](std::size_t at) { parameters.take(at); });
    head = parameters.finish();
  }
  for_each_token(item.body, item.holes, take);
  std::vector<FormHash> body = cutter.finish();
  head.insert(head.end(), body.begin(), body.end());
  return head;
}

std::vector<FormHash> statements_of_piece(const TokenList& list, Language language) {
  Cutter cutter(list.tokens, language, {}, language == Language::c, false);
  for (std::size_t at = 0; at < list.tokens.size(); ++at) cutter.take(at);
  return cutter.finish();
}

std::vector<FormHash> pairs_of(const std::vector<FormHash>& statements, bool bounded) {
  std::vector<FormHash> pairs;
  const auto add = [&](FormHash first, FormHash second) {
    const std::array<FormHash, 2> both{first, second};
    pairs.push_back(fingerprint::normalised_id(std::as_bytes(std::span(both))));
  };
  if (statements.empty()) return pairs;
  if (bounded) add(kBeginning, statements.front());
  for (std::size_t i = 1; i < statements.size(); ++i) add(statements[i - 1], statements[i]);
  if (bounded) add(statements.back(), kEnd);
  return pairs;
}

FormEdit edit_between(const std::vector<FormHash>& before, const std::vector<FormHash>& after,
                      bool bounded) {
  const auto pairs_before = pairs_of(before, bounded), pairs_after = pairs_of(after, bounded);
  return {difference(before, after), difference(after, before),
          difference(pairs_before, pairs_after), difference(pairs_after, pairs_before)};
}

}  // namespace stowaway::advisory::patch
