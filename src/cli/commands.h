// The subcommands. Each adds itself to the parser and, when it was chosen, runs and returns the
// exit code.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

namespace stowaway::cli {

// Options that every subcommand takes.
struct Common {
  bool quiet = false;
  std::string colour = "auto";
  std::string kb_file;
  unsigned jobs = 0;
};

using Run = std::function<int()>;

void add_scan(CLI::App& app, Common& common, Run& run);
void add_explain(CLI::App& app, Common& common, Run& run);
void add_accept(CLI::App& app, Common& common, Run& run);
void add_audit(CLI::App& app, Common& common, Run& run);
void add_advisory(CLI::App& app, Common& common, Run& run);
void add_control(CLI::App& app, Common& common, Run& run);
void add_diff(CLI::App& app, Common& common, Run& run);
void add_notify(CLI::App& app, Common& common, Run& run);
void add_advisory_patches(CLI::App& advisory, Common& common, Run& run);  // below `advisory`
void add_kb(CLI::App& app, Common& common, Run& run);
void add_kb_load(CLI::App& kb, Common& common, Run& run);        // below `kb`
void add_kb_mine(CLI::App& kb, Common& common, Run& run);        // the same
void add_kb_repository(CLI::App& kb, Common& common, Run& run);  // the same
void add_serve(CLI::App& app, Common& common, Run& run);
void add_token(CLI::App& app, Common& common, Run& run);
void add_testcase(CLI::App& app, Common& common, Run& run);
void add_completion(CLI::App& app, Common& common, Run& run);
void add_manual(CLI::App& app, Common& common, Run& run);  // hidden: for those who build
void add_track(CLI::App& app, Common& common, Run& run);
void add_who_embeds(CLI::App& app, Common& common, Run& run);

}  // namespace stowaway::cli
