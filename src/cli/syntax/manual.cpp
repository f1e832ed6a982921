#include "cli/syntax/manual.h"

#include <fmt/format.h>

#include <array>
#include <set>

#include "base/text.h"

namespace stowaway::cli {
namespace {

bool is_title(std::string_view key) {
  return key.find_first_of("abcdefghijklmnopqrstuvwxyz-") == std::string_view::npos;
}

// Text of ours as roff: dashes that can be pasted, `code` in bold, a full stop at the end.
std::string roff(std::string_view text) {
  std::string out;
  bool bold = false;
  for (const char c : text) {
    if (c == '`') {
      out += bold ? "\\fR" : "\\fB";
      bold = !bold;
    } else if (c == '-') {
      out += "\\-";
    } else if (c == '\\') {
      out += "\\e";
    } else {
      out += c;
    }
  }
  if (out.starts_with('.') || out.starts_with('\'')) out.insert(0, "\\&");
  return out;
}

std::string sentence(std::string_view text) {
  const bool ends = text.empty() || text.ends_with('.');
  return roff(text) + (ends ? "" : ".");
}

std::string page_name(std::string full_name) {
  std::replace(full_name.begin(), full_name.end(), ' ', '-');
  return full_name;
}

class Page {
 public:
  Page(const CommandSyntax& program, const CommandSyntax& command, const Prose& prose)
      : program_(program), command_(command), prose_(prose) {}

