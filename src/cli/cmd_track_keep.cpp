// `stowaway track refresh, forget, check, export`: keeping the ledger.
#include <fmt/format.h>

#include "base/text.h"
#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/find_kb.h"
#include "cli/find_ledger.h"
#include "cli/track_options.h"
#include "report/ledger_export.h"

namespace stowaway::cli {
namespace {

struct Arguments {
  LedgerOptions common;
  std::string name;
  bool every_version = false;
};

int refresh(const Arguments& arguments, const Common& common) {
  const auto stop = stop_on_signals();
  const auto kb = open_kb(common.kb_file);
  if (!kb) {
    print_error(kb.error());
    return kNoKb;
  }
  auto ledger = open_ledger(arguments.common.ledger);
  if (!ledger) return failed(ledger.error());
  ProgressLine progress(common.quiet);
  ledger::RefreshOptions options;
  options.jobs = common.jobs;
  options.every_version = arguments.every_version;
  options.now = now_text;
  options.stop = stop;
  options.progress = &progress;
  const auto report = ledger::refresh(*ledger, *kb, options);
  progress.clear();
  if (!report) return failed(report.error());
  for (const auto& failure : report->failed)
    print_note(fmt::format("{} {}: {}", failure.subject, failure.version,
                           escape_for_terminal(failure.reason)));
  if (!common.quiet)
    print_note(fmt::format(
        "{} matched again, {} of them with another result; {} were up to date, {} failed",
        report->rematched, report->changed, report->up_to_date, report->failed.size()));
  return report->failed.empty() ? kDone : kPartial;
}

int forget(const Arguments& arguments, const Common& common) {
  auto ledger = open_ledger(arguments.common.ledger);
  if (!ledger) return failed(ledger.error());
  const auto [name, version] = name_and_version(arguments.name);
  const auto subject = ledger->resolve(name);
  if (!subject) return failed(subject.error());
  const auto done = ledger->forget(*subject, version);
  if (!done) return failed(done.error());
  if (!common.quiet)
    print_note(fmt::format("{}{}{}: forgotten", *subject, version.empty() ? "" : " ", version));
  return kDone;
}

int check(const Arguments& arguments, const Common& common) {
  const auto ledger = open_ledger_to_read(arguments.common.ledger);
  if (!ledger) return failed(ledger.error());
  const auto complaints = ledger->check();
  if (!complaints) return failed(complaints.error());
  for (const std::string& complaint : *complaints) print_note(escape_for_terminal(complaint));
  if (!complaints->empty()) return kOtherFailure;
  if (!common.quiet) print_note("the ledger is sound");
  return kDone;
}

int export_all(const Arguments& arguments) {
  const auto ledger = open_ledger_to_read(arguments.common.ledger);
  if (!ledger) return failed(ledger.error());
  const auto text = report::export_ledger(*ledger);
  if (!text) return failed(text.error());
  return write_result(*text, arguments.common.output) ? kDone : kOtherFailure;
}

}  // namespace

void add_track_keep(CLI::App& track, Common& common, Run& run) {
  static Arguments arguments;
  const auto add = [&](const char* name, const char* help, auto function) {
    auto* command = track.add_subcommand(name, help);
    arguments.common.add_ledger(*command);
    command->callback(
        [&, function] { run = [&, function] { return function(arguments, common); }; });
    return command;
  };
  auto* command =
      add("refresh", "Match again with today's knowledge base; nothing is read anew", refresh);
  command->add_flag("--every-version", arguments.every_version,
                    "Not only the current version of each subject");
  command = add("forget", "Drop a subject, or one of its versions", forget);
  command->add_option("NAME", arguments.name, "NAME, or NAME=VERSION")->required();
  add("check", "Check the ledger itself", check);
  command = add("export", "Everything as JSON, one line a snapshot or failure",
                [](const Arguments& with, const Common&) { return export_all(with); });
  command->add_option("-o", arguments.common.output, "Write to this file");
}

}  // namespace stowaway::cli
