// What the command line takes, read off the parser: the one table from which help, manual pages and
// completions are made. A new command or option is in all of them without a further line. Pure.
//
// How an option says more about its value: `->type_name("FILE")` names it, and with it what a shell
// may offer: FILE (or TEXT, CLI11's own word) files, DIRECTORY directories, anything else nothing.
// Choices come from `CLI::IsMember`, or stand behind the name: "NAME:{table,json}". A command of
// the group "" is in no table; one of the group kLesserCommands is only named by `stowaway --help`.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace stowaway::cli {

inline constexpr const char* kLesserCommands = "More";

enum class ValueKind { none, file, directory, choice, other };

struct OptionSyntax {
  std::string short_name, long_name;  // "-f", "--format"; one may be empty; both for an argument
  std::string value;                  // what stands for the value: "FILE"; "" for a flag
  ValueKind kind = ValueKind::none;
  std::vector<std::string> choices;
  std::string text;           // one sentence without full stop, as the help prints it
  std::string default_value;  // "" where there is none to tell
  std::string variable;       // of the environment, that gives the value too; or ""
  std::string group;          // "Options" unless the command says otherwise
  bool required = false;
  bool repeatable = false;  // an argument that takes several values

  // "-f, --format"
  std::string names() const;
};

struct CommandSyntax {
  std::string name;       // "build"
  std::string full_name;  // "stowaway kb build"
  std::string text, footer, group;
  std::vector<OptionSyntax> arguments;  // what has no dash, in order
  std::vector<OptionSyntax> options;    // without those of the commands above
  std::vector<CommandSyntax> commands;

  // "stowaway scan [OPTIONS] [SUBJECT...]"
  std::string usage() const;
};

CommandSyntax syntax_of(const CLI::App& app);

}  // namespace stowaway::cli
