// What must not show in forms, and what must, over made-up code.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "advisory/patch/apply.h"
#include "advisory/patch/item_text.h"
#include "advisory/patch/learn.h"
#include "advisory/patch/split.h"

namespace stowaway::advisory::patch {
namespace {

using Words = std::vector<std::string>;  // code, word by word

// Statements with everything that makes brace matchers stumble.
const std::vector<Words>& statements_of_c() {
  static const std::vector<Words> all{
      {"a", "=", "b", "+", "1", ";"},
      {"if", "(", "a", "<", "b", ")", "{", "f", "(", "a", ")", ";", "}"},
      {"for", "(", ";", ";", ")", "{", "break", ";", "}"},
      {"s", "=", "\"}{\"", ";"},
      {"c", "=", "'{'", ";"},
      {"p", "=", "R\"x(}} \" {)x\"", ";"},
      {"OPEN_BLOCK", "(", "a", ")", "b", "++", ";", "CLOSE_BLOCK", ";"},
      {"int", "t", "[", "]", "=", "{", "1", ",", "2", "}", ";"},
      {"std", "::", "vector", "<", "int", ">", "v", "{", "1", "}", ";"},
      {"auto", "l", "=", "[", "&", "]", "(", "int", "x", ")", "{", "return", "x", ";", "}", ";"},
      {"return", "b", ";"},
  };
  return all;
}
const std::vector<Words>& statements_of_javascript() {
  static const std::vector<Words> all{
      {"a", "=", "b", "+", "1", ";"},
      {"if", "(", "a", "<", "b", ")", "{", "f", "(", "a", ")", ";", "}"},
      {"r", "=", "/[/}]{2}\\//g", ";"},
      {"s", "=", "`x ${ a + `{${b}` } }`", ";"},
      {"t", "=", "'}'", ";"},
      {"q", "=", "a", "/", "b", "/", "2", ";"},
      {"o", "=", "{", "k", ":", "1", "}", ";"},
      {"x", ".", "map", "(", "function", "(", "y", ")", "{", "return", "y", ";", "}", ")", ";"},
  };
  return all;
}

struct Function {
  std::string name;
  Words body;
  Language language = Language::c;
  bool old_style = false;

