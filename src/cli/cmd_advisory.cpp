#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "advisory/components.h"
#include "advisory/importer.h"
#include "advisory/osv.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/find_advisories.h"
#include "cli/find_kb.h"
#include "report/advisory.h"

namespace stowaway::cli {
namespace {

struct Arguments {
  std::vector<std::string> paths, trackers, advisories;
  std::string out, name;
  bool json = false;
};

int failed(const Error& error, int code = -1) {
  print_error(error);
  return code >= 0 ? code : exit_code_of(error);
}

void tell(const std::string& path, const advisory::ImportCount& count, const Common& common) {
  for (const Error& complaint : count.complaints) print_error(complaint);
  if (count.bad > count.complaints.size())
    print_note(
        fmt::format("… and {} more that could not be read", count.bad - count.complaints.size()));
  if (common.quiet) return;
  print_note(
      fmt::format("{}: {} records ({} withdrawn): {} added, {} replaced, {} unchanged, {} "
                  "older than what is there",
                  path, count.records, count.withdrawn, count.added, count.replaced,
                  count.unchanged, count.older));
}

Result<advisory::Store> store_to_fill(const Arguments& arguments) {
  if (arguments.advisories.size() > 1)
    return fail(ErrorCode::invalid_argument, "import fills one store; name it with -o");
  std::string file = arguments.out;
  if (file.empty() && !arguments.advisories.empty()) file = arguments.advisories.front();
  if (file.empty()) {
    STOWAWAY_TRY(file, own_advisories());
    std::error_code status;
    std::filesystem::create_directories(std::filesystem::path(file).parent_path(), status);
  }
  return advisory::Store::open_or_create(file);
}

int import(const Arguments& arguments, const Common& common) {
  if (arguments.paths.empty() && arguments.trackers.empty())
    return failed({ErrorCode::invalid_argument,
                   "name what to import: OSV files, directories or archives, or --debian-tracker"});
  auto store = store_to_fill(arguments);
  if (!store) return failed(store.error(), kNoKb);
  ProgressLine progress(common.quiet);
  advisory::ImportOptions options;
  options.jobs = common.jobs;
  options.stop = stop_on_signals();
  options.progress = &progress;
  int code = kDone;
  const auto run = [&](const std::string& path, auto function) {
    const auto count = function(path, *store, options);
    progress.clear();
    if (!count) {
      code = failed(count.error().within(path));
      return;
    }
    tell(path, *count, common);
    if (count->bad > 0 && code == kDone) code = kPartial;
  };
  for (const std::string& path : arguments.paths) run(path, advisory::import_osv);
  for (const std::string& path : arguments.trackers) run(path, advisory::import_debian_tracker);
  return code;
}

report::Options printing(const Common& common) {
  report::Options options;
  options.width_columns = is_terminal(1) ? terminal_width() : 0;
  options.colour = wants_colour(common.colour);
  options.tool_version = STOWAWAY_VERSION;
  return options;
}

// What the knowledge base says of the component, or its name alone.
advisory::Component component_named(const std::string& name, const Common& common) {
  if (const auto kb = open_kb(common.kb_file))
    if (auto component = advisory::component_of(*kb, name)) return *std::move(component);
  advisory::Component component;
  (name.starts_with("pkg:") ? component.purl : component.name) = name;
  return component;
}

int list(const Arguments& arguments, const Common& common) {
  const auto advisories = open_advisories(arguments.advisories);
  if (!advisories) return failed(advisories.error(), kNoKb);
  const bool every = arguments.name.empty();
  const advisory::Component component =
      every ? advisory::Component{} : component_named(arguments.name, common);
  const auto found = every ? advisories->all() : advisories->about(component);
  if (!found) return failed(found.error());
  const auto keys = every ? std::vector<std::string>{} : advisory::keys_of(component);
  const std::string text = arguments.json ? report::advisories_json(*found)
                                          : report::advisories_text(*found, keys, printing(common));
  return write_result(text, arguments.out) ? kDone : kOtherFailure;
}

int show(const Arguments& arguments, const Common& common) {
  const auto advisories = open_advisories(arguments.advisories);
  if (!advisories) return failed(advisories.error(), kNoKb);
  const auto found = advisories->named(arguments.name);
  if (!found) return failed(found.error());
  if (!*found)
    return failed(
        {ErrorCode::not_found, fmt::format("no advisory is called \"{}\"", arguments.name)});
  const std::string text = arguments.json ? report::advisory_document(**found)
                                          : report::advisory_text(**found, printing(common));
  return write_result(text, arguments.out) ? kDone : kOtherFailure;
}

int info(const Arguments& arguments) {
  const auto advisories = open_advisories(arguments.advisories);
  if (!advisories) return failed(advisories.error(), kNoKb);
  const auto stores = advisories->stores();
  if (!stores) return failed(stores.error());
  std::string text;
  for (const advisory::StoreInfo& store : *stores)
    text += fmt::format(
        "{}file       {}\nid         {}\nrecords    {}\nwithdrawn  {}\nnames      "
        "{}\nnewest     {}\n",
        text.empty() ? "" : "\n", escape_for_terminal(store.file), store.id, store.records,
        store.withdrawn, store.names,
        store.newest.empty() ? "-" : escape_for_terminal(store.newest));
  return write_result(text, "") ? kDone : kOtherFailure;
}

int write_out(const Arguments& arguments) {
  const auto advisories = open_advisories(arguments.advisories);
  if (!advisories) return failed(advisories.error(), kNoKb);
  const auto all = advisories->all();
  if (!all) return failed(all.error());
  std::vector<const advisory::Record*> records;
  for (const advisory::Advisory& advisory : *all)
    for (const advisory::Record& record : advisory.records) records.push_back(&record);
  std::ranges::sort(records, {}, &advisory::Record::id);
  std::string text;
  for (std::size_t i = 0; i < records.size(); ++i)  // a record may stand with several advisories
    if (i == 0 || records[i]->id != records[i - 1]->id)
      text += advisory::write_record(*records[i]) + "\n";
  return write_result(text, arguments.out) ? kDone : kOtherFailure;
}

void add_stores(CLI::App& command, Arguments& arguments) {
  command
      .add_option("--advisories", arguments.advisories,
                  "A store, or OSV records in any form that import takes; may be repeated")
      ->allow_extra_args(false);
}

}  // namespace

void add_advisory(CLI::App& app, Common& common, Run& run) {
  static Arguments arguments;
  auto* command = app.add_subcommand("advisory", "Import advisories and look into them");
  command->require_subcommand(1);
  auto* importing = command->add_subcommand("import", "Fill a store with OSV records");
  importing->add_option(
      "PATH", arguments.paths,
      "OSV JSON files, directories of them, or archives: the zip dumps of osv.dev");
  importing
      ->add_option("--debian-tracker", arguments.trackers,
                   "The JSON dump of the Debian security tracker")
      ->allow_extra_args(false);
  importing->add_option("-o", arguments.out, "The store to fill; your own by default");
  add_stores(*importing, arguments);
  importing->callback([&] { run = [&] { return import(arguments, common); }; });

  auto* listing = command->add_subcommand("list", "List the advisories about a component, or all");
  listing->add_option("COMPONENT", arguments.name, "A component's name or package URL");
  auto* showing = command->add_subcommand("show", "Show one advisory with all its records");
  showing->add_option("NAME", arguments.name, "CVE-…, GHSA-… or another id or alias")->required();
  for (CLI::App* one : {listing, showing}) {
    one->add_flag("--json", arguments.json, "As JSON");
    one->add_option("-o", arguments.out, "Write to this file instead of standard output");
    add_stores(*one, arguments);
  }
  listing->callback([&] { run = [&] { return list(arguments, common); }; });
  showing->callback([&] { run = [&] { return show(arguments, common); }; });

  auto* telling = command->add_subcommand("info", "Say what the stores hold");
  add_stores(*telling, arguments);
  telling->callback([&] { run = [&] { return info(arguments); }; });

  auto* exporting = command->add_subcommand("export", "Write all records as OSV, one a line");
  exporting->add_option("-o", arguments.out, "Write to this file instead of standard output");
  add_stores(*exporting, arguments);
  exporting->callback([&] { run = [&] { return write_out(arguments); }; });
  add_advisory_patches(*command, common, run);
  command->footer(
      "Examples:\n"
      "  stowaway advisory import OSS-Fuzz/all.zip\n"
      "  stowaway advisory list zlib\n"
      "  stowaway advisory show CVE-2022-37434");
}

}  // namespace stowaway::cli
