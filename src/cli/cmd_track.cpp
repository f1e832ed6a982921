// `stowaway track`: what is kept of many subjects, and how it comes there.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/atomic_file.h"
#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/find_kb.h"
#include "cli/find_ledger.h"
#include "cli/scan_options.h"
#include "cli/track_options.h"
#include "report/ledger.h"

namespace stowaway::cli {
namespace {

constexpr std::uint64_t kMaxListBytes = 64U << 20;

struct Arguments {
  LedgerOptions common;
  std::vector<std::string> packages, lists;
  ledger::ArchiveOptions archive;
  bool again = false;
  ScanLimits limits;
};

Result<std::vector<ledger::Wish>> wishes_of(const Arguments& arguments) {
  std::vector<ledger::Wish> wishes;
  for (const std::string& package : arguments.packages) {
    STOWAWAY_TRY(auto wish, ledger::debian_wish(package));
    wishes.push_back(std::move(wish));
  }
  for (const std::string& list : arguments.lists) {
    STOWAWAY_TRY(const auto bytes,
                 read_whole_file(list == "-" ? "/dev/stdin" : list, kMaxListBytes));
    auto more = ledger::read_wishes({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    if (!more) return tl::unexpected<Error>(more.error().within(list));
    wishes.insert(wishes.end(), std::make_move_iterator(more->begin()),
                  std::make_move_iterator(more->end()));
  }
  if (wishes.empty())
    return fail(ErrorCode::invalid_argument,
                "name what to track: debian:PACKAGE, --from LIST, or `stowaway track add`");
  return wishes;
}

// What the whole run came to.
struct Totals {
  std::size_t kept = 0, tracked = 0, failed = 0, partial = 0, copies = 0;
  void add(const ledger::Tracked& one) {
    copies += one.copies;
    partial += one.is_partial;
    const bool was_there = one.outcome == ledger::Outcome::kept;
    (one.outcome == ledger::Outcome::failed ? failed : was_there ? kept : tracked) += 1;
  }
  std::string text(double seconds) const {
    return fmt::format("{} tracked, {} were there, {} failed; {} copies; {:.1f} s", tracked, kept,
                       failed, copies, seconds);
  }
};

int track(const Arguments& arguments, const Common& common) {
  const auto wishes = wishes_of(arguments);
  if (!wishes) return failed(wishes.error());
  const auto stop = stop_on_signals();
  const auto kb = open_kb(common.kb_file);
  if (!kb) {
    print_error(kb.error());
    return kNoKb;
  }
  auto ledger = open_ledger(arguments.common.ledger);
  if (!ledger) return failed(ledger.error());
  const auto start = std::chrono::steady_clock::now();
  ProgressLine progress(common.quiet);
  Totals totals;
  ledger::TrackOptions options;
  options.jobs = common.jobs;
  options.again = arguments.again;
  options.source = arguments.limits.apply(common, nullptr);
  options.archive = arguments.archive;
  if (options.archive.cache_directory.empty())
    options.archive.cache_directory = usual_download_cache();
  options.now = now_text;
  options.stop = stop;
  options.progress = &progress;
  options.done = [&](const ledger::Tracked& one) {
    totals.add(one);
    progress.clear();
    if (one.outcome == ledger::Outcome::failed || !common.quiet)
      print_note(report::tracked_line(one));
  };
  const auto done = ledger::track(*ledger, *kb, *wishes, options);
  progress.clear();
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  if (!common.quiet) print_note(totals.text(seconds.count()));
  if (!done) return failed(done.error());
  return totals.failed + totals.partial > 0 ? kPartial : kDone;
}

}  // namespace

void add_track(CLI::App& app, Common& common, Run& run) {
  static Arguments arguments;
  auto* command =
      app.add_subcommand("track", "Keep what subjects embed, version by version, in the ledger");
  command->add_option("PACKAGE", arguments.packages,
                      "debian:NAME or debian:NAME=VERSION: Debian source packages to fetch, scan "
                      "and keep");
  command
      ->add_option("--from", arguments.lists,
                   "A list of them, and of lines \"SUBJECT VERSION LOCATION\"; -: standard input")
      ->allow_extra_args(false);
  add_archive_to(*command, arguments.archive, "Options");
  command->add_flag("--keep-downloads", arguments.archive.keep_downloads,
                    "Keep what was fetched when it has been scanned");
  command->add_flag("--again", arguments.again, "Fetch and scan even what is in the ledger");
  arguments.common.add_ledger(*command);
  arguments.limits.add_to(*command);
  command->require_subcommand(0, 1);
  command->footer(
      "Examples:\n"
      "  stowaway track debian:cmake debian:git\n"
      "  stowaway track add myapp --version 1.2 ./myapp-1.2/\n"
      "  stowaway track history debian:cmake");
  command->callback([&, command] {
    if (command->get_subcommands().empty()) run = [&] { return track(arguments, common); };
  });
  add_track_add(*command, common, run);
  add_track_look(*command, common, run);
  add_track_keep(*command, common, run);
  add_track_claims(*command, common, run);
}

}  // namespace stowaway::cli