  Result<std::string> write(const ManualOptions& options) {
    std::string title = page_name(command_.full_name);
    std::string upper = title;
    std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return std::toupper(c); });
    std::string summary = command_.text;
    summary[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(summary[0])));
    if (summary.ends_with('.')) summary.pop_back();
    out_ = fmt::format(".TH {} 1 \"{}\" \"stowaway {}\" \"User commands\"\n", roff(upper),
                       options.date, options.version);
    out_ += fmt::format(".SH NAME\n{} \\- {}\n", roff(title), roff(summary));
    synopsis();
    section("DESCRIPTION", sentence(command_.text) + "\n");
    commands();
    option_section();
    section("EXIT STATUS", is_program() ? "" : "As in\n.BR stowaway (1).\n");
    for (const char* const name : {"ENVIRONMENT", "FILES", "SIGNALS"}) section(name, "");
    others();
    examples();
    see_also();
    return finish();
  }

 private:
  bool is_program() const { return &program_ == &command_; }

  const std::string* take(const std::string& key) {
    const auto found = prose_.find(key);
    if (found == prose_.end()) return nullptr;
    taken_.insert(key);
    return &found->second;
  }

  void section(const std::string& title, const std::string& otherwise) {
    const std::string* text = take(title);
    if (text == nullptr && otherwise.empty()) return;
    out_ += ".SH " + title + "\n" + (text == nullptr ? otherwise : *text);
  }

  void synopsis_line(const CommandSyntax& command) {
    out_ += fmt::format(".SY \"{}\"\n.RI [ options ]\n", roff(command.full_name));
    for (const OptionSyntax& argument : command.arguments) {
      const std::string name = to_lower(argument.value) + (argument.repeatable ? " ..." : "");
      out_ += argument.required ? ".IR " + roff(name) + "\n" : ".RI [ " + roff(name) + " ]\n";
    }
    out_ += ".YS\n";
  }

  void synopsis() {
    out_ += ".SH SYNOPSIS\n";
    if (is_program()) {
      out_ += ".SY stowaway\n.RI [ options ]\n.I command\n.RI [ arguments ]\n.YS\n";
    } else if (command_.commands.empty()) {
      synopsis_line(command_);
    }
    for (const CommandSyntax& one : command_.commands)
      if (!is_program()) synopsis_line(one);
  }

  void option(const OptionSyntax& option, const std::string& prefix) {
    const std::string bold =
        option.short_name.empty() || option.long_name.empty()
            ? "\\fB" + roff(option.names()) + "\\fR"
            : "\\fB" + roff(option.short_name) + "\\fR, \\fB" + roff(option.long_name) + "\\fR";
    const std::string value =
        option.value == "TEXT" && !option.choices.empty() ? "CHOICE" : option.value;
    out_ += ".TP\n" + bold + (value.empty() ? "" : " \\fI" + roff(value) + "\\fR") + "\n";
    out_ += sentence(option.text) + "\n";
    if (!option.choices.empty())
      out_ += fmt::format("One of \\fB{}\\fR.\n",
                          roff(fmt::format("{}", fmt::join(option.choices, ", "))));
    if (!option.default_value.empty())
      out_ += fmt::format("The default is \\fB{}\\fR.\n", roff(option.default_value));
    if (!option.variable.empty())
      out_ +=
          fmt::format("Without it, the environment\\(cqs \\fB{}\\fR counts.\n", option.variable);
    if (option.required) out_ += "Required.\n";
    const std::string name = option.long_name.empty() ? option.short_name : option.long_name;
    if (const std::string* more = take(prefix + name)) out_ += *more;
  }

  void arguments(const CommandSyntax& command, const std::string& prefix) {
    for (const OptionSyntax& argument : command.arguments) {
      out_ += ".TP\n\\fI" + roff(to_lower(argument.value)) + "\\fR" +
              (argument.repeatable ? " ..." : "") + "\n" + sentence(argument.text) + "\n";
      if (const std::string* more = take(prefix + argument.value)) out_ += *more;
    }
  }

  void commands() {
    if (command_.commands.empty()) return;
    out_ += ".SH COMMANDS\n";
    for (const CommandSyntax& one : command_.commands) {
      if (is_program()) {
        out_ += fmt::format(".TP\n.B {}\n{}\nSee\n.BR {} (1).\n", roff(one.name),
                            sentence(one.text), roff(page_name(one.full_name)));
        continue;
      }
      out_ += fmt::format(".SS {}\n{}\n", roff(one.name), sentence(one.text));
      if (const std::string* more = take(one.name)) out_ += *more;
      arguments(one, one.name + " ");
      for (const OptionSyntax& taken : one.options)
        if (taken.long_name != "--help") option(taken, one.name + " ");
    }
  }

  void option_section() {
    out_ += ".SH OPTIONS\n";
    if (is_program())
      out_ += "These are taken by all commands, before or after the command\\(cqs name.\n";
    else
      out_ += std::string("Those of\n.BR stowaway (1)") + (has_own_options() ? ",\nand:\n" : ".\n");
    arguments(command_, "");
    std::string group = "Options";
    for (const OptionSyntax& one : command_.options) {
      if (!is_program() && one.long_name == "--help") continue;
      if (one.group != group) out_ += fmt::format(".SS {}\n", roff(one.group));
      group = one.group;
      option(one, "");
    }
  }

  bool has_own_options() const {
    return command_.options.size() > 1 || !command_.arguments.empty();
  }

  // Sections with titles of their own stand before the examples.
  void others() {
    static const std::set<std::string> kLater = {"EXAMPLES", "SEE ALSO"};
    for (const auto& [key, text] : prose_)
      if (is_title(key) && !taken_.contains(key) && !kLater.contains(key) && !is_argument(key))
        section(key, "");
  }

  bool is_argument(const std::string& key) const {
    return std::ranges::any_of(command_.arguments,
                               [&](const OptionSyntax& one) { return one.value == key; });
  }

  static std::string example_lines(const CommandSyntax& command) {
    std::string lines;
    for (const std::string_view line : split(command.footer, '\n'))
      if (line.starts_with("  ")) lines += roff(trimmed(line)) + "\n";
    return lines;
  }

  // Those that the help shows, one a line, and what prose adds.
  void examples() {
    std::string lines = example_lines(command_);
    if (!is_program())
      for (const CommandSyntax& one : command_.commands) lines += example_lines(one);
    const std::string* more = take("EXAMPLES");
    if (lines.empty() && more == nullptr) return;
    out_ += ".SH EXAMPLES\n";
    if (!lines.empty()) out_ += ".EX\n" + lines + ".EE\n";
    if (more != nullptr) out_ += *more;
  }

  void see_also() {
    std::string pages;
    if (is_program())
      for (const CommandSyntax& one : program_.commands)
        pages +=
            fmt::format("{}.BR {} (1)", pages.empty() ? "" : ",\n", roff(page_name(one.full_name)));
    else
      pages = ".BR stowaway (1)";
    out_ += ".SH SEE ALSO\n" + pages;
    if (const std::string* more = take("SEE ALSO"))
      out_ += ",\n" + *more;
    else
      out_ += "\n";
  }

  Result<std::string> finish() {
    for (const auto& [key, text] : prose_)
      if (!taken_.contains(key))
        return fail(ErrorCode::corrupt, "prose for \"{}\", which \"{}\" does not have", key,
                    command_.full_name);
    return std::move(out_);
  }

  const CommandSyntax& program_;
  const CommandSyntax& command_;
  const Prose& prose_;
  std::set<std::string> taken_;
  std::string out_;
};

}  // namespace

Result<Prose> parse_prose(std::string_view text) {
  Prose prose;
  std::string* part = nullptr;
  std::string key;
  for (const std::string_view line : split(text, '\n')) {
    if (line.starts_with('[') && line.ends_with(']')) {
      key = std::string(line.substr(1, line.size() - 2));
      const auto [place, is_new] = prose.emplace(key, "");
      if (!is_new) return fail(ErrorCode::corrupt, "\"{}\" comes twice", key);
      part = &place->second;
    } else if (part != nullptr && !line.empty()) {
      part->append(line).push_back('\n');
    }
  }
  for (const auto& [name, words] : prose)
    if (words.empty()) return fail(ErrorCode::corrupt, "nothing stands below \"{}\"", name);
  return prose;
}

Result<std::string> manual_page(const CommandSyntax& program, const CommandSyntax& command,
                                const Prose& prose, const ManualOptions& options) {
  return Page(program, command, prose).write(options);
}

}  // namespace stowaway::cli