  Words words() const {
    Words out;
    if (language == Language::javascript)
      out = {"function", name, "(", "a", ",", "b", ")"};
    else if (old_style)
      out = {"int", name, "(", "a", ",", "b", ")", "int", "a", ",", "b", ";"};
    else
      out = {"static", "int", name, "(", "int", "a", ",", "int", "b", ")"};
    out.emplace_back("{");
    out.insert(out.end(), body.begin(), body.end());
    out.emplace_back("}");
    return out;
  }
};

Function some_function(Language language, const std::string& name) {
  const auto& all = language == Language::c ? statements_of_c() : statements_of_javascript();
  Function out{name, {}, language, language == Language::c && *rc::gen::arbitrary<bool>()};
  const auto picked = *rc::gen::resize(8, rc::gen::container<std::vector<std::size_t>>(
                                              rc::gen::inRange<std::size_t>(0, all.size())));
  for (const std::size_t i : picked) out.body.insert(out.body.end(), all[i].begin(), all[i].end());
  return out;
}

Language some_language() { return *rc::gen::element(Language::c, Language::javascript); }

// The words with any blanks, line ends and comments between them.
std::string laid_out(const Words& words) {
  std::string out;
  for (const std::string& word : words) {
    out += word;
    out += *rc::gen::elementOf(std::vector<std::string>{
        " ", "  ", "\n", "\r\n", "\t", " /* } \" ' { */ ", "\n// don't {\n", "\n\n    "});
  }
  return out + "\n";
}
std::string plainly(const Words& words) {
  std::string out;
  for (const std::string& word : words) out += word + " ";
  return out + "\n";
}

std::vector<std::pair<std::string, FormHash>> forms_of(const std::string& text, Language language) {
  const TokenList list = tokens_of(text, language);
  std::vector<std::pair<std::string, FormHash>> out;
  for (const Item& item : split(list, language))
    if (item.kind == ItemKind::function) out.emplace_back(item.name, print_of(list, item).whole);
  return out;
}

RC_GTEST_PROP(Forms, LayoutDoesNotShow, ()) {
  const Language language = some_language();
  const Words words = some_function(language, "first").words();
  const auto plain = forms_of(plainly(words), language);
  RC_ASSERT(plain.size() == 1U);
  RC_ASSERT(plain[0].first == "first");
  RC_ASSERT(forms_of(laid_out(words), language) == plain);
}

RC_GTEST_PROP(Forms, PlaceAndOrderDoNotShow, ()) {
  const Language language = some_language();
  std::vector<std::string> texts;
  for (const char* name : {"first", "second", "third"})
    texts.push_back(plainly(some_function(language, name).words()));
  auto forms = forms_of(texts[0] + texts[1] + texts[2], language);
  auto moved = forms_of(texts[2] + "\n;\n" + texts[0] + texts[1], language);
  RC_ASSERT(forms.size() == 3U);
  std::ranges::sort(forms);
  std::ranges::sort(moved);
  RC_ASSERT(forms == moved);
}

RC_GTEST_PROP(Forms, TheNameDoesNotShow, ()) {
  const Language language = some_language();
  Function function = some_function(language, "first");
  const Words call{"first", "(", "a", ",", "2", ")", ";"};
  const auto with_call = [&](const std::string& name) {
    Function renamed = function;
    renamed.name = name;
    renamed.body.insert(renamed.body.end(), call.begin(), call.end());
    renamed.body[function.body.size()] = name;  // it calls itself
    return forms_of(plainly(renamed.words()), language);
  };
  const auto one = with_call("first"), other = with_call("z_first");
  RC_ASSERT(one.size() == 1U && other.size() == 1U);
  RC_ASSERT(one[0].second == other[0].second);
}

RC_GTEST_PROP(Forms, AnyOtherWordShows, ()) {
  const Language language = some_language();
  Function function = some_function(language, "first");
  RC_PRE(!function.body.empty());
  const auto before = forms_of(plainly(function.words()), language);
  const auto at = *rc::gen::inRange<std::size_t>(0, function.body.size() + 1);
  function.body.insert(function.body.begin() + static_cast<std::ptrdiff_t>(at), "novelty");
  const auto after = forms_of(plainly(function.words()), language);
  const auto first = std::ranges::find(after, "first", [](const auto& one) { return one.first; });
  RC_ASSERT(before.size() == 1U && first != after.end());  // the word may have named another one
  RC_ASSERT(before[0].second != first->second);
}

// Lines that moved as a block keep their statements.
RC_GTEST_PROP(Statements, MovedOnesAreTheSame, ()) {
  const auto& all = statements_of_c();
  const auto first = *rc::gen::elementOf(all), second = *rc::gen::elementOf(all);
  const auto of = [](const Words& a, const Words& b) {
    const std::string text = plainly(a) + plainly(b);
    const TokenList list = tokens_of(text, Language::c);
    auto statements = statements_of_piece(list, Language::c);
    make_set(statements);
    return statements;
  };
  RC_ASSERT(of(first, second) == of(second, first));
}

using Lines = std::vector<std::string>;

std::string joined(const Lines& lines) {
  std::string out;
  for (const std::string& line : lines) out += line + "\n";
  return out;
}

// One hunk that replaces `gone` lines at `at` by `come`, with up to three lines of context.
std::string one_hunk(const Lines& before, std::size_t at, std::size_t gone, const Lines& come) {
  const std::size_t begin = at < 3 ? 0 : at - 3, end = std::min(before.size(), at + gone + 3);
  std::string out = fmt::format("--- a/f.c\n+++ b/f.c\n@@ -{},{} +{},{} @@\n", begin + 1,
                                end - begin, begin + 1, end - begin - gone + come.size());
  for (std::size_t i = begin; i < at; ++i) out += " " + before[i] + "\n";
  for (std::size_t i = at; i < at + gone; ++i) out += "-" + before[i] + "\n";
  for (const std::string& line : come) out += "+" + line + "\n";
  for (std::size_t i = at + gone; i < end; ++i) out += " " + before[i] + "\n";
  return out;
}

RC_GTEST_PROP(Apply, IsUndoneByItsReverse, ()) {
  const auto line =
      rc::gen::elementOf(std::vector<std::string>{"", "a", "b", "c", "-", "+x", "@@"});
  const auto before = *rc::gen::nonEmpty(rc::gen::container<Lines>(line));
  const auto come = *rc::gen::nonEmpty(rc::gen::container<Lines>(line));
  const auto at = *rc::gen::inRange<std::size_t>(0, before.size());
  const auto gone = *rc::gen::inRange<std::size_t>(0, before.size() - at + 1);
  Lines after(before.begin(), before.begin() + static_cast<std::ptrdiff_t>(at));
  after.insert(after.end(), come.begin(), come.end());
  after.insert(after.end(), before.begin() + static_cast<std::ptrdiff_t>(at + gone), before.end());

  const std::string text = one_hunk(before, at, gone, come);
  const auto diff = read_diff(text);
  RC_ASSERT(diff.has_value());
  const auto forward = apply(diff->files[0], joined(before), Direction::forward, 0);
  RC_ASSERT(forward.has_value());
  RC_ASSERT(*forward == joined(after));
  const auto back = apply(diff->files[0], joined(after), Direction::reverse, 0);
  RC_ASSERT(back.has_value());
  RC_ASSERT(*back == joined(before));
}

// What is learnt of a change is found again on both of its sides, and nothing of it is on both.
RC_GTEST_PROP(Learning, TellsTheSidesApart, ()) {
  const Language language = some_language();
  Function function = some_function(language, "first");
  const std::string before = plainly(function.words());
  const Words fix{"if", "(", "a", ">", "limit", ")", "{", "return", "0", ";", "}"};
  function.body.insert(function.body.begin(), fix.begin(), fix.end());
  const std::string after = plainly(function.words());
  const std::string path = language == Language::c ? "src/f.c" : "src/f.js";
  const auto items = learn_changes({{path, before, after}});
  RC_ASSERT(items.size() == 1U);
  RC_ASSERT(items[0].name == "first");
  RC_ASSERT(items[0].vulnerable.size() == 1U && items[0].fixed.size() == 1U);
  RC_ASSERT(items[0].vulnerable != items[0].fixed);
  RC_ASSERT(items[0].edits.size() == 1U && !items[0].edits[0].added.empty());
  RC_ASSERT(learn_changes({{path, after, after}}).empty());
}

}  // namespace
}  // namespace stowaway::advisory::patch
