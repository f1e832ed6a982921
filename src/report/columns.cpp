#include "report/columns.h"

#include <algorithm>

#include "report/style.h"
#include "report/text.h"

namespace stowaway::report {
namespace {

constexpr std::size_t kSpace = 2, kLeast = 12;  // columns between cells; of the elastic one

std::string line_of(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    line += cells[i];
    if (i + 1 < cells.size())
      line += std::string(widths[i] + kSpace - std::min(columns_of(cells[i]), widths[i]), ' ');
  }
  while (line.ends_with(' ')) line.pop_back();
  return line + "\n";
}

}  // namespace

std::string in_columns(const std::vector<std::string>& titles,
                       const std::vector<std::vector<std::string>>& rows, std::size_t elastic,
                       const Options& options) {
  std::vector<std::vector<std::string>> lines{titles};
  for (const std::vector<std::string>& row : rows) {
    std::vector<std::string>& line = lines.emplace_back();
    for (const std::string& cell : row) line.push_back(to_line(cell));
  }
  std::vector<std::size_t> widths(titles.size());
  for (const std::vector<std::string>& line : lines)
    for (std::size_t i = 0; i < line.size(); ++i)
      widths[i] = std::max(widths[i], columns_of(line[i]));
  std::size_t whole = kSpace * (titles.size() - 1);
  for (const std::size_t width : widths) whole += width;
  const std::size_t most = options.width_columns;
  if (most > 0 && whole > most && widths[elastic] > kLeast) {
    widths[elastic] -= std::min(widths[elastic] - kLeast, whole - most);
    for (std::vector<std::string>& line : lines)
      line[elastic] = shorten_middle(line[elastic], widths[elastic]);
  }
  const Style style(options);
  std::string text;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string line = line_of(lines[i], widths);
    text += i == 0 ? style(Paint::faint, line) : line;
  }
  return text;
}

}  // namespace stowaway::report
