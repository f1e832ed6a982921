// What the commands about the ledger share.
#pragma once

#include <string>
#include <utility>

#include "cli/commands.h"
#include "ledger/ledger.h"
#include "ledger/tracker.h"
#include "report/writer.h"

namespace stowaway::cli {

struct LedgerOptions {
  std::string ledger, output;
  bool json = false;

  void add_ledger(CLI::App& command);
  void add_output(CLI::App& command);  // --json and -o
};

report::Options ledger_report_options(const Common& common, const std::string& output);

// Prints the error and gives the exit code.
int failed(const Error& error);

std::string now_text();  // "2026-11-23T08:00:00Z"; SOURCE_DATE_EPOCH fixes it

// "NAME" or "NAME=VERSION"; version "": the current one.
std::pair<std::string, std::string> name_and_version(const std::string& text);

// --suite, --apt-source and --cache: where Debian's source packages come from.
void add_archive_to(CLI::App& command, ledger::ArchiveOptions& archive, const std::string& group);

// Where what is fetched lies meanwhile, unless the user says where; "" without a home.
std::string usual_download_cache();

// The snapshot that "NAME[=VERSION]" means. Fails with not_found.
Result<ledger::Snapshot> snapshot_meant(const ledger::Ledger& ledger, const std::string& text);

// Below `track`.
void add_track_add(CLI::App& track, Common& common, Run& run);
void add_track_look(CLI::App& track, Common& common, Run& run);  // list, show, history, diff …
void add_track_keep(CLI::App& track, Common& common, Run& run);  // refresh, forget, check, export
void add_track_claims(CLI::App& track, Common& common, Run& run);

}  // namespace stowaway::cli
