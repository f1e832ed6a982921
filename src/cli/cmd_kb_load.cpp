// `kb load` and `kb count`: a knowledge base in a cluster.
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/find_kb.h"
#include "kb/load.h"
#include "match/scan_store.h"
#include "source/source.h"

namespace stowaway::cli {
namespace {

int failed(const Error& error) {
  print_error(error);
  return exit_code_of(error);
}

int load(const std::vector<std::string>& packs, bool publish, const Common& common) {
  ProgressLine progress(common.quiet);
  kb::LoadOptions options;
  options.store = cluster_options();
  options.publish = publish;
  options.progress = &progress;
  const auto count = kb::load_packs(named_kb(common.kb_file), expand_packs(packs), options);
  progress.clear();
  if (!count) return failed(count.error());
  if (!common.quiet) {
    print_note(fmt::format("{} packs, {} of them loaded: {} rows, {:.1f} MB", count->packs,
                           count->packs_loaded, count->rows,
                           static_cast<double>(count->bytes) / 1e6));
    if (!count->id.empty())
      print_note(fmt::format("knowledge base {} {}", count->id,
                             count->is_news ? "published" : "was published before"));
  }
  for (const std::string& why : count->missing) print_note("left out: " + why);
  return count->missing.empty() ? kDone : kPartial;
}

int count(const std::string& subject, const Common& common) {
  const auto store = open_kb_store(common.kb_file);
  if (!store) {
    print_error(store.error());
    return kNoKb;
  }
  const auto source = source::open_subject(subject);
  if (!source) return failed(source.error());
  source::Options options;
  options.jobs = common.jobs;
  const auto fingerprints = match::fingerprint_subject(**source, options);
  if (!fingerprints) return failed(fingerprints.error());
  const auto keys = match::all_keys_of(*fingerprints);
  if (!keys) return failed(keys.error());
  const auto counts = (*store)->count_by_component(*keys);
  if (!counts) return failed(counts.error());
  std::string text;
  for (const kb::ComponentCount& one : *counts)
    text += fmt::format("{}\t{}\t{}\n", one.component, one.normalised, one.shingles);
  return write_result(text, "") ? kDone : kOtherFailure;
}

}  // namespace

void add_kb_load(CLI::App& kb, Common& common, Run& run) {
  static std::vector<std::string> packs;
  static bool no_publish = false;
  auto* load_command = kb.add_subcommand(
      "load", "Load packs into a cluster (--kb clickhouse://…), and publish them");
  load_command->add_option("PACKS", packs, "Pack files, or directories of them")->required();
  load_command->add_flag("--no-publish", no_publish,
                         "Only load: the last of many machines publishes");
  load_command->footer(
      "Examples:\n"
      "  stowaway kb load --kb clickhouse://db1:8123,db2:8123,db3:8123/stowaway kb/");
  load_command->callback([&] { run = [&] { return load(packs, !no_publish, common); }; });

  static std::string subject;
  auto* count_command = kb.add_subcommand(
      "count", "Count how many identities and shingles of a subject each component holds");
  count_command->add_option("SUBJECT", subject, "As for scan")->required();
  count_command->callback([&] { run = [&] { return count(subject, common); }; });
}

}  // namespace stowaway::cli
