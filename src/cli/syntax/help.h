// What `--help` prints, from the table of syntax.h. The program's own help fits a screen of 24
// lines and 80 columns, whatever commands there are (a test counts).
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "cli/syntax/syntax.h"

namespace stowaway::cli {

// For CLI::App::formatter(), before commands are added: they take it over.
class HelpFormatter final : public CLI::FormatterBase {
 public:
  std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const final;
};

// Words in lines of at most `columns`, each with a newline; the first begins in column `at`, the
// others are indented by `indent`. A longer word stands alone.
std::string wrapped(std::string_view text, std::size_t at, std::size_t indent, std::size_t columns);

}  // namespace stowaway::cli
