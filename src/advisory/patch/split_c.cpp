// Items of C and C++: see split.h.
#include <algorithm>
#include <optional>

#include "advisory/patch/declarator.h"
#include "advisory/patch/split.h"

namespace stowaway::advisory::patch {
namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);
constexpr std::size_t kMaxOldStyleParameters = 64;
constexpr std::size_t kMaxTypeNesting = 32;
// Of a declaration's tokens outside of braces: more are forgotten, the oldest first.
constexpr std::size_t kMaxChunkTokens = 1024;
constexpr std::size_t kMaxTypeChunkTokens = 128;

enum class ScopeKind { space, type, function, block };

// What a '{' opened, with what was going on around it.
struct Scope {
  ScopeKind kind = ScopeKind::block;
  std::size_t item = kNone;        // of a function
  std::string type_name;           // of a type
  std::vector<std::size_t> chunk;  // of the level around it, for a type or a value
  std::size_t declaration = kNone, parens = 0;
  bool ends_chunk = true;
};

// Where the parser stands: what #else goes back to.
struct State {
  std::vector<Scope> scopes;
  std::vector<std::size_t> chunk;      // tokens since the last declaration ended, outside of braces
  std::vector<std::size_t> old_style;  // a head and the declarations behind it
  std::size_t old_style_declarations = 0;
  std::size_t declaration = kNone;  // the item that ends with the next ';'
  std::size_t parens = 0;           // open '(' and '[' at this level
};

struct Branch {
  State before, after_first;
  bool first_counts = true;  // false for `#if 0`
  bool in_first = true;
};

class CSplitter {
 public:
  explicit CSplitter(const std::vector<Token>& tokens) : tokens_(tokens) {}

  std::vector<Item> run() {
    for (at_ = 0; at_ < tokens_.size();) {
      if (tokens_[at_].in_directive)
        directive();
      else
        step(at_++);
    }
    std::erase_if(items_, [](const Item& item) { return item.body.second == 0; });
    for (Item& item : items_) std::ranges::sort(item.holes);
    return std::move(items_);
  }

 private:
  bool in_code() const {  // inside of a function or a value, where only braces count
    return !state_.scopes.empty() && (state_.scopes.back().kind == ScopeKind::function ||
                                      state_.scopes.back().kind == ScopeKind::block);
  }

  void step(std::size_t at) {
    const Token& token = tokens_[at];
    if (token.is('{')) return open_brace(at);
    if (token.is('}')) return close_brace(at);
    if (in_code()) return;
    if (state_.chunk.size() >= kMaxChunkTokens)
      state_.chunk.erase(state_.chunk.begin(), state_.chunk.begin() + kMaxChunkTokens / 2);
    state_.chunk.push_back(at);
    if (token.is('(') || token.is('[')) ++state_.parens;
    if ((token.is(')') || token.is(']')) && state_.parens > 0) --state_.parens;
    if (token.is(';') && state_.parens == 0) end_declaration(at);
    if (token.is(':')) drop_access_specifier();
  }

  void drop_access_specifier() {
    if (state_.scopes.empty() || state_.chunk.size() < 2) return;
    const Token& word = tokens_[state_.chunk[state_.chunk.size() - 2]];
    if (word.is_word("public") || word.is_word("private") || word.is_word("protected"))
      if (state_.declaration == kNone && !is_type_chunk()) clear_chunk();
  }
  bool is_type_chunk() const {
    return std::any_of(state_.chunk.begin(), state_.chunk.end(), [&](std::size_t i) {
      return tokens_[i].is_word("class") || tokens_[i].is_word("struct");
    });
  }

  void clear_chunk() {
    state_.chunk.clear();
    state_.old_style.clear();
    state_.old_style_declarations = 0;
    state_.declaration = kNone;
    state_.parens = 0;
  }

  void end_declaration(std::size_t at) {
    if (state_.declaration != kNone) {
      Item& item = items_[state_.declaration];
      item.body.second = at;
      if (item.name.empty()) item.name = limited(declared_name(tokens_, state_.chunk));
      if (item.name.empty())
        item.body.second = 0;  // nothing to know it by
      else
        make_hole(item_range(item));
      return clear_chunk();
    }
    const bool old_style = !state_.old_style.empty() || may_be_old_style(tokens_, state_.chunk);
    if (!old_style || ++state_.old_style_declarations > kMaxOldStyleParameters)
      return clear_chunk();
    state_.old_style.insert(state_.old_style.end(), state_.chunk.begin(), state_.chunk.end());
    state_.chunk.clear();
  }

