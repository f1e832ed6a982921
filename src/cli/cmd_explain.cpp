#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/find_kb.h"
#include "cli/scan_cache.h"
#include "cli/scan_options.h"
#include "match/scan_store.h"
#include "report/explain.h"

namespace stowaway::cli {
namespace {

struct Arguments {
  std::string subject, path, component, output;
  bool json = false;
  ScanLimits limits;
};

// As reports write it: "./vendor/zlib/" is "vendor/zlib", "." is the subject itself.
std::string report_path(std::string path) {
  while (path.starts_with("./")) path.erase(0, 2);
  while (!path.empty() && path.back() == '/') path.pop_back();
  return path == "." ? "" : path;
}

std::string list_of(const std::vector<const match::Copy*>& copies) {
  std::string text;
  for (const match::Copy* copy : copies)
    text += fmt::format("  {}  {}\n", escape_for_terminal(copy->path.empty() ? "." : copy->path),
                        escape_for_terminal(copy->component));
  return text;
}

Result<match::ScanResult> scan(const Arguments& arguments, kb::Store& store, const Common& common) {
  ProgressLine progress(common.quiet);
  match::ScanOptions options;
  options.source = arguments.limits.apply(common, &progress);
  options.declarations = !arguments.limits.no_declared;
  options.resemblances = !arguments.limits.no_similar;
  options.evidence = true;
  if (!arguments.limits.no_cache && store.whole() != nullptr)
    options.cache = cache_for(arguments.subject, *store.whole(), options);
  STOWAWAY_TRY(const auto source, source::open_subject(arguments.subject));
  return match::scan(*source, store, options);
}

int no_such_copy(const Arguments& arguments, const match::ScanResult& result) {
  print_error({ErrorCode::not_found, fmt::format("no copy was found at \"{}\"", arguments.path)});
  std::vector<const match::Copy*> all;
  for (const match::Copy& copy : result.copies) all.push_back(&copy);
  if (!all.empty()) fmt::print(stderr, "Copies were found at:\n{}", list_of(all));
  return kWrongUse;
}

int explain(const Arguments& arguments, const Common& common) {
  stop_on_signals();  // from the start: an interruption always says what it leaves
  const auto store = open_kb_store(common.kb_file);
  if (!store) {
    print_error(store.error());
    return kNoKb;
  }
  const auto result = scan(arguments, **store, common);
  if (!result) {
    print_error(result.error().within(arguments.subject));
    return exit_code_of(result.error());
  }
  const std::string path = report_path(arguments.path);
  std::vector<const match::Copy*> chosen;
  for (const match::Copy& copy : result->copies)
    if (copy.path == path && (arguments.component.empty() || copy.component == arguments.component))
      chosen.push_back(&copy);
  if (chosen.empty()) return no_such_copy(arguments, *result);
  if (arguments.json && chosen.size() > 1) {
    print_error(
        {ErrorCode::invalid_argument, "several copies lie there; choose one with --component"});
    fmt::print(stderr, "{}", list_of(chosen));
    return kWrongUse;
  }
  report::Options printing;
  printing.tool_version = STOWAWAY_VERSION;
  printing.width_columns = arguments.output.empty() && is_terminal(1) ? terminal_width() : 0;
  printing.colour = arguments.output.empty() && wants_colour(common.colour);
  std::string text;
  for (const match::Copy* copy : chosen)
    text += arguments.json ? report::explain_json(*copy, printing)
                           : report::explain_text(*copy, printing);
  if (!write_result(text, arguments.output)) return kOtherFailure;
  return result->partial ? kPartial : kDone;
}

}  // namespace

void add_explain(CLI::App& app, Common& common, Run& run) {
  static Arguments arguments;
  auto* command =
      app.add_subcommand("explain", "Say why one copy was reported as it was, file by file");
  command->add_option("SUBJECT", arguments.subject, "What was scanned")->required();
  command->add_option("PATH", arguments.path, "Where the copy lies, as the report of scan says")
      ->required();
  command
      ->add_option("--component", arguments.component, "Which one, where several lie at one place")
      ->type_name("NAME");
  command->add_flag("--json", arguments.json, "As JSON, with every file");
  command->add_option("-o", arguments.output, "Write to this file instead of standard output")
      ->type_name("FILE");
  arguments.limits.add_to(*command);
  command->footer(
      "Examples:\n"
      "  stowaway explain . vendor/zlib\n"
      "  stowaway explain --json -o why.json cmake-3.25.1/ Utilities/cmcurl");
  command->callback([&] { run = [&] { return explain(arguments, common); }; });
}

}  // namespace stowaway::cli
