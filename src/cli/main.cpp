// The program: parse, call, print. Everything that it can do lives in the rooms below.
#include <exception>

#include "cli/commands.h"
#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/syntax/help.h"
#include "cli/usage.h"

#ifndef STOWAWAY_VERSION
#define STOWAWAY_VERSION "unknown"
#endif

int main(int argc, char** argv) {
  using namespace stowaway::cli;
  CLI::App app{"Finds the software that hides inside other software.", "stowaway"};
  app.set_version_flag("--version", "stowaway " STOWAWAY_VERSION, "Print the version");
  app.require_subcommand(1);
  app.fallthrough();
  app.formatter(std::make_shared<HelpFormatter>());
  app.get_help_ptr()->description("Say how it is used");
  app.footer(
      "Three things that most people want:\n"
      "  stowaway scan DIR           what is embedded in a source tree, with versions\n"
      "  stowaway scan --format cyclonedx -o sbom.json DIR    the same for machines\n"
      "  stowaway explain DIR PATH   why, file by file");
  Common common;
  app.add_flag("-q,--quiet", common.quiet, "No progress and no notes");
  app.add_option("--color", common.colour, "When to colour")
      ->type_name("WHEN")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  app.add_option("--kb", common.kb_file,
                 "The knowledge base: an index made by `stowaway kb build`; for `scan` also a "
                 "server, https://…")
      ->type_name("FILE");
  app.add_option("-j,--jobs", common.jobs, "Threads; 0: one per processor")->type_name("N");
  Run run;
  add_scan(app, common, run);
  add_explain(app, common, run);
  add_diff(app, common, run);
  add_audit(app, common, run);
  add_advisory(app, common, run);
  add_accept(app, common, run);
  add_notify(app, common, run);
  add_control(app, common, run);
  add_kb(app, common, run);
  add_testcase(app, common, run);
  add_completion(app, common, run);
  add_manual(app, common, run);
  add_track(app, common, run);
  add_who_embeds(app, common, run);
  add_serve(app, common, run);
  add_token(app, common, run);
  try {
    app.parse(arguments_of(argc, argv));
  } catch (const CLI::ParseError& error) {
    return answer(app, error);
  }
  try {
    return run ? run() : kWrongUse;
  } catch (const std::exception& error) {
    print_error({stowaway::ErrorCode::io, error.what()});
    return kOtherFailure;
  }
}