  static TokenRange item_range(const Item& item) {
    return {item.head.second > 0 ? item.head.first : item.body.first, item.body.second};
  }

  // The item is no part of the types around it.
  void make_hole(TokenRange range) {
    for (Scope& scope : state_.scopes)
      if (scope.kind == ScopeKind::type && scope.declaration != kNone)
        items_[scope.declaration].holes.push_back(range);
  }

  void open_brace(std::size_t at) {
    Scope scope;
    const bool code = in_code() || state_.parens > 0;
    if (!code) classify(at, scope);
    scope.parens = state_.parens;
    scope.declaration = state_.declaration;
    if (scope.kind == ScopeKind::type || scope.kind == ScopeKind::space) {
      scope.chunk = std::move(state_.chunk);
      scope.chunk.resize(std::min(scope.chunk.size(), kMaxTypeChunkTokens));
      clear_chunk();
    }
    if (code) scope.ends_chunk = false;
    state_.scopes.push_back(std::move(scope));
    if (state_.scopes.size() > kMaxNesting) state_ = {};  // no code is like that
  }

  // What the '{' at `at` opens at the top level or in a type.
  void classify(std::size_t at, Scope& scope) {
    const bool continued = state_.declaration != kNone;
    if (state_.chunk.empty() && !state_.old_style.empty()) {
      if (const auto head = function_head(tokens_, old_style_head()))
        return begin_function(at, *head, scope);
    }
    const Chunk chunk = since_last_brace();
    if (begins_space(tokens_, chunk)) {
      scope.kind = ScopeKind::space;
      return;
    }
    const auto types = std::ranges::count(state_.scopes, ScopeKind::type, &Scope::kind);
    if (!continued && static_cast<std::size_t>(types) < kMaxTypeNesting) {
      if (const auto type = type_head(tokens_, chunk)) return begin_type(at, *type, scope);
    }
    auto head = function_head(tokens_, chunk);
    if (chunk.size() < state_.chunk.size()) {  // behind a member initialiser in braces
      const auto whole = function_head(tokens_, state_.chunk);
      if (whole && whole->has_initialisers) head = whole;
    }
    if (head && head->in_initialisers) {
      scope.ends_chunk = false;
      return;
    }
    if (head && (head->has_initialisers || !is_enum(chunk)))
      return begin_function(at, *head, scope);
    if (!chunk.empty()) begin_value(chunk.front(), scope);
  }

  Chunk old_style_head() const {
    // up to the first ')' whose bracket encloses the parameters
    std::size_t end = 0;
    while (end < state_.old_style.size() && !tokens_[state_.old_style[end]].is(')')) ++end;
    return Chunk(state_.old_style).first(std::min(end + 1, state_.old_style.size()));
  }

  Chunk since_last_brace() const {
    std::size_t begin = state_.chunk.size();
    while (begin > 0 && !tokens_[state_.chunk[begin - 1]].is('}')) --begin;
    return Chunk(state_.chunk).subspan(begin);
  }

  bool is_enum(Chunk chunk) const {
    return std::any_of(chunk.begin(), chunk.end(),
                       [&](std::size_t i) { return tokens_[i].is_word("enum"); }) &&
           !tokens_[chunk.back()].is(')');
  }

  static std::string limited(std::string name) {
    if (name.size() > kMaxItemNameBytes) name.resize(kMaxItemNameBytes);
    return name;
  }

  void begin_function(std::size_t at, const FunctionHead& head, Scope& scope) {
    Item item;
    item.name = head.name;
    if (item.name.find("::") == std::string::npos)
      for (auto around = state_.scopes.rbegin(); around != state_.scopes.rend(); ++around)
        if (around->kind == ScopeKind::type && !around->type_name.empty()) {
          item.name.insert(0, around->type_name + "::");
          break;
        }
    item.name = limited(std::move(item.name));
    item.head = {head.open, at};
    item.body = {at, 0};
    scope.kind = ScopeKind::function;
    scope.item = items_.size();
    items_.push_back(std::move(item));
  }

