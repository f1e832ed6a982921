#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "cli/commands.h"
#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/find_kb.h"
#include "kb/index/build.h"
#include "kb/miner/catalog_miner.h"
#include "kb/pack/pack.h"

namespace stowaway::cli {
namespace {

int failed(const Error& error, int code = -1) {
  print_error(error);
  return code >= 0 ? code : exit_code_of(error);
}

// Packs named one by one, or all in a directory.
std::vector<std::string> expand_packs(const std::vector<std::string>& arguments) {
  std::vector<std::string> files;
  for (const std::string& argument : arguments) {
    std::error_code status;
    if (!std::filesystem::is_directory(argument, status)) {
      files.push_back(argument);
      continue;
    }
    for (const auto& item : std::filesystem::directory_iterator(argument, status))
      if (item.path().extension() == ".pack") files.push_back(item.path());
  }
  std::ranges::sort(files);
  return files;
}

int build(const std::vector<std::string>& packs, const std::string& out, const Common& common) {
  ProgressLine progress(common.quiet);
  const auto count = kb::build_index_from_files(expand_packs(packs), out, &progress);
  progress.clear();
  if (!count) return failed(count.error());
  if (!common.quiet)
    print_note(fmt::format("{}: {} components, {} releases, {} contents, {} shingles, {:.1f} MB",
                           out, count->components, count->releases, count->contents,
                           count->shingles, static_cast<double>(count->bytes) / 1e6));
  return kDone;
}

int info(const std::string& file, bool list) {
  const auto kb = open_kb(file);
  if (!kb) return failed(kb.error(), kNoKb);
  std::string text = fmt::format(
      "file        {}\nid          {}\ncomponents  {}\nreleases    {}\ncontents    {}\nshingles    "
      "{}\n",
      kb->file(), kb->id(), kb->component_count(), kb->release_count(), kb->content_count(),
      kb->shingle_count());
  if (list) text.clear();
  for (kb::ComponentId id = 0; list && id < kb->component_count(); ++id) {
    const kb::ComponentView component = kb->component(id);
    const std::uint32_t count = component.releases.size();
    text += fmt::format("{}\t{}\t{} releases\t{} … {}\n", component.name, component.purl, count,
                        count == 0 ? "" : kb->release(component.releases.first).version,
                        count == 0 ? "" : kb->release(component.releases.end - 1).version);
  }
  return write_result(text, "") ? kDone : kOtherFailure;
}

int verify(const std::vector<std::string>& files) {
  int worst = kDone;
  for (const std::string& file : files) {
    Result<void> checked;
    if (file.ends_with(".pack")) {
      if (const auto pack = kb::read_pack(file); !pack)
        checked = tl::unexpected<Error>(pack.error());
    } else if (const auto kb = kb::Kb::open(file); !kb) {
      checked = tl::unexpected<Error>(kb.error());
    } else {
      checked = kb->verify();
    }
    if (checked)
      fmt::print("{}: ok\n", file);
    else
      worst = failed(checked.error(), kNoKb);
  }
  return worst;
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
  if (outcome.unchanged) return fmt::format("{}: nothing new", outcome.component);
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
    if (!common.quiet && (outcome.errors.empty() || !outcome.unchanged))
      print_note(describe(outcome));
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

void add_kb(CLI::App& app, Common& common, Run& run) {
  auto* kb = app.add_subcommand("kb", "Build, mine and look into knowledge bases");
  kb->require_subcommand(1);
  kb->footer(
      "Examples:\n"
      "  stowaway kb build kb/*.pack -o starter.kb\n"
      "  stowaway kb mine --catalog catalog/components --mirror CLONES -o kb/ --only zlib\n"
      "  stowaway kb list --kb starter.kb");

  static std::vector<std::string> packs, files;
  static std::string out = "stowaway.kb";
  auto* build_command = kb->add_subcommand("build", "Make the index that scans query from packs");
  build_command->add_option("PACKS", packs, "Pack files, or directories of them")->required();
  build_command->add_option("-o,--output", out, "The index to write")->capture_default_str();
  build_command->callback([&] { run = [&] { return build(packs, out, common); }; });

  auto* info_command = kb->add_subcommand("info", "Say what a knowledge base holds");
  info_command->callback([&] { run = [&] { return info(common.kb_file, false); }; });
  auto* list_command = kb->add_subcommand("list", "List the components of a knowledge base");
  list_command->callback([&] { run = [&] { return info(common.kb_file, true); }; });

  auto* verify_command = kb->add_subcommand("verify", "Check packs and indexes byte for byte");
  verify_command->add_option("FILES", files, "Packs (*.pack) and indexes")->required();
  verify_command->callback([&] { run = [&] { return verify(files); }; });

  static MineArguments mining;
  auto* mine_command = kb->add_subcommand("mine", "Make packs from the releases of components");
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
