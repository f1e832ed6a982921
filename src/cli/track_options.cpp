#include "cli/track_options.h"

#include <cstdlib>

#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/find_ledger.h"

#ifndef STOWAWAY_VERSION
#define STOWAWAY_VERSION "unknown"
#endif

namespace stowaway::cli {

void LedgerOptions::add_ledger(CLI::App& command) {
  command.add_option("--ledger", ledger,
                     "The ledger: a file, or postgresql://HOST/NAME; your own by default");
}

void LedgerOptions::add_output(CLI::App& command) {
  command.add_flag("--json", json, "JSON instead of a table");
  command.add_option("-o", output, "Write to this file instead of standard output");
}

report::Options ledger_report_options(const Common& common, const std::string& output) {
  report::Options options;
  options.width_columns = output.empty() && is_terminal(1) ? terminal_width() : 0;
  options.colour = output.empty() && wants_colour(common.colour);
  options.tool_version = STOWAWAY_VERSION;
  options.timestamp = now_text();
  return options;
}

int failed(const Error& error) {
  print_error(error);
  return exit_code_of(error);
}

std::string now_text() { return ledger::utc_text(now_seconds()); }

std::pair<std::string, std::string> name_and_version(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) return {text, ""};
  return {text.substr(0, equals), text.substr(equals + 1)};
}

Result<ledger::Snapshot> snapshot_meant(const ledger::Ledger& ledger, const std::string& text) {
  const auto [name, version] = name_and_version(text);
  STOWAWAY_TRY(const std::string subject, ledger.resolve(name));
  STOWAWAY_TRY(auto snapshot, ledger.find(subject, version));
  if (snapshot) return *std::move(snapshot);
  return fail(ErrorCode::not_found,
              "{} is not tracked at version \"{}\"; `stowaway track list {}` "
              "names those that are",
              subject, version, subject);
}

void add_archive_to(CLI::App& command, ledger::ArchiveOptions& archive, const std::string& group) {
  command.add_option("--suite", archive.suites, "Only these suites of Debian; may be repeated")
      ->allow_extra_args(false)
      ->group(group);
  command
      .add_option("--apt-source", archive.apt_sources,
                  "A line of a sources.list to use instead of apt's own; may be repeated")
      ->allow_extra_args(false)
      ->group(group);
  command.add_option("--cache", archive.cache_directory, "Where apt's index and downloads lie")
      ->group(group);
}

std::string usual_download_cache() {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
  const std::string home = variable("HOME");
  std::string cache = variable("XDG_CACHE_HOME");
  if (cache.empty() && !home.empty()) cache = home + "/.cache";
  return cache.empty() ? "" : cache + "/stowaway/track";
}

}  // namespace stowaway::cli
