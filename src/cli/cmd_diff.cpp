// `stowaway diff`: what was changed in a copy, as a patch against its release.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/find_catalog.h"
#include "cli/find_kb.h"
#include "cli/scan_options.h"
#include "kb/miner/release_source.h"
#include "match/scan.h"
#include "source/tree_patch.h"

namespace stowaway::cli {
namespace {

struct Arguments {
  std::string subject, path, component, release, catalog, cache, output;
  kb::ReleaseRequest request;
  kb::MineOptions fetching;
  bool no_left_out = false;
  ScanLimits limits;
};

int failed(const Error& error) {
  print_error(error);
  return exit_code_of(error);
}

// As reports write it: "./vendor/zlib/" is "vendor/zlib", "." is the subject itself.
std::string report_path(std::string path) {
  while (path.starts_with("./")) path.erase(0, 2);
  while (!path.empty() && path.back() == '/') path.pop_back();
  return path == "." ? "" : path;
}

Result<match::ScanResult> scan(const Arguments& arguments, const kb::Kb& kb, const Common& common) {
  ProgressLine progress(common.quiet);
  match::ScanOptions options;
  options.source = arguments.limits.apply(common, &progress);
  options.declarations = !arguments.limits.no_declared;
  options.resemblances = !arguments.limits.no_similar;
  options.evidence = true;
  STOWAWAY_TRY(const auto source, source::open_subject(arguments.subject));
  return match::scan(*source, kb, options);
}

Result<const match::Copy*> chosen_copy(const Arguments& arguments,
                                       const match::ScanResult& result) {
  const std::string path = report_path(arguments.path);
  const match::Copy* chosen = nullptr;
  std::string all;
  for (const match::Copy& copy : result.copies) {
    all += fmt::format("{}{} ({})", all.empty() ? "" : ", ", copy.path.empty() ? "." : copy.path,
                       copy.component);
    if (copy.path != path ||
        (!arguments.component.empty() && copy.component != arguments.component))
      continue;
    if (chosen != nullptr)
      return fail(ErrorCode::invalid_argument,
                  "several copies lie at \"{}\": choose one with --component", arguments.path);
    chosen = &copy;
  }
  if (chosen != nullptr) return chosen;
  return fail(ErrorCode::not_found, "no copy was found at \"{}\"; there are: {}", arguments.path,
              all.empty() ? "none" : all);
}

// The release that the copy is compared with: what the user says, or the one that the evidence
// singles out, or the likeliest.
Result<std::string> chosen_release(const Arguments& arguments, const match::Copy& copy) {
  if (!arguments.release.empty()) return arguments.release;
  if (!copy.rivals.empty()) return copy.rivals.front().version;
  if (!copy.versions.empty()) return copy.versions.back();
  return fail(ErrorCode::not_found, "the version of {} is not known: say it with --release",
              copy.component);
}

std::string revision_of(const kb::Kb& kb, const std::string& component,
                        const std::string& version) {
  for (kb::ComponentId id = 0; id < kb.component_count(); ++id) {
    const kb::ComponentView view = kb.component(id);
    if (view.name != component) continue;
    for (std::uint32_t at = view.releases.first; at < view.releases.end; ++at)
      if (kb.release(at).version == version) return std::string(kb.release(at).revision);
  }
  return "";
}

// The release's own files, as upstream has them.
Result<source::TreeFiles> release_tree(const kb::ReleaseSource& place, const Arguments& arguments) {
  STOWAWAY_TRY(auto tree,
               source::read_tree(place.subject, place.root, {}, arguments.fetching.stop));
  if (place.common_top) source::strip_common_top(tree);
  if (!place.without.empty())
    std::erase_if(tree.files, [&](const source::TreeFile& file) {
      return file.path.starts_with(place.without);
    });
  return tree;
}

// The copy's files. Of a copy at the top of its subject only those that the scan assigns to it: the
// rest is the subject's own.
Result<source::TreeFiles> copy_tree(const Arguments& arguments, const match::Copy& copy) {
  STOWAWAY_TRY(auto tree,
               source::read_tree(arguments.subject, copy.path, {}, arguments.fetching.stop));
  if (!copy.path.empty()) return tree;
  std::set<std::string_view> own;
  for (const match::FileEvidence& file : copy.files)
    if (file.relation != match::FileRelation::missing) own.insert(file.path);
  std::erase_if(tree.files, [&](const source::TreeFile& file) { return !own.contains(file.path); });
  return tree;
}

// Files that the copy does not have are taken out of the release as well.
void keep_what_is_there(source::TreeFiles& release, const source::TreeFiles& copy,
                        const match::Copy& found) {
  std::set<std::string_view> there;
  for (const source::TreeFile& file : copy.files) there.insert(file.path);
  for (const match::FileEvidence& file : found.files)
    if (file.relation != match::FileRelation::missing) there.insert(file.release_path);
  std::erase_if(release.files,
                [&](const source::TreeFile& file) { return !there.contains(file.path); });
}

std::string list_of(std::string_view title, const std::vector<std::string>& paths) {
  if (paths.empty()) return "";
  std::string text = fmt::format("{} ({}):\n", title, paths.size());
  for (const std::string& path : paths) text += "  " + escape_for_terminal(path) + "\n";
  return text;
}

// What stands before the patch: git passes over it.
std::string head_of(const match::Copy& copy, const std::string& version,
                    const kb::ReleaseSource& place, const source::TreePatch& patch) {
  std::vector<std::string> renamed;
  for (const auto& [before, after] : patch.renamed) renamed.push_back(before + " => " + after);
  std::string text = fmt::format("Local changes of {} {} at {}\nagainst {}\n\n", copy.component,
                                 version, escape_for_terminal(copy.path.empty() ? "." : copy.path),
                                 escape_for_terminal(place.description));
  text += list_of("Changed", patch.changed) + list_of("Renamed", renamed) +
          list_of("Added", patch.added) + list_of("Left out", patch.left_out);
  return text + (patch.text.empty() ? "Nothing was changed.\n" : "\n");
}

int print_patch(const Arguments& arguments, const match::Copy& copy, const std::string& version,
                const kb::ReleaseSource& place, const Common& common) {
  auto before = release_tree(place, arguments);
  if (!before) return failed(before.error().within(place.description));
  auto after = copy_tree(arguments, copy);
  if (!after) return failed(after.error());
  if (arguments.no_left_out) keep_what_is_there(*before, *after, copy);
  const bool partial = !before->gaps.empty() || !after->gaps.empty();
  for (const auto* tree : {&*before, &*after})
    for (const source::Gap& gap : tree->gaps)
      if (!common.quiet)
        print_note(fmt::format("not compared: {}: {} {}", gap.path, source::name_of(gap.reason),
                               gap.detail));
  const auto patch = source::patch_between(*std::move(before), *std::move(after));
  if (!patch) return failed(patch.error());
  if (!write_result(head_of(copy, version, place, *patch) + patch->text, arguments.output))
    return kOtherFailure;
  return partial ? kPartial : kDone;
}

int diff(Arguments& arguments, const Common& common) {
  arguments.fetching.stop = stop_on_signals();
  const auto kb = open_kb(common.kb_file);
  if (!kb) {
    print_error(kb.error());
    return kNoKb;
  }
  const auto catalogue = find_catalog(arguments.catalog);
  if (!catalogue) return failed(catalogue.error());
  const auto result = scan(arguments, *kb, common);
  if (!result) return failed(result.error().within(arguments.subject));
  const auto copy = chosen_copy(arguments, *result);
  if (!copy) return failed(copy.error());
  const auto version = chosen_release(arguments, **copy);
  if (!version) return failed(version.error());
  if ((*copy)->versions.size() > 1 && arguments.release.empty() && !common.quiet)
    print_note(fmt::format("the files fit {} releases; compared with {} (--release chooses)",
                           (*copy)->versions.size(), *version));
  arguments.request.component = (*copy)->component;
  arguments.request.purl = (*copy)->purl;
  arguments.request.version = *version;
  arguments.request.revision = revision_of(*kb, (*copy)->component, *version);
  ProgressLine progress(common.quiet);
  arguments.fetching.progress = &progress;
  arguments.fetching.cache_directory = cache_directory(arguments.cache);
  const auto place = kb::find_release(arguments.request, *catalogue, arguments.fetching);
  progress.clear();
  if (!place) return failed(place.error().within((*copy)->component + " " + *version));
  return print_patch(arguments, **copy, *version, *place, common);
}

void add_sources(CLI::App& command, Arguments& arguments) {
  const std::string group = "Where the release's source is";
  command
      .add_option("--upstream", arguments.request.upstream,
                  "A clone, CLONE@REVISION, archive, .dsc or directory of the release")
      ->type_name("FILE")
      ->group(group);
  command
      .add_option("--catalog", arguments.catalog,
                  "The catalogue that names repositories and source packages")
      ->type_name("DIRECTORY")
      ->group(group);
  command
      .add_option("--mirror", arguments.fetching.mirrors,
                  "Directory that holds clones of repositories; may be repeated")
      ->type_name("DIRECTORY")
      ->allow_extra_args(false)
      ->group(group);
  command
      .add_option("--cache", arguments.cache,
                  "Where clones and downloads are kept; ~/.cache/stowaway when not given")
      ->type_name("DIRECTORY")
      ->group(group);
  command
      .add_option("--apt-source", arguments.fetching.debian.apt_sources,
                  "A line of a sources.list to use instead of apt's own; may be repeated")
      ->type_name("LINE")
      ->allow_extra_args(false)
      ->group(group);
  command.add_flag("--offline", arguments.fetching.offline, "Use what is there; ask no network")
      ->group(group);
}

}  // namespace

void add_diff(CLI::App& app, Common& common, Run& run) {
  static Arguments arguments;
  auto* command =
      app.add_subcommand("diff", "Print what was changed in a copy, as a patch to its release");
  command->add_option("SUBJECT", arguments.subject, "What was scanned")->required();
  command->add_option("PATH", arguments.path, "Where the copy lies, as the report of scan says")
      ->required();
  command
      ->add_option("--component", arguments.component, "Which one, where several lie at one place")
      ->type_name("NAME");
  command
      ->add_option("--release", arguments.release,
                   "Compare with this release; the matched one when not given")
      ->type_name("VERSION");
  command->add_flag("--no-left-out", arguments.no_left_out,
                    "Pass over files of the release that the copy does not have");
  command->add_option("-o", arguments.output, "Write to this file instead of standard output")
      ->type_name("FILE");
  add_sources(*command, arguments);
  arguments.limits.add_to(*command);
  command->footer(
      "Examples:\n"
      "  stowaway diff . vendor/zlib\n"
      "  stowaway diff --upstream zlib-1.2.11.tar.gz --no-left-out . vendor/zlib");
  command->callback([&] { run = [&] { return diff(arguments, common); }; });
}

}  // namespace stowaway::cli
