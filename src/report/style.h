// Colour and width of what is printed for people. Private to `report`.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "match/result.h"
#include "report/writer.h"

namespace stowaway::report {

enum class Paint { plain, strong, faint, good, warn, bad };

// Puts ANSI codes around `text` when colours are wanted.
class Style {
 public:
  explicit Style(const Options& options) : colour_(options.colour) {}
  std::string operator()(Paint paint, std::string_view text) const;

 private:
  bool colour_;
};

Paint paint_of(match::Verdict verdict);

// Columns that a line may take: see Options::width_columns.
std::size_t line_columns(const Options& options);

// `text` in lines that each begin with `indent` spaces, shortened to what a person reads, newline
// at each end.
std::string indented(std::string_view utf8, std::size_t indent, std::size_t line_columns);

}  // namespace stowaway::report
