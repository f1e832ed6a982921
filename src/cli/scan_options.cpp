#include "cli/scan_options.h"

#include "cli/console.h"

namespace stowaway::cli {

void ScanLimits::add_to(CLI::App& command) {
  const std::string group = "Limits and evidence";
  command.add_option("--max-file-mb", max_file_mb, "Leave out files larger than this many MiB")
      ->type_name("N")
      ->capture_default_str()
      ->group(group);
  command.add_option("--max-files", max_files, "Stop after this many files")
      ->type_name("N")
      ->capture_default_str()
      ->group(group);
  command
      .add_option("--max-unpacked-mb", max_unpacked_mb,
                  "Unpack at most this many MiB from all archives together")
      ->type_name("N")
      ->capture_default_str()
      ->group(group);
  command
      .add_option("--archive-depth", archive_depth, "How many archives may lie inside one another")
      ->type_name("N")
      ->capture_default_str()
      ->group(group);
  command.add_flag("--no-archives", no_archives, "Do not open archives inside the subject")
      ->group(group);
  command
      .add_flag("--no-declared", no_declared, "Do not let version strings decide between releases")
      ->group(group);
  command.add_flag("--no-similar", no_similar, "Do not look for changed files")->group(group);
  command
      .add_flag("--no-cache", no_cache, "Read every file, also what did not change since last time")
      ->group(group);
}

source::Options ScanLimits::apply(const Common& common, ProgressSink* progress) const {
  source::Options options;
  options.jobs = common.jobs;
  options.limits.max_file_bytes = max_file_mb << 20;
  options.limits.max_unpacked_bytes = max_unpacked_mb << 20;
  options.limits.max_files = max_files;
  options.limits.max_archive_depth = archive_depth;
  options.open_archives = !no_archives;
  options.stop = stop_on_signals();
  options.progress = progress;
  return options;
}

}  // namespace stowaway::cli
