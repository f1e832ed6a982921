// `stowaway who-embeds`: the standing question.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/find_kb.h"
#include "cli/find_ledger.h"
#include "cli/track_options.h"
#include "report/ledger.h"

namespace stowaway::cli {
namespace {

struct Arguments {
  LedgerOptions common;
  std::vector<std::string> words;
  std::string fail_on;
  bool every_version = false;
};

bool matches_fail_on(const std::string& fail_on, const std::vector<ledger::Embedder>& found) {
  if (fail_on.empty()) return false;
  return std::ranges::any_of(found,
                             [&](const auto& one) { return fail_on == "any" || one.is_certain; });
}

int who_embeds(const Arguments& arguments, const Common& common) {
  const std::string text = fmt::format("{}", fmt::join(arguments.words, " "));
  const auto question = ledger::parse_question(text);
  if (!question) return failed(question.error());
  const auto ledger = open_ledger_to_read(arguments.common.ledger);
  if (!ledger) return failed(ledger.error());
  const auto kb = open_kb(common.kb_file);  // for other names; the ledger knows those it holds
  const auto components =
      ledger::components_meant(*ledger, kb ? &*kb : nullptr, question->component);
  if (!components) return failed(components.error());
  const auto found = ledger::who_embeds(*ledger, *question, *components, arguments.every_version);
  if (!found) return failed(found.error());
  if (!write_result(report::write_embedders(text, *found, arguments.common.json,
                                            ledger_report_options(common, arguments.common.output)),
                    arguments.common.output))
    return kOtherFailure;
  return matches_fail_on(arguments.fail_on, *found) ? kFailOnMatched : kDone;
}

}  // namespace

void add_who_embeds(CLI::App& app, Common& common, Run& run) {
  static Arguments arguments;
  auto* command =
      app.add_subcommand("who-embeds", "Name the tracked subjects that embed a component");
  command
      ->add_option("QUESTION", arguments.words,
                   "A component and its versions: 'libpng >= 1.2, < 1.6.37'")
      ->required();
  command->add_flag("--every-version", arguments.every_version,
                    "Look at every version of the subjects, not only the current one");
  command
      ->add_option("--fail-on", arguments.fail_on,
                   "Exit with 1 when there is any, or one that is certain")
      ->check(CLI::IsMember({"any", "certain"}));
  arguments.common.add_ledger(*command);
  arguments.common.add_output(*command);
  command->footer(
      "Examples:\n"
      "  stowaway who-embeds 'libmemcached < 0.41'\n"
      "  stowaway who-embeds 'libpng >= 1.2, < 1.6.37' --json\n"
      "  stowaway who-embeds zlib --every-version");
  command->callback([&] { run = [&] { return who_embeds(arguments, common); }; });
}

}  // namespace stowaway::cli
