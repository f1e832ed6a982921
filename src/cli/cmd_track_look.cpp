// `stowaway track list, show, history, diff, spread, popular, failures`: looking into the ledger.
#include <fmt/format.h>

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
  std::string name, other, format = "table";
  bool every_version = false;
  std::size_t count = 10;
};

// Opens the ledger to read, asks it, writes the answer.
template <class Ask>
int answer_with(const Arguments& arguments, Ask ask) {
  const auto ledger = open_ledger_to_read(arguments.common.ledger);
  if (!ledger) return failed(ledger.error());
  const Result<std::string> text = ask(*ledger);
  if (!text) return failed(text.error());
  return write_result(*text, arguments.common.output) ? kDone : kOtherFailure;
}

report::Options options_of(const Arguments& arguments, const Common& common) {
  return ledger_report_options(common, arguments.common.output);
}

int list(const Arguments& arguments, const Common& common) {
  return answer_with(arguments, [&](const ledger::Ledger& ledger) -> Result<std::string> {
    std::string subject;
    if (!arguments.name.empty()) {
      STOWAWAY_TRY(subject, ledger.resolve(arguments.name));
    }
    STOWAWAY_TRY(auto snapshots, ledger.snapshots(subject));
    if (subject.empty() && !arguments.every_version)
      std::erase_if(snapshots, [](const auto& snapshot) { return !snapshot.is_current; });
    return report::write_snapshots(snapshots, arguments.common.json, options_of(arguments, common));
  });
}

int show(const Arguments& arguments, const Common& common) {
  return answer_with(arguments, [&](const ledger::Ledger& ledger) -> Result<std::string> {
    STOWAWAY_TRY(const auto snapshot, snapshot_meant(ledger, arguments.name));
    STOWAWAY_TRY(const auto result, ledger.result_of(snapshot.id));
    return report::write(arguments.common.json ? "json" : arguments.format, result,
                         options_of(arguments, common));
  });
}

Result<report::Step> step_between(const ledger::Ledger& ledger, const ledger::Snapshot& before,
                                  const ledger::Snapshot& after) {
  STOWAWAY_TRY(const auto first, ledger.result_of(before.id));
  STOWAWAY_TRY(const auto second, ledger.result_of(after.id));
  return report::Step{before, after, ledger::changes_between(first, second)};
}

int history(const Arguments& arguments, const Common& common) {
  return answer_with(arguments, [&](const ledger::Ledger& ledger) -> Result<std::string> {
    STOWAWAY_TRY(const auto subject, ledger.resolve(arguments.name));
    STOWAWAY_TRY(const auto snapshots, ledger.snapshots(subject));
    std::vector<report::Step> steps;
    for (std::size_t i = 1; i < snapshots.size(); ++i) {
      STOWAWAY_TRY(auto step, step_between(ledger, snapshots[i - 1], snapshots[i]));
      steps.push_back(std::move(step));
    }
    return report::write_steps(steps, arguments.common.json, options_of(arguments, common));
  });
}

int diff(const Arguments& arguments, const Common& common) {
  return answer_with(arguments, [&](const ledger::Ledger& ledger) -> Result<std::string> {
    STOWAWAY_TRY(const auto before, snapshot_meant(ledger, arguments.name));
    STOWAWAY_TRY(const auto after, snapshot_meant(ledger, arguments.other));
    STOWAWAY_TRY(const auto step, step_between(ledger, before, after));
    return report::write_steps({&step, 1}, arguments.common.json, options_of(arguments, common));
  });
}

int spread(const Arguments& arguments, const Common& common) {
  return answer_with(arguments, [&](const ledger::Ledger& ledger) -> Result<std::string> {
    const auto kb = open_kb(common.kb_file);
    STOWAWAY_TRY(const auto components,
                 ledger::components_meant(ledger, kb ? &*kb : nullptr, arguments.name));
    STOWAWAY_TRY(const auto found, ledger::spread(ledger, components));
    return report::write_spread(found, arguments.common.json, options_of(arguments, common));
  });
}

int popular(const Arguments& arguments, const Common& common) {
  return answer_with(arguments, [&](const ledger::Ledger& ledger) -> Result<std::string> {
    STOWAWAY_TRY(const auto found, ledger::most_embedded(ledger, arguments.count));
    return report::write_popular(found, arguments.common.json, options_of(arguments, common));
  });
}

int failures(const Arguments& arguments, const Common& common) {
  return answer_with(arguments, [&](const ledger::Ledger& ledger) -> Result<std::string> {
    STOWAWAY_TRY(const auto found, ledger.failures());
    return report::write_failures(found, arguments.common.json, options_of(arguments, common));
  });
}

}  // namespace

void add_track_look(CLI::App& track, Common& common, Run& run) {
  static Arguments arguments;
  const auto add = [&](const char* name, const char* help, auto function) {
    auto* command = track.add_subcommand(name, help);
    arguments.common.add_ledger(*command);
    arguments.common.add_output(*command);
    command->callback(
        [&, function] { run = [&, function] { return function(arguments, common); }; });
    return command;
  };
  const char* const snapshot = "NAME, or NAME=VERSION; without a version the current one";
  auto* command = add("list", "Subjects, or the versions of one", list);
  command->add_option("NAME", arguments.name, "Only this subject, with all of its versions");
  command->add_flag("--every-version", arguments.every_version, "Not only the current ones");
  command = add("show", "What a subject embeds", show);
  command->add_option("NAME", arguments.name, snapshot)->required();
  command->add_option("-f,--format", arguments.format, "Any format of `stowaway scan`")
      ->capture_default_str();
  command =
      add("history", "Copies gained, lost, upgraded and downgraded, version by version", history);
  command->add_option("NAME", arguments.name, "A subject")->required();
  command = add("diff", "The same between any two", diff);
  command->add_option("BEFORE", arguments.name, snapshot)->required();
  command->add_option("AFTER", arguments.other, snapshot)->required();
  command = add("spread", "How many subjects carry which version of a component", spread);
  command->add_option("COMPONENT", arguments.name, "Its name or an alias")->required();
  command = add("popular", "The components that most subjects embed", popular);
  command->add_option("--count", arguments.count, "How many")->capture_default_str();
  add("failures", "What could not be tracked, and why", failures);
}

}  // namespace stowaway::cli
