// `stowaway track add`: one version of one subject.
#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/find_kb.h"
#include "cli/find_ledger.h"
#include "cli/scan_options.h"
#include "cli/track_options.h"
#include "report/ledger.h"

namespace stowaway::cli {
namespace {

struct Arguments {
  LedgerOptions common;
  ledger::Wish wish;
  std::string order;
  ScanLimits limits;
};

int add(const Arguments& arguments, const Common& common) {
  const auto stop = stop_on_signals();
  const auto kb = open_kb(common.kb_file);
  if (!kb) {
    print_error(kb.error());
    return kNoKb;
  }
  auto ledger = open_ledger(arguments.common.ledger);
  if (!ledger) return failed(ledger.error());
  ProgressLine progress(common.quiet);
  ledger::TrackOptions options;
  options.source = arguments.limits.apply(common, &progress);
  options.now = now_text;
  options.stop = stop;
  ledger::Wish wish = arguments.wish;
  wish.order = ledger::version_order_named(arguments.order);
  const auto tracked = ledger::track_one(*ledger, *kb, wish, options);
  progress.clear();
  if (!tracked) return failed(tracked.error().within(wish.location));
  if (!common.quiet) print_note(report::tracked_line(*tracked));
  return tracked->is_partial ? kPartial : kDone;
}

}  // namespace

void add_track_add(CLI::App& track, Common& common, Run& run) {
  static Arguments arguments;
  auto* command = track.add_subcommand("add", "Scan a subject and keep it as one version");
  command->add_option("NAME", arguments.wish.subject, "Its name in the ledger")->required();
  command->add_option("SUBJECT", arguments.wish.location, "What `stowaway scan` takes")->required();
  command->add_option("--version", arguments.wish.version, "Its version")->required();
  command
      ->add_option("--order", arguments.order,
                   "How its versions are ordered: upstream (default), debian, semver, tracked")
      ->check(CLI::IsMember({"upstream", "debian", "semver", "tracked"}));
  arguments.common.add_ledger(*command);
  arguments.limits.add_to(*command);
  command->footer(
      "The same version again replaces what was kept of it; others stay beside it.\n"
      "Examples:\n"
      "  stowaway track add myapp --version 1.2 ./myapp-1.2/\n"
      "  stowaway track add myapp --version 1.3 myapp-1.3.tar.gz\n"
      "  stowaway track add tool --version $(git rev-parse HEAD) --order tracked .@HEAD");
  command->callback([&] { run = [&] { return add(arguments, common); }; });
}

}  // namespace stowaway::cli
