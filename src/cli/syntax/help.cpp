#include "cli/syntax/help.h"

#include <fmt/format.h>

#include "base/text.h"

namespace stowaway::cli {
namespace {

constexpr std::size_t kColumns = 80;
constexpr std::size_t kOptionColumns = 30;   // a longer name puts its text on the next line
constexpr std::size_t kCommandColumns = 15;  // in the program's own help
constexpr std::size_t kShownCommands = 11;   // there with their words: more would fill the screen

// The value's name, or what there is to choose from where nobody named it.
std::string shown_value(const OptionSyntax& option) {
  if (option.value != "TEXT" || option.choices.empty()) return option.value;
  return fmt::format("{{{}}}", fmt::join(option.choices, ","));
}

std::string row(const std::string& name, const std::string& text, std::size_t column) {
  const std::string head = "  " + name;
  if (text.empty()) return head + "\n";
  if (head.size() + 2 > column)
    return head + "\n" + std::string(column, ' ') + wrapped(text, column, column, kColumns);
  return fmt::format("{:<{}}", head, column) + wrapped(text, column, column, kColumns);
}

std::string option_row(const OptionSyntax& option) {
  std::string name = option.names();
  if (name.empty()) {
    name = option.value + (option.repeatable ? "..." : "");
  } else {
    if (option.short_name.empty()) name = "    " + name;
    if (!option.value.empty()) name += " " + shown_value(option);
  }
  std::string text = option.text;
  if (!option.choices.empty() && shown_value(option) == option.value)
    text += fmt::format(": {}", fmt::join(option.choices, ", "));
  if (!option.variable.empty()) text += "; or " + option.variable;
  if (!option.default_value.empty()) text += " [" + option.default_value + "]";
  if (option.required && !option.names().empty()) text += " (required)";
  return row(name, text, kOptionColumns);
}

// Options by group, in the order in which the groups first come.
std::string option_groups(const CommandSyntax& command) {
  std::vector<std::string> groups;
  for (const OptionSyntax& option : command.options)
    if (std::ranges::find(groups, option.group) == groups.end()) groups.push_back(option.group);
  std::string out;
  for (const std::string& group : groups) {
    out += "\n" + group + ":\n";
    for (const OptionSyntax& option : command.options)
      if (option.group == group) out += option_row(option);
  }
  return out;
}

std::string command_help(const CommandSyntax& command) {
  std::string out = command.text + "\n";
  out += "Usage: " + wrapped(command.usage(), 7, 7, kColumns);
  if (!command.arguments.empty()) {
    out += "\nArguments:\n";
    for (const OptionSyntax& argument : command.arguments) out += option_row(argument);
  }
  out += option_groups(command);
  if (!command.commands.empty()) {
    out += "\nCommands:\n";
    for (const CommandSyntax& one : command.commands) out += row(one.name, one.text, 16);
  }
  if (!command.footer.empty()) out += "\n" + command.footer + "\n";
  return out;
}

// The program's: no room for the options' words, which the manual has.
std::string program_help(const CommandSyntax& program) {
  std::string out = program.text + "\n\n" + program.footer + "\n\nCommands:\n";
  std::string lesser;
  std::size_t shown = 0;
  for (const CommandSyntax& command : program.commands) {
    if (command.group == kLesserCommands || shown == kShownCommands) {
      lesser += (lesser.empty() ? "" : ", ") + command.name;
    } else {
      out += row(command.name, command.text, kCommandColumns);
      ++shown;
    }
  }
  if (!lesser.empty()) out += row("more:", lesser, kCommandColumns);
  std::string options;
  for (const OptionSyntax& option : program.options) {
    options += options.empty() ? "" : ", ";
    options += option.short_name.empty() ? option.long_name : option.short_name;
    if (!option.value.empty()) options += " " + shown_value(option);
  }
  out += "\nOptions: " + wrapped(options, 9, 9, kColumns);
  return out + "Details: stowaway COMMAND --help, or man stowaway-COMMAND\n";
}

}  // namespace

std::string HelpFormatter::make_help(const CLI::App* app, std::string, CLI::AppFormatMode) const {
  const CommandSyntax command = syntax_of(*app);
  return app->get_parent() == nullptr ? program_help(command) : command_help(command);
}

std::string wrapped(std::string_view text, std::size_t at, std::size_t indent,
                    std::size_t columns) {
  std::string out;
  std::size_t column = at;
  for (const std::string_view word : split(text, ' ')) {
    if (column > at && column + 1 + word.size() > columns) {
      out += "\n" + std::string(indent, ' ');
      column = at = indent;
    }
    if (column > at) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
  }
  return out + "\n";
}

}  // namespace stowaway::cli
