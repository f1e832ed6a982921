#include <fmt/format.h>

#include <algorithm>

#include "cli/commands.h"
#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/find_catalog.h"
#include "kb/miner/catalog_miner.h"
#include "kb/miner/mine_any.h"

namespace stowaway::cli {
namespace {

struct MineArguments {
  std::string catalog, out_directory = ".", shard = "1/1", cache;
  std::vector<std::string> only;
  unsigned max_rank = 0;
  kb::MineRequest request;
  kb::MineOptions options;
};

int failed(const Error& error) {
  print_error(error);
  return exit_code_of(error);
}

std::string describe(const kb::ComponentOutcome& outcome) {
  if (!outcome.written) return fmt::format("{}: nothing new", outcome.component);
  if (outcome.count.releases == 0)
    return fmt::format("{}: described anew, no new releases", outcome.component);
  return fmt::format(
      "{}: {} releases, {} files ({:.1f} MB) read{}", outcome.component, outcome.count.releases,
      outcome.count.contents, static_cast<double>(outcome.count.bytes) / 1e6,
      outcome.count.unread == 0 ? "" : fmt::format(", {} could not be had", outcome.count.unread));
}

Result<std::vector<kb::CatalogEntry>> entries_of(const MineArguments& arguments) {
  if (arguments.catalog.empty() == arguments.request.words.empty())
    return fail(ErrorCode::invalid_argument,
                "say what to mine: debian:NAME, npm:NAME, git:URL, archives or directories, or "
                "else --catalog");
  if (arguments.catalog.empty()) return kb::entries_of(arguments.request);
  STOWAWAY_TRY(auto entries, kb::read_catalog(arguments.catalog));
  if (!arguments.only.empty())
    std::erase_if(entries, [&](const kb::CatalogEntry& entry) {
      return std::ranges::find(arguments.only, entry.component) == arguments.only.end();
    });
  return entries;
}

Result<kb::CatalogMineOptions> options_of(const MineArguments& arguments, const Common& common) {
  kb::CatalogMineOptions options;
  options.mine = arguments.options;
  options.mine.jobs = common.jobs;
  options.mine.cache_directory = cache_directory(arguments.cache);
  options.pack_directory = arguments.out_directory;
  options.max_rank = arguments.max_rank;
  options.keep_description = arguments.catalog.empty();
  if (std::sscanf(arguments.shard.c_str(), "%u/%u", &options.shard, &options.shards) != 2 ||
      options.shard < 1 || options.shard > options.shards)
    return fail(ErrorCode::invalid_argument, "--shard takes I/N with 1 <= I <= N");
  return options;
}

int mine(const MineArguments& arguments, const Common& common) {
  const auto entries = entries_of(arguments);
  if (!entries) return failed(entries.error());
  auto options = options_of(arguments, common);
  if (!options) return failed(options.error());
  ProgressLine progress(common.quiet);
  options->mine.stop = stop_on_signals();
  options->mine.progress = &progress;
  std::size_t without = 0;
  bool nothing_read = true;  // no source of any component could be read
  Error last{ErrorCode::io, ""};
  const auto done = kb::mine_catalog(*entries, *options, [&](const kb::ComponentOutcome& outcome) {
    progress.clear();
    for (const Error& error : outcome.errors) print_error(last = error.within(outcome.component));
    without += !outcome.errors.empty();
    nothing_read = nothing_read && outcome.failed_sources == outcome.sources;
    if (!common.quiet && (outcome.errors.empty() || outcome.written)) print_note(describe(outcome));
  });
  progress.clear();
  if (!done && done.error().code == ErrorCode::cancelled) {
    print_note(
        "interrupted: finished packs and downloads are kept; the same command goes on from there");
    return kInterrupted;
  }
  if (!done) return failed(done.error());
  if (without == 0) return kDone;
  return arguments.catalog.empty() && nothing_read ? exit_code_of(last) : kPartial;
}

void add_sources(CLI::App& mine_command, MineArguments& mining) {
  kb::MineRequest& request = mining.request;
  mine_command.add_option("WHAT", request.words,
                          "debian:NAME, npm:NAME[@RANGE], git:URL, archives, directories");
  mine_command.add_option("--catalog", mining.catalog, "A .catalog file or a directory of them")
      ->type_name("FILE");
  mine_command.add_option("-o,--output", mining.out_directory, "Directory of the packs")
      ->type_name("DIRECTORY")
      ->capture_default_str();
  mine_command.add_option("--component", request.component, "The component's name")
      ->type_name("NAME");
  mine_command.add_option("--purl", request.purl, "Its package URL, without version")
      ->type_name("PURL");
  mine_command.add_option("--licence", request.licence, "Its licence, an SPDX expression")
      ->type_name("SPDX");
  mine_command.add_option("--language", request.language, "Its main language")
      ->type_name("LANGUAGE");
  mine_command
      .add_option("--release", request.release,
                  "The version of archives and directories whose names do not say it")
      ->type_name("VERSION");
  mine_command
      .add_option("--date", request.date, "Their date; of their newest file when not given")
      ->type_name("DAY")
      ->check(CLI::Validator(
          [](std::string& text) {
            const bool fits = text.size() == 10 && text[4] == '-' && text[7] == '-' &&
                              text.find_first_not_of("0123456789-") == std::string::npos;
            return fits ? "" : text + " is not YYYY-MM-DD";
          },
          "YYYY-MM-DD"));
  mine_command
      .add_option("--tags", request.tags,
                  "git: which tags are releases; the first group is the version")
      ->type_name("EXPRESSION");
  mine_command.add_option("--version-map", request.version_map, "git: how it is written")
      ->type_name("MAP:{id,us,dash,usdash,digits,stripv}");
  mine_command.add_option("--subpath", request.subpath, "Only what lies below this folder")
      ->type_name("FOLDER");
  mine_command
      .add_option("--paths", request.paths, "Only files whose path this expression matches")
      ->type_name("EXPRESSION");
}

// One value each time the option stands there, so that words may follow it.
void add_repeatable(CLI::App& mine_command, const std::string& name,
                    std::vector<std::string>& values, const std::string& value,
                    const std::string& help) {
  mine_command.add_option(name, values, help + "; may be repeated")
      ->type_name(value)
      ->allow_extra_args(false);
}

void add_ways(CLI::App& mine_command, MineArguments& mining) {
  kb::MineOptions& options = mining.options;
  mine_command.add_flag("--prereleases", options.prereleases, "npm: prereleases too");
  add_repeatable(mine_command, "--suite", options.debian.suites, "SUITE",
                 "debian: only these suites; those that apt is configured with when not given");
  add_repeatable(mine_command, "--apt-source", options.debian.apt_sources, "LINE",
                 "debian: a line of a sources.list to use instead of apt's own");
  add_repeatable(mine_command, "--keyring", options.debian.keyrings, "FILE",
                 "debian: a keyring for .dsc files instead of debian-keyring's");
  add_repeatable(mine_command, "--mirror", options.mirrors, "DIRECTORY",
                 "Directory that holds clones of repositories: NAME.git, NAME or OWNER+NAME/repo");
  mine_command
      .add_option("--cache", mining.cache,
                  "Where clones and downloads are kept; ~/.cache/stowaway when not given")
      ->type_name("DIRECTORY");
  mine_command.add_flag("--offline", options.offline, "Use what is there; ask no network");
  mine_command
      .add_option("--only", mining.only, "Components of the catalogue to mine; all when not given")
      ->type_name("COMPONENT");
  mine_command
      .add_option("--shard", mining.shard, "Take every Nth component, starting with the Ith")
      ->type_name("I/N")
      ->capture_default_str();
  mine_command
      .add_option("--max-rank", mining.max_rank,
                  "Only the most embedded components, up to this rank; 0: all")
      ->type_name("N");
}

}  // namespace

void add_kb_mine(CLI::App& kb, Common& common, Run& run) {
  static MineArguments mining;
  auto* mine_command = kb.add_subcommand("mine", "Make packs from the releases of components");
  mine_command->footer(
      "Examples:\n"
      "  stowaway kb mine debian:zlib -o packs\n"
      "  stowaway kb mine npm:jquery@^3 -o packs\n"
      "  stowaway kb mine mylib-1.2.tar.gz mylib-1.3.tar.gz -o packs\n"
      "  stowaway kb mine --catalog catalog/components -o packs");
  add_sources(*mine_command, mining);
  add_ways(*mine_command, mining);
  mine_command->callback([&] { run = [&] { return mine(mining, common); }; });
}

}  // namespace stowaway::cli