  void begin_type(std::size_t at, const TypeHead& type, Scope& scope) {
    scope.kind = ScopeKind::type;
    scope.type_name = type.name;
    scope.ends_chunk = false;
    Item item;
    item.kind = ItemKind::declaration;
    if (!type.name.empty()) item.name = limited(type.keyword + " " + type.name);
    item.body = {at, 0};
    state_.declaration = items_.size();
    items_.push_back(std::move(item));
  }

  // A table, an enumeration, or something unknown. Only the former go on to a ';'.
  void begin_value(std::size_t first, Scope& scope) {
    const Chunk chunk = since_last_brace();
    const bool assigned =
        std::any_of(chunk.begin(), chunk.end(), [&](std::size_t i) { return tokens_[i].is('='); });
    if (!assigned && !is_enum(chunk) && state_.declaration == kNone) return;
    scope.ends_chunk = false;
    if (state_.declaration != kNone) return;
    Item item;
    item.kind = ItemKind::declaration;
    item.body = {first, 0};
    state_.declaration = items_.size();
    items_.push_back(std::move(item));
  }

  void close_brace(std::size_t at) {
    if (state_.scopes.empty()) return clear_chunk();
    Scope scope = std::move(state_.scopes.back());
    state_.scopes.pop_back();
    state_.parens = scope.parens;
    switch (scope.kind) {
      case ScopeKind::function: {
        Item& item = items_[scope.item];
        item.body.second = at + 1;
        make_hole(item_range(item));
        clear_chunk();
        break;
      }
      case ScopeKind::space: clear_chunk(); break;
      case ScopeKind::type:
        state_.chunk = std::move(scope.chunk);
        state_.declaration = scope.declaration;
        state_.old_style.clear();
        state_.chunk.push_back(at);
        break;
      case ScopeKind::block:
        if (in_code()) break;
        if (scope.ends_chunk)
          clear_chunk();
        else
          state_.chunk.push_back(at);
        break;
    }
  }

  void directive() {
    const std::size_t begin = at_;
    std::size_t end = begin + 1;
    while (end < tokens_.size() && tokens_[end].in_directive && !tokens_[end].first_on_line) ++end;
    at_ = end;
    if (end - begin < 2) return;
    const std::string_view word = tokens_[begin + 1].text;
    if (word == "if" || word == "ifdef" || word == "ifndef") {
      if (branches_.size() >= kMaxNesting) return;
      const bool never = word == "if" && end - begin == 3 && tokens_[begin + 2].text == "0";
      branches_.push_back({state_, {}, !never, true});
    } else if (word == "else" || word == "elif") {
      other_branch();
    } else if (word == "endif") {
      end_branches();
    } else if (word == "define" && !in_code() && end - begin > 3) {
      macro(begin + 2, end);
    }
  }

  void other_branch() {
    if (branches_.empty()) return;
    Branch& branch = branches_.back();
    if (branch.in_first) {
      if (branch.first_counts) branch.after_first = state_;
      branch.in_first = false;
    }
    state_ = branch.before;
  }

  void end_branches() {
    if (branches_.empty()) return;
    Branch& branch = branches_.back();
    if (branch.in_first) {
      if (!branch.first_counts) state_ = std::move(branch.before);
    } else if (branch.first_counts) {
      state_ = std::move(branch.after_first);
    }
    branches_.pop_back();
  }

  void macro(std::size_t name, std::size_t end) {
    if (tokens_[name].kind != TokenKind::word) return;
    Item item;
    item.kind = ItemKind::macro;
    item.name = limited(std::string(tokens_[name].text));
    item.body = {name + 1, end};
    items_.push_back(std::move(item));
  }

  const std::vector<Token>& tokens_;
  std::size_t at_ = 0;
  State state_;
  std::vector<Branch> branches_;
  std::vector<Item> items_;
};

}  // namespace

std::vector<Item> split_c(const std::vector<Token>& tokens) { return CSplitter(tokens).run(); }

}  // namespace stowaway::advisory::patch
