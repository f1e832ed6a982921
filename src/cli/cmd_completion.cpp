#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <filesystem>

#include "base/atomic_file.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/syntax/completion.h"
#include "cli/syntax/manual.h"

namespace stowaway::cli {
namespace {

constexpr std::uint64_t kMaxProseBytes = 1U << 20;

// The day of SOURCE_DATE_EPOCH; without it pages bear no date, so that they are the same every day.
std::string page_date() {
  const char* fixed = std::getenv("SOURCE_DATE_EPOCH");
  if (fixed == nullptr) return "";
  return fmt::format("{:%Y-%m-%d}",
                     fmt::gmtime(static_cast<std::time_t>(std::strtoll(fixed, nullptr, 10))));
}

// NAME.man in the folder of prose; none is no error: the page then says what the help says.
Result<Prose> prose_of(const std::string& folder, const std::string& name) {
  const auto bytes = read_whole_file(folder + "/" + name + ".man", kMaxProseBytes);
  if (!bytes && bytes.error().code == ErrorCode::not_found) return Prose{};
  if (!bytes) return tl::unexpected<Error>(bytes.error());
  auto prose = parse_prose({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
  if (!prose) return tl::unexpected<Error>(prose.error().within(name + ".man"));
  return prose;
}

Result<void> write_page(const CommandSyntax& program, const CommandSyntax& command,
                        const std::string& prose_folder, const std::string& folder) {
  STOWAWAY_TRY(const Prose prose, prose_of(prose_folder, command.name));
  auto page = manual_page(program, command, prose, {STOWAWAY_VERSION, page_date()});
  if (!page) return tl::unexpected<Error>(page.error().within(command.name + ".man"));
  std::string name = command.full_name;
  std::replace(name.begin(), name.end(), ' ', '-');
  return write_file_atomically(folder + "/" + name + ".1", std::as_bytes(std::span(*page)));
}

// A file of prose that belongs to no command would go unread.
Result<void> check_prose(const CommandSyntax& program, const std::string& folder) {
  std::error_code failed;
  for (std::filesystem::directory_iterator item(folder, failed), end; !failed && item != end;
       item.increment(failed)) {
    if (item->path().extension() != ".man") continue;
    const std::string name = item->path().stem();
    const bool known =
        name == program.name ||
        std::ranges::find(program.commands, name, &CommandSyntax::name) != program.commands.end();
    if (!known) return fail(ErrorCode::corrupt, "{}.man: there is no command \"{}\"", name, name);
  }
  if (failed) return fail(ErrorCode::io, "cannot read {}: {}", folder, failed.message());
  return {};
}

Result<void> write_pages(const CommandSyntax& program, const std::string& prose_folder,
                         const std::string& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) return fail(ErrorCode::io, "cannot make {}: {}", folder, failed.message());
  STOWAWAY_TRY_VOID(check_prose(program, prose_folder));
  STOWAWAY_TRY_VOID(write_page(program, program, prose_folder, folder));
  for (const CommandSyntax& command : program.commands)
    STOWAWAY_TRY_VOID(write_page(program, command, prose_folder, folder));
  return {};
}

}  // namespace

void add_completion(CLI::App& app, Common&, Run& run) {
  static std::string shell;
  auto* command = app.add_subcommand("completion", "Print the completion script of a shell");
  command->group(kLesserCommands);
  command->add_option("SHELL", shell, "The shell that is to complete our command lines")
      ->required()
      ->check(CLI::IsMember(completion_shells()));
  command->footer(
      "Examples:\n"
      "  source <(stowaway completion bash)\n"
      "  stowaway completion fish > ~/.config/fish/completions/stowaway.fish");
  command->callback([&] {
    run = [&] {
      const auto script = completion_script(shell, syntax_of(app));
      if (script) return static_cast<int>(write_result(*script, "") ? kDone : kOtherFailure);
      print_error(script.error());
      return static_cast<int>(kWrongUse);
    };
  });
}

void add_manual(CLI::App& app, Common&, Run& run) {
  static std::string prose_folder, folder;
  auto* command = app.add_subcommand("manual", "Write the manual pages (for those who build)");
  command->group("");  // in no table
  command->add_option("--prose", prose_folder, "Where the files NAME.man lie")->required();
  command->add_option("-o,--output", folder, "Where to write the pages")->required();
  command->callback([&] {
    run = [&] {
      const auto written = write_pages(syntax_of(app), prose_folder, folder);
      if (written) return static_cast<int>(kDone);
      print_error(written.error());
      return exit_code_of(written.error()) + 0;
    };
  });
}

}  // namespace stowaway::cli
