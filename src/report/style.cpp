#include "report/style.h"

#include <algorithm>

#include "report/text.h"

namespace stowaway::report {
namespace {

constexpr unsigned kNarrowestColumns =
    60;                                 // below that a table with six columns says nothing any more
constexpr unsigned kFileColumns = 120;  // of a report that goes to a file or a pipe
constexpr std::size_t kLongestNote =
    1000;  // columns; a hostile subject must not fill the screen with one remark

}  // namespace

std::string Style::operator()(Paint paint, std::string_view text) const {
  if (!colour_ || paint == Paint::plain) return std::string(text);
  std::string_view code;
  switch (paint) {
    case Paint::plain: break;
    case Paint::strong: code = "\x1b[1m"; break;
    case Paint::faint: code = "\x1b[2m"; break;
    case Paint::good: code = "\x1b[32m"; break;
    case Paint::warn: code = "\x1b[33m"; break;
    case Paint::bad: code = "\x1b[1;31m"; break;
  }
  return std::string(code).append(text).append("\x1b[0m");
}

Paint paint_of(match::Verdict verdict) {
  switch (verdict) {
    case match::Verdict::identical:
    case match::Verdict::subset: return Paint::good;
    case match::Verdict::modified: return Paint::warn;
    case match::Verdict::fragment: return Paint::faint;
  }
  return Paint::plain;
}

std::size_t line_columns(const Options& options) {
  if (options.width_columns == 0) return kFileColumns;
  return std::max(options.width_columns, kNarrowestColumns);
}

std::string indented(std::string_view utf8, std::size_t indent, std::size_t line_columns) {
  indent = std::min(indent, line_columns / 2);
  std::string out;
  for (const std::string& line : wrap(shorten_end(utf8, kLongestNote), line_columns - indent)) {
    out.append(indent, ' ').append(line).append("\n");
  }
  return out;
}

}  // namespace stowaway::report
