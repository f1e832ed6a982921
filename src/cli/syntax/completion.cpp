#include "cli/syntax/completion.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace stowaway::cli {
namespace {

// All three scripts go about it in the same way: the words before the cursor are walked, which
// gives the path of the command ("kb build"; "" for the program), and an option whose value comes
// next. Then a table says what that command takes, or that option's value may be.

std::string path_of(const CommandSyntax& command) {
  const std::size_t blank = command.full_name.find(' ');
  return blank == std::string::npos ? "" : command.full_name.substr(blank + 1);
}

void for_each_command(const CommandSyntax& command,
                      const std::function<void(const CommandSyntax&)>& use) {
  use(command);
  for (const CommandSyntax& one : command.commands) for_each_command(one, use);
}

// A command takes its own options and the program's.
std::vector<OptionSyntax> options_of(const CommandSyntax& program, const CommandSyntax& command) {
  std::vector<OptionSyntax> options = command.options;
  for (const OptionSyntax& one : program.options) {
    const bool known = std::ranges::any_of(
        options, [&](const OptionSyntax& other) { return other.names() == one.names(); });
    if (!known && one.long_name != "--version") options.push_back(one);
  }
  return &program == &command ? program.options : options;
}

std::vector<std::string> names_of(const OptionSyntax& option) {
  std::vector<std::string> names;
  if (!option.short_name.empty()) names.push_back(option.short_name);
  if (!option.long_name.empty()) names.push_back(option.long_name);
  return names;
}

// What a shell may offer: "files", "dirs", "none" or "= a b c".
std::string offer_of(const OptionSyntax& option) {
  switch (option.kind) {
    case ValueKind::choice: return fmt::format("= {}", fmt::join(option.choices, " "));
    case ValueKind::file: return "files";
    case ValueKind::directory: return "dirs";
    case ValueKind::none:
    case ValueKind::other: return "none";
  }
  return "none";
}

std::string offer_of_arguments(const CommandSyntax& command) {
  if (!command.commands.empty()) {
    std::string names = "=";
    for (const CommandSyntax& one : command.commands) names += " " + one.name;
    return names;
  }
  for (const OptionSyntax& argument : command.arguments)
    if (const std::string offer = offer_of(argument); offer != "none") return offer;
  return "none";
}

// In single quotes for bash and zsh, with `quote` for a quote inside.
std::string quoted(std::string_view text, std::string_view quote) {
  std::string out = "'";
  for (const char c : text)
    if (c == '\'')
      out += quote;
    else
      out += c;
  return out + "'";
}

// The table as `case` arms: "PATH|-o" gives offers of a value, "PATH" those of the command.
std::string bash_table(const CommandSyntax& program) {
  std::string offers, options, commands;
  for_each_command(program, [&](const CommandSyntax& command) {
    const std::string path = path_of(command);
    std::string names;
    for (const OptionSyntax& option : options_of(program, command)) {
      for (const std::string& name : names_of(option)) {
        names += (names.empty() ? "" : " ") + name;
        if (!option.value.empty())
          offers += fmt::format("    '{}|{}') echo '{}' ;;\n", path, name, offer_of(option));
      }
    }
    options += fmt::format("    '{}') echo '{}' ;;\n", path, names);
    commands += fmt::format("    '{}') echo '{}' ;;\n", path, offer_of_arguments(command));
  });
  return fmt::format(
      "_stowaway_value() {{\n  case \"$1\" in\n{}  esac\n}}\n"
      "_stowaway_options() {{\n  case \"$1\" in\n{}  esac\n}}\n"
      "_stowaway_arguments() {{\n  case \"$1\" in\n{}  esac\n}}\n",
      offers, options, commands);
}

constexpr const char* kBash = R"sh(
_stowaway_offer() {
  case "$1" in
    '= '*) COMPREPLY=($(compgen -W "${1#= }" -- "$2")) ;;
    files) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$2")) ;;
    dirs) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$2")) ;;
  esac
}

