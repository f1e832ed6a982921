#include "report/embeds.h"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "base/text.h"
#include "report/text.h"

namespace stowaway::report {
namespace {

constexpr std::size_t kFieldColumns = 79;  // a longer field is folded, one entry a line
constexpr std::size_t kMaxShown = 60;      // bytes of a bad entry in a message

bool is_name_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.' || c == '_' ||
         c == '~' || c == '+' || c == '%';
}

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::optional<std::string> decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size() || digit_of(text[i + 1]) < 0 || digit_of(text[i + 2]) < 0)
      return std::nullopt;
    out += static_cast<char>(digit_of(text[i + 1]) * 16 + digit_of(text[i + 2]));
    i += 2;
  }
  return out;
}

std::set<std::string> texts_of(const std::vector<EmbedsEntry>& entries) {
  std::set<std::string> texts;
  for (const EmbedsEntry& entry : entries) texts.insert(text_of(entry));
  return texts;
}

// One entry, from left to right. Each take_… says whether it was there, and moves behind it.
class Parser {
 public:
  explicit Parser(std::string_view text) : whole_(text), rest_(trimmed(text)) {}

  Result<EmbedsEntry> parse() {
    EmbedsEntry entry;
    STOWAWAY_TRY(entry.component, word("", "a component's name"));
    while (take('(')) STOWAWAY_TRY_VOID(relation(entry));
    while (take('<')) {
      STOWAWAY_TRY(std::string mark, word("", "a mark"));
      if (!take('>')) return wrong("a mark ends with \">\"");
      entry.marks.push_back(std::move(mark));
    }
    std::ranges::sort(entry.marks);
    entry.marks.erase(std::unique(entry.marks.begin(), entry.marks.end()), entry.marks.end());
    if (take('{')) {
      STOWAWAY_TRY(entry.path, word("/", "a path"));
      if (!take('}')) return wrong("a path ends with \"}\"");
      if (*entry.path == ".") entry.path->clear();
    }
    while (take('|')) {
      STOWAWAY_TRY(std::string other, word("", "another component's name"));
      entry.alternatives.push_back(std::move(other));
    }
    if (!rest_.empty()) return wrong("something follows that does not belong there");
    return entry;
  }

 private:
  tl::unexpected<Error> wrong(std::string_view why) const {
    const std::string_view shown = trimmed(whole_).substr(0, kMaxShown);
    return fail(ErrorCode::corrupt, "\"{}\": {}", escape_for_terminal(shown), why);
  }

  bool take(char c) {
    rest_ = trimmed(rest_);
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  Result<std::string> word(std::string_view also, std::string_view what) {
    rest_ = trimmed(rest_);
    std::size_t end = 0;
    while (end < rest_.size() &&
           (is_name_character(rest_[end]) || also.find(rest_[end]) != also.npos))
      ++end;
    const auto text = decoded(rest_.substr(0, end));
    if (end == 0) return wrong(fmt::format("{} is missing", what));
    if (!text) return wrong("\"%\" is followed by two hexadecimal digits");
    rest_.remove_prefix(end);
    return *text;
  }

  // Behind the "(".
  Result<> relation(EmbedsEntry& entry) {
    const bool from = take('>'), to = !from && take('<');
    if (!take('=')) return wrong("a version comes after =, >= or <=");
    STOWAWAY_TRY(const std::string version, word(":", "a version"));
    if (!take(')')) return wrong("a version ends with \")\"");
    if ((!to && !entry.first.empty()) || (!from && !entry.last.empty()))
      return wrong("two versions contradict one another");
    if (!to) entry.first = version;
    if (!from) entry.last = version;
    return {};
  }

  std::string_view whole_, rest_;
};

}  // namespace

std::string text_of(const EmbedsEntry& entry) {
  const auto version = [](const std::string& label) { return percent_encode(label, "+:"); };
  std::string text = percent_encode(entry.component, "+");
  if (!entry.first.empty() && entry.first == entry.last) {
    text += fmt::format(" (= {})", version(entry.first));
  } else {
    if (!entry.first.empty()) text += fmt::format(" (>= {})", version(entry.first));
    if (!entry.last.empty()) text += fmt::format(" (<= {})", version(entry.last));
  }
  for (const std::string& mark : entry.marks) text += fmt::format(" <{}>", percent_encode(mark));
  if (entry.path)
    text += fmt::format(" {{{}}}", entry.path->empty() ? "." : percent_encode(*entry.path, "/+"));
  for (const std::string& other : entry.alternatives)
    text += fmt::format(" | {}", percent_encode(other, "+"));
  return text;
}

std::string embeds_value(const std::vector<EmbedsEntry>& entries) {
  std::string value;
  for (const std::string& text : texts_of(entries)) value += (value.empty() ? "" : ", ") + text;
  return value;
}

std::string embeds_field(std::string_view name, const std::vector<EmbedsEntry>& entries) {
  if (entries.empty()) return {};
  const std::string line = fmt::format("{}: {}", name, embeds_value(entries));
  if (columns_of(line) <= kFieldColumns) return line + "\n";
  std::string folded = fmt::format("{}:", name);
  bool is_first = true;
  for (const std::string& text : texts_of(entries)) {
    folded += (is_first ? "\n " : ",\n ") + text;
    is_first = false;
  }
  return folded + "\n";
}

Result<std::vector<EmbedsEntry>> parse_embeds(std::string_view value) {
  if (value.size() > kMaxEmbedsBytes)
    return fail(ErrorCode::limit_exceeded, "a field longer than {} bytes", kMaxEmbedsBytes);
  std::vector<EmbedsEntry> entries;
  for (const std::string_view part : split(value, ',')) {
    if (trimmed(part).empty()) continue;
    STOWAWAY_TRY(EmbedsEntry entry, Parser(part).parse());
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::vector<EmbedsEntry> embeds_of(const match::ScanResult& result, bool with_paths) {
  std::vector<EmbedsEntry> entries;
  for (const match::Copy& copy : result.copies) {
    if (copy.component.empty()) continue;
    EmbedsEntry entry;
    entry.component = copy.component;
    if (!copy.versions.empty())
      entry.first = copy.versions.front(), entry.last = copy.versions.back();
    if (copy.verdict == match::Verdict::modified) entry.marks = {"modified"};
    if (copy.verdict == match::Verdict::fragment) entry.marks = {"fragment"};
    if (with_paths) entry.path = copy.path;
    for (const std::string& other : copy.alternatives)
      if (!other.empty()) entry.alternatives.push_back(other);
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace stowaway::report
