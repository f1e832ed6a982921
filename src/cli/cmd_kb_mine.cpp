#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "cli/commands.h"
#include "cli/console.h"
#include "cli/exit_code.h"
#include "kb/miner/catalog_miner.h"

namespace stowaway::cli {
namespace {

int failed(const Error& error) {
  print_error(error);
  return exit_code_of(error);
}

struct MineArguments {
  std::string catalog, out_directory = ".", shard = "1/1";
  std::vector<std::string> mirrors, only;
  unsigned max_rank = 0;
};

// "https://host/owner/name" lies at MIRROR/owner+name/repo, or is a bare or plain clone at
// MIRROR/name.
Result<std::string> locate(const std::vector<std::string>& mirrors, const std::string& url) {
  const std::size_t slash = url.rfind('/'),
                    before = slash == std::string::npos ? slash : url.rfind('/', slash - 1);
  const std::string name = url.substr(slash + 1);
  const std::string owner =
      before == std::string::npos ? "" : url.substr(before + 1, slash - before - 1);
  if (std::filesystem::exists(url)) return url;
  for (const std::string& mirror : mirrors)
    for (const std::string& place : {mirror + "/" + owner + "+" + name + "/repo",
                                     mirror + "/" + name + ".git", mirror + "/" + name})
      for (const std::string& folder : {place + "/.git", place})
        if (std::filesystem::exists(folder + "/objects")) return folder;
  return fail(ErrorCode::not_found,
              "no local clone of {}: clone it (git clone --bare) and name its folder with --mirror",
              url);
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

int mine(const MineArguments& arguments, const Common& common) {
  auto entries = kb::read_catalog(arguments.catalog);
  if (!entries) return failed(entries.error());
  if (!arguments.only.empty())
    std::erase_if(*entries, [&](const kb::CatalogEntry& entry) {
      return std::ranges::find(arguments.only, entry.component) == arguments.only.end();
    });
  ProgressLine progress(common.quiet);
  kb::CatalogMineOptions options;
  options.mine.jobs = common.jobs;
  options.mine.stop = stop_on_signals();
  options.mine.progress = &progress;
  options.pack_directory = arguments.out_directory;
  options.max_rank = arguments.max_rank;
  if (std::sscanf(arguments.shard.c_str(), "%u/%u", &options.shard, &options.shards) != 2 ||
      options.shard < 1 || options.shard > options.shards)
    return failed({ErrorCode::invalid_argument, "--shard takes I/N with 1 <= I <= N"});
  options.locate = [&](const std::string& url) { return locate(arguments.mirrors, url); };
  std::error_code status;
  std::filesystem::create_directories(arguments.out_directory, status);
  std::size_t without = 0;
  const auto done = kb::mine_catalog(*entries, options, [&](const kb::ComponentOutcome& outcome) {
    progress.clear();
    for (const Error& error : outcome.errors) print_error(error.within(outcome.component));
    without += !outcome.errors.empty();
    if (!common.quiet && (outcome.errors.empty() || outcome.written)) print_note(describe(outcome));
  });
  progress.clear();
  if (!done && done.error().code == ErrorCode::cancelled) {
    print_note("interrupted: finished packs are kept; the same command goes on from there");
    return kInterrupted;
  }
  if (!done) return failed(done.error());
  return without == 0 ? kDone : kPartial;
}

}  // namespace

void add_kb_mine(CLI::App& kb, Common& common, Run& run) {
  static MineArguments mining;
  auto* mine_command = kb.add_subcommand("mine", "Make packs from the releases of components");
  mine_command->add_option("--catalog", mining.catalog, "A .catalog file or a directory of them")
      ->required();
  mine_command->add_option("-o,--output", mining.out_directory, "Directory of the packs")
      ->capture_default_str();
  mine_command->add_option("--mirror", mining.mirrors,
                           "Directory that holds clones of the repositories");
  mine_command->add_option("--only", mining.only, "Components to mine; all when not given");
  mine_command
      ->add_option("--shard", mining.shard, "I/N: take every Nth component, starting with the Ith")
      ->capture_default_str();
  mine_command->add_option("--max-rank", mining.max_rank,
                           "Only the most embedded components, up to this rank");
  mine_command->callback([&] { run = [&] { return mine(mining, common); }; });
}

}  // namespace stowaway::cli
