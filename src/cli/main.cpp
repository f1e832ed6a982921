// The program: parse, call, print. Everything that it can do lives in the rooms below.
#include <algorithm>
#include <exception>
#include <memory>
#include <string_view>
#include <vector>

#include "cli/commands.h"
#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/syntax/help.h"
#include "cli/usage.h"

#ifndef STOWAWAY_VERSION
#define STOWAWAY_VERSION "unknown"
#endif

namespace stowaway::cli {
namespace {

struct Command {
  std::string_view name;
  void (*add)(CLI::App& app, Common& common, Run& run);
  bool wants_all = false;  // the other commands, to speak of them
};

constexpr Command kCommands[] = {
    {"scan", add_scan},
    {"explain", add_explain},
    {"diff", add_diff},
    {"audit", add_audit},
    {"advisory", add_advisory},
    {"accept", add_accept},
    {"notify", add_notify},
    {"control", add_control},
    {"kb", add_kb},
    {"testcase", add_testcase},
    {"completion", add_completion, true},
    {"manual", add_manual, true},
    {"track", add_track},
    {"who-embeds", add_who_embeds},
    {"serve", add_serve},
    {"token", add_token},
};

std::unique_ptr<CLI::App> make_app(Common& common) {
  auto app = std::make_unique<CLI::App>("Finds the software that hides inside other software.",
                                        "stowaway");
  app->set_version_flag("--version", "stowaway " STOWAWAY_VERSION, "Print the version");
  app->require_subcommand(1);
  app->fallthrough();
  app->formatter(std::make_shared<HelpFormatter>());
  app->get_help_ptr()->description("Say how it is used");
  app->footer(
      "Three things that most people want:\n"
      "  stowaway scan DIR           what is embedded in a source tree, with versions\n"
      "  stowaway scan --format cyclonedx -o sbom.json DIR    the same for machines\n"
      "  stowaway explain DIR PATH   why, file by file");
  app->add_flag("-q,--quiet", common.quiet, "No progress and no notes");
  app->add_option("--color", common.colour, "When to colour")
      ->type_name("WHEN")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  app->add_option("--kb", common.kb_file,
                  "The knowledge base: an index made by `stowaway kb build`; for `scan` also a "
                  "server, https://…")
      ->type_name("FILE");
  app->add_option("-j,--jobs", common.jobs, "Threads; 0: one per processor")->type_name("N");
  return app;
}

// The parser after it has understood the arguments, with those commands alone that they name:
// describing all of them takes as long as a small scan. Null where that is not enough.
std::unique_ptr<CLI::App> parsed_alone(const std::vector<std::string>& arguments, Common& common,
                                       Run& run) {
  auto app = make_app(common);
  for (const Command& one : kCommands) {
    if (std::ranges::find(arguments, one.name) == arguments.end()) continue;
    if (one.wants_all) return nullptr;
    one.add(*app, common, run);
  }
  try {
    app->parse(std::vector(arguments));
    return app;
  } catch (const CLI::ParseError&) {  // help, or a mistake: both speak of all commands
    return nullptr;
  }
}

}  // namespace
}  // namespace stowaway::cli

int main(int argc, char** argv) {
  using namespace stowaway::cli;
  const std::vector<std::string> arguments = arguments_of(argc, argv);
  Common common;
  Run run;
  auto app = parsed_alone(arguments, common, run);
  if (!app) {
    common = {};
    app = make_app(common);
    for (const Command& one : kCommands) one.add(*app, common, run);
    try {
      app->parse(std::vector(arguments));
    } catch (const CLI::ParseError& error) {
      return answer(*app, error);
    }
  }
  try {
    return run ? run() : kWrongUse;
  } catch (const std::exception& error) {
    print_error({stowaway::ErrorCode::io, error.what()});
    return kOtherFailure;
  }
}