_stowaway() {
  local IFS=$' \t\n' path='' pending='' word offer i current="${COMP_WORDS[COMP_CWORD]}"
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="${COMP_WORDS[i]}"
    if [[ $word == '=' ]]; then continue; fi
    if [[ -n $pending ]]; then pending=''; continue; fi
    if [[ $word == -* ]]; then
      [[ -n $(_stowaway_value "$path|$word") ]] && pending="$word"
    else
      offer=$(_stowaway_options "${path:+$path }$word")
      [[ -n $offer ]] && path="${path:+$path }$word"
    fi
  done
  [[ $current == '=' ]] && current=''
  local IFS=$'\n'
  if [[ -n $pending ]]; then
    offer=$(_stowaway_value "$path|$pending")
  elif [[ $current == -* ]]; then
    offer="= $(_stowaway_options "$path")"
  else
    offer=$(_stowaway_arguments "$path")
  fi
  local IFS=$' \t\n'
  [[ $offer == '= '* ]] || IFS=$'\n'
  _stowaway_offer "$offer" "$current"
}
complete -F _stowaway stowaway
)sh";

std::string bash_script(const CommandSyntax& program) {
  return "# bash completion of stowaway; made by `stowaway completion bash`\n" +
         bash_table(program) + kBash;
}

// ---- zsh: _arguments does the walking.

std::string zsh_text(std::string text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string zsh_action(const OptionSyntax& option) {
  switch (option.kind) {
    case ValueKind::choice: return fmt::format("({})", fmt::join(option.choices, " "));
    case ValueKind::file: return "_files";
    case ValueKind::directory: return "_files -/";
    case ValueKind::none:
    case ValueKind::other: return " ";
  }
  return " ";
}

std::string zsh_spec(const OptionSyntax& option, const std::string& name) {
  std::string spec = "*" + name;
  if (!option.value.empty() && name.starts_with("--")) spec += "=";
  spec += "[" + zsh_text(option.text) + "]";
  if (!option.value.empty()) spec += ":" + zsh_text(option.value) + ":" + zsh_action(option);
  return "    " + quoted(spec, R"('\'')") + " \\\n";
}

std::string zsh_function(std::string path) {
  std::replace(path.begin(), path.end(), ' ', '_');
  return path.empty() ? "_stowaway" : "_stowaway_" + path;
}

std::string zsh_command(const CommandSyntax& program, const CommandSyntax& command) {
  std::string specs;
  for (const OptionSyntax& option : options_of(program, command))
    for (const std::string& name : names_of(option)) specs += zsh_spec(option, name);
  const std::string function = zsh_function(path_of(command));
  if (command.commands.empty()) {
    std::string arguments = "    '*: : '\n";
    for (const OptionSyntax& argument : command.arguments)
      if (argument.kind != ValueKind::other) {
        arguments = "    " +
                    quoted(fmt::format("*:{}:{}", zsh_text(argument.value), zsh_action(argument)),
                           R"('\'')") +
                    "\n";
        break;
      }
    return fmt::format("{}() {{\n  _arguments -S \\\n{}{}}}\n\n", function, specs, arguments);
  }
  std::string names, arms;
  for (const CommandSyntax& one : command.commands) {
    names += "        " + quoted(one.name + ":" + zsh_text(one.text), R"('\'')") + "\n";
    arms += fmt::format("        {}) {} ;;\n", one.name, zsh_function(path_of(one)));
  }
  return fmt::format(
      "{0}() {{\n  local curcontext=\"$curcontext\" state line\n  _arguments -C \\\n{1}"
      "    '1: :->command' \\\n    '*:: :->rest'\n"
      "  case $state in\n    command)\n      local -a commands=(\n{2}      )\n"
      "      _describe -t commands command commands ;;\n"
      "    rest)\n      case $line[1] in\n{3}      esac ;;\n  esac\n}}\n\n",
      function, specs, names, arms);
}

std::string zsh_script(const CommandSyntax& program) {
  std::string out =
      "#compdef stowaway\n# zsh completion of stowaway; made by `stowaway completion zsh`\n\n";
  for_each_command(program,
                   [&](const CommandSyntax& command) { out += zsh_command(program, command); });
  return out + "if [[ $funcstack[1] == _stowaway ]]; then\n  _stowaway \"$@\"\nelse\n" +
         "  compdef _stowaway stowaway\nfi\n";
}

// ---- fish

constexpr const char* kFishPath = R"sh(
# The command that the words before the cursor name: "kb build".
function __stowaway_path
  set -l path
  set -l pending 0
  for word in (commandline -opc)[2..-1]
    if test $pending = 1
      set pending 0
    else if string match -q -- '-*' $word
      contains -- $word $__stowaway_with_value; and set pending 1
    else if contains -- (string join ' ' $path $word) $__stowaway_commands
      set path $path $word
    end
  end
  string join ' ' $path
end
function __stowaway_at
  set -l path (__stowaway_path)
  test "$path" = "$argv[1]"
end
complete -c stowaway -f
)sh";

