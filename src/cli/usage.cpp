#include "cli/usage.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cli/console.h"

namespace stowaway::cli {
namespace {

// The subcommand that was named last: whose options and subcommands were expected.
const CLI::App& deepest(const CLI::App& app) {
  const auto named = app.get_subcommands();
  return named.empty() ? app : deepest(*named.front());
}

void add_option_names(const CLI::App& app, std::vector<std::string>& names) {
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
}

std::string suggestion(const std::string& given, const std::vector<std::string>& names) {
  const std::string_view near = nearest(given.substr(0, given.find('=')), names);
  return near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near);
}

// Empty when nothing was left over.
std::string about_unknown(const CLI::App& app, const CLI::App& command) {
  const std::vector<std::string> left = app.remaining(true);
  if (left.empty()) return "";
  const std::string& given = left.front();
  std::vector<std::string> names;
  if (given.starts_with('-')) {
    add_option_names(command, names);
    if (&command != &app) add_option_names(app, names);
    return fmt::format("no option \"{}\"{}", given, suggestion(given, names));
  }
  for (const CLI::App* one : command.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(one->get_name());
  if (names.empty()) return fmt::format("\"{}\" is one argument too many", given);
  return fmt::format("no command \"{}\"{}", given, suggestion(given, names));
}

std::string full_name(const CLI::App& app, const CLI::App& command) {
  return &app == &command ? app.get_name()
                          : full_name(app, *command.get_parent()) + " " + command.get_name();
}

}  // namespace

std::vector<std::string> arguments_of(int argc, char** argv) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  if (!arguments.empty() && arguments.front() == "help") {
    arguments.erase(arguments.begin());
    arguments.emplace_back("--help");
  }
  std::ranges::reverse(arguments);
  return arguments;
}

ExitCode answer(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) return app.exit(error) == 0 ? kDone : kWrongUse;
  const CLI::App& command = deepest(app);
  std::string what = about_unknown(app, command);
  const bool has_commands = !command.get_subcommands([](const CLI::App*) { return true; }).empty();
  const bool nothing_named = what.empty() && has_commands && error.get_name() == "RequiredError";
  if (nothing_named) {
    fmt::print(stderr, "{}", command.help());
    return kWrongUse;
  }
  if (what.empty()) what = error.what();
  print_error({ErrorCode::invalid_argument, what});
  fmt::print(stderr, "Try `{} --help`.\n", full_name(app, command));
  return kWrongUse;
}

}  // namespace stowaway::cli
