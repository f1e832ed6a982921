// `stowaway track import-claims, export-claims, compare`: what people wrote down about embedded
// copies.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "base/atomic_file.h"
#include "base/text.h"
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
  std::string file, name, outcome;
  bool imported = false;
};

int import(const Arguments& arguments, const Common& common) {
  const auto bytes = read_whole_file(arguments.file == "-" ? "/dev/stdin" : arguments.file,
                                     ledger::kMaxClaimBytes);
  if (!bytes) return failed(bytes.error());
  const auto list =
      ledger::read_claims({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
  if (!list) return failed(list.error().within(arguments.file));
  for (const auto& unread : list->unread)
    print_note(fmt::format("{}: line {}: no claim: {}", arguments.file, unread.line,
                           escape_for_terminal(unread.text)));
  auto ledger = open_ledger(arguments.common.ledger);
  if (!ledger) return failed(ledger.error());
  const std::string name = arguments.name.empty()
                               ? std::filesystem::path(arguments.file).filename().string()
                               : arguments.name;
  const auto put = ledger::put_claims(*ledger, name, list->claims, now_text());
  if (!put) return failed(put.error());
  if (!common.quiet)
    print_note(fmt::format("{}: {} claims, {} lines that are none", name, list->claims.size(),
                           list->unread.size()));
  return list->unread.empty() ? kDone : kPartial;
}

int export_claims(const Arguments& arguments) {
  const auto ledger = open_ledger_to_read(arguments.common.ledger);
  if (!ledger) return failed(ledger.error());
  const auto claims =
      arguments.imported ? ledger::claims_in(*ledger) : ledger::claims_found(*ledger);
  if (!claims) return failed(claims.error());
  return write_result(ledger::write_claims(*claims), arguments.common.output) ? kDone
                                                                              : kOtherFailure;
}

int compare(const Arguments& arguments, const Common& common) {
  const auto ledger = open_ledger_to_read(arguments.common.ledger);
  if (!ledger) return failed(ledger.error());
  const auto kb = open_kb(common.kb_file);
  auto comparisons = ledger::compare_claims(*ledger, kb ? &*kb : nullptr);
  if (!comparisons) return failed(comparisons.error());
  if (!arguments.outcome.empty())
    std::erase_if(*comparisons, [&](const ledger::Comparison& one) {
      return ledger::name_of(one.outcome) != arguments.outcome;
    });
  const std::string text = report::write_comparisons(
      *comparisons, arguments.common.json, ledger_report_options(common, arguments.common.output));
  return write_result(text, arguments.common.output) ? kDone : kOtherFailure;
}

}  // namespace

void add_track_claims(CLI::App& track, Common& common, Run& run) {
  static Arguments arguments;
  const auto add = [&](const char* name, const char* help, auto function) {
    auto* command = track.add_subcommand(name, help);
    arguments.common.add_ledger(*command);
    command->callback(
        [&, function] { run = [&, function] { return function(arguments, common); }; });
    return command;
  };
  auto* command =
      add("import-claims", "Read a list in the form of Debian's embedded-code-copies", import);
  command->add_option("FILE", arguments.file, "The list; -: standard input")->required();
  command->add_option("--name", arguments.name,
                      "What to call it: another import of that name replaces it");
  command = add("export-claims", "What was found in Debian's packages, in that form",
                [](const Arguments& with, const Common&) { return export_claims(with); });
  command->add_flag("--imported", arguments.imported, "What was imported instead");
  command->add_option("-o", arguments.common.output, "Write to this file");
  command = add("compare", "Which of the claims a scan confirms", compare);
  const std::vector<std::string> outcomes{"confirmed", "not found",         "still there",
                                          "gone",      "unknown component", "not tracked"};
  command
      ->add_option("--outcome", arguments.outcome,
                   fmt::format("Only those of this outcome: {}", fmt::join(outcomes, ", ")))
      ->type_name("OUTCOME")
      ->check(CLI::IsMember(outcomes).description(""));
  arguments.common.add_output(*command);
}

}  // namespace stowaway::cli
