#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "cli/commands.h"
#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/find_kb.h"
#include "kb/index/build.h"
#include "kb/miner/merge.h"
#include "kb/pack/pack.h"

namespace stowaway::cli {
namespace {

int failed(const Error& error) {
  print_error(error);
  return exit_code_of(error);
}

int failed(const Error& error, ExitCode code) {
  print_error(error);
  return code;
}

int build(const std::vector<std::string>& packs, const std::string& out, std::uint64_t memory_mb,
          const Common& common) {
  ProgressLine progress(common.quiet);
  kb::BuildOptions options;
  options.progress = &progress;
  if (memory_mb != 0) options.memory_bytes = memory_mb << 20;
  const auto count = kb::build_index_from_files(expand_packs(packs), out, options);
  progress.clear();
  if (!count) return failed(count.error());
  if (!common.quiet)
    print_note(fmt::format("{}: {} components, {} releases, {} contents, {} shingles, {:.1f} MB",
                           out, count->components, count->releases, count->contents,
                           count->shingles, static_cast<double>(count->bytes) / 1e6));
  return kDone;
}

int info(const std::string& file) {
  const auto store = open_kb_store(file);
  if (!store) return failed(store.error(), kNoKb);
  const kb::KbSummary kb = (*store)->summary();
  const std::string text = fmt::format(
      "file        {}\nid          {}\ncomponents  {}\nreleases    {}\ncontents    {}\nshingles    "
      "{}\n",
      kb.file, kb.id, kb.components, kb.releases, kb.contents, kb.shingles);
  return write_result(text, "") ? kDone : kOtherFailure;
}

int list(const std::string& file) {
  const auto kb = open_kb(file);
  if (!kb) return failed(kb.error(), kNoKb);
  std::string text;
  for (kb::ComponentId id = 0; id < kb->component_count(); ++id) {
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

int merge(const std::vector<std::string>& files, const std::string& out, const Common& common) {
  std::vector<kb::Pack> packs;
  for (const std::string& file : expand_packs(files)) {
    auto pack = kb::read_pack(file);
    if (!pack) return failed(pack.error());
    packs.push_back(*std::move(pack));
  }
  const auto merged = kb::merge_packs(std::move(packs));
  if (!merged) return failed(merged.error());
  if (const auto written = kb::write_pack(*merged, out); !written) return failed(written.error());
  if (!common.quiet)
    print_note(fmt::format("{}: {}, {} releases, {} contents", out, merged->component,
                           merged->releases.size(), merged->contents.size()));
  return kDone;
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
  static std::string out = "stowaway.kb", merged;
  auto* build_command = kb->add_subcommand("build", "Make the index that scans query from packs");
  build_command->add_option("PACKS", packs, "Pack files, or directories of them")->required();
  build_command->add_option("-o,--output", out, "The index to write")
      ->type_name("FILE")
      ->capture_default_str();
  static std::uint64_t memory_mb = 0;
  build_command
      ->add_option("--memory-mb", memory_mb,
                   "Sort with about so many MiB of memory, the rest on disk; 0: 1024")
      ->type_name("N")
      ->check(CLI::Range(0, 1 << 20))
      ->capture_default_str();
  build_command->callback([&] { run = [&] { return build(packs, out, memory_mb, common); }; });

  auto* info_command = kb->add_subcommand("info", "Say what a knowledge base holds");
  info_command->callback([&] { run = [&] { return info(common.kb_file); }; });
  auto* list_command = kb->add_subcommand("list", "List the components of a knowledge base");
  list_command->callback([&] { run = [&] { return list(common.kb_file); }; });

  auto* verify_command = kb->add_subcommand("verify", "Check packs and indexes byte for byte");
  verify_command->add_option("FILES", files, "Packs (*.pack) and indexes")->required();
  verify_command->callback([&] { run = [&] { return verify(files); }; });

  auto* merge_command = kb->add_subcommand("merge", "Make one pack of several of one component");
  merge_command->add_option("PACKS", packs, "Packs of one component")->required();
  merge_command->add_option("-o,--output", merged, "The pack to write")
      ->type_name("FILE")
      ->required();
  merge_command->callback([&] { run = [&] { return merge(packs, merged, common); }; });

  add_kb_load(*kb, common, run);
  add_kb_mine(*kb, common, run);
  add_kb_repository(*kb, common, run);
}

}  // namespace stowaway::cli
