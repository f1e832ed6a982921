#include "cli/syntax/syntax.h"

#include <algorithm>

#include "base/text.h"

namespace stowaway::cli {
namespace {

constexpr const char* kAnyText = "TEXT";  // CLI11's name for a value that nobody named

ValueKind kind_of(const OptionSyntax& option) {
  if (!option.choices.empty()) return ValueKind::choice;
  if (option.value == "FILE" || option.value == kAnyText) return ValueKind::file;
  return option.value == "DIRECTORY" ? ValueKind::directory : ValueKind::other;
}

// "NAME:{table,json}" names the value and what there is to choose from.
void read_type(const std::string& type, OptionSyntax& option) {
  option.value = type.substr(0, type.find(':'));
  const std::size_t open = type.find('{'), close = type.find('}', open);
  if (close == std::string::npos) return;
  for (const std::string_view choice :
       split(std::string_view(type).substr(open + 1, close - open - 1), ','))
    option.choices.emplace_back(trimmed(choice));
}

OptionSyntax option_syntax(const CLI::Option& from) {
  OptionSyntax option;
  if (!from.get_snames().empty()) option.short_name = "-" + from.get_snames().front();
  if (!from.get_lnames().empty()) option.long_name = "--" + from.get_lnames().front();
  option.text = from.get_description();
  option.default_value = from.get_default_str();
  option.variable = from.get_envname();
  option.group = from.get_group();
  option.required = from.get_required();
  if (from.get_items_expected_max() == 0) return option;
  read_type(from.get_type_name(), option);
  option.kind = kind_of(option);
  if (from.get_positional()) {
    const std::string name = from.get_name(true);
    if (option.value == kAnyText && (name == "DIRECTORY" || name == "FILE")) option.value = name;
    option.kind = kind_of(option);
    option.value = name;
    option.repeatable = from.get_expected_max() > 1;
  }
  return option;
}

CommandSyntax command_syntax(const CLI::App& app, const std::string& above) {
  CommandSyntax command;
  command.name = app.get_name();
  command.full_name = above.empty() ? command.name : above + " " + command.name;
  command.text = app.get_description();
  const CLI::App* const holder = app.get_parent();  // CLI11 hands its footer down
  if (holder == nullptr || holder->get_footer() != app.get_footer())
    command.footer = app.get_footer();
  command.group = app.get_group();
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_group().empty()) continue;
    (option->get_positional() ? command.arguments : command.options)
        .push_back(option_syntax(*option));
  }
  for (const CLI::App* one : app.get_subcommands([](const CLI::App*) { return true; }))
    if (!one->get_group().empty())
      command.commands.push_back(command_syntax(*one, command.full_name));
  return command;
}

}  // namespace

std::string OptionSyntax::names() const {
  return short_name + (short_name.empty() || long_name.empty() ? "" : ", ") + long_name;
}

std::string CommandSyntax::usage() const {
  std::string line = full_name + " [OPTIONS]";
  for (const OptionSyntax& argument : arguments) {
    const std::string word = argument.value + (argument.repeatable ? "..." : "");
    line += argument.required ? " " + word : " [" + word + "]";
  }
  if (!commands.empty()) line += " COMMAND ...";
  return line;
}

CommandSyntax syntax_of(const CLI::App& app) {
  return command_syntax(app,
                        app.get_parent() == nullptr ? "" : syntax_of(*app.get_parent()).full_name);
}

}  // namespace stowaway::cli