std::string fish_option(const OptionSyntax& option, const std::string& path) {
  std::string line = fmt::format("complete -c stowaway -n '__stowaway_at \"{}\"'", path);
  if (!option.short_name.empty()) line += " -s " + option.short_name.substr(1);
  if (!option.long_name.empty()) line += " -l " + option.long_name.substr(2);
  if (option.kind == ValueKind::choice)
    line += fmt::format(" -x -a '{}'", fmt::join(option.choices, " "));
  else if (option.kind == ValueKind::directory)
    line += " -x -a '(__fish_complete_directories)'";
  else if (option.kind == ValueKind::file)
    line += " -r -F";
  else if (!option.value.empty())
    line += " -x";
  return line + " -d " + quoted(option.text, R"(\')") + "\n";
}

std::string fish_script(const CommandSyntax& program) {
  std::string commands, values, lines;
  for_each_command(program, [&](const CommandSyntax& command) {
    const std::string path = path_of(command);
    if (!path.empty()) commands += " '" + path + "'";
    for (const OptionSyntax& option : options_of(program, command)) {
      for (const std::string& name : names_of(option))
        if (!option.value.empty() && values.find(" " + name + " ") == std::string::npos)
          values += (values.empty() ? " " : "") + name + " ";
      lines += fish_option(option, path);
    }
    for (const CommandSyntax& one : command.commands)
      lines += fmt::format("complete -c stowaway -n '__stowaway_at \"{}\"' -a {} -d {}\n", path,
                           one.name, quoted(one.text, R"(\')"));
    const std::string offer = offer_of_arguments(command);
    const std::string here = fmt::format("complete -c stowaway -n '__stowaway_at \"{}\"'", path);
    if (offer == "files") lines += here + " -F\n";
    if (offer == "dirs") lines += here + " -a '(__fish_complete_directories)'\n";
    if (offer.starts_with("= ") && command.commands.empty())
      lines += fmt::format("{} -a '{}'\n", here, offer.substr(2));
  });
  return "# fish completion of stowaway; made by `stowaway completion fish`\n" +
         fmt::format("set -g __stowaway_commands{}\nset -g __stowaway_with_value{}\n", commands,
                     values) +
         kFishPath + lines;
}

}  // namespace

const std::vector<std::string>& completion_shells() {
  static const std::vector<std::string> kShells = {"bash", "zsh", "fish"};
  return kShells;
}

Result<std::string> completion_script(std::string_view shell, const CommandSyntax& program) {
  if (shell == "bash") return bash_script(program);
  if (shell == "zsh") return zsh_script(program);
  if (shell == "fish") return fish_script(program);
  return fail(ErrorCode::invalid_argument, "no completion for the shell \"{}\"", shell);
}

}  // namespace stowaway::cli
