// `stowaway advisory learn` and `stowaway advisory judge`: patch presence.
#include <fmt/format.h>

#include "advisory/patch_presence.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/find_clone.h"
#include "cli/find_forms.h"
#include "cli/scan_options.h"
#include "report/patches.h"

namespace stowaway::cli {
namespace {

struct Learning {
  std::string advisory, tree, repository, debian, into;
  std::vector<std::string> patches, between, fixed, vulnerable;
  ScanLimits limits;
};

struct Judging {
  std::string subject, component, path, output;
  std::vector<std::string> advisories, forms;
  bool json = false, verbose = false;
  ScanLimits limits;
};

// More functions than a fix changes: a whole release was compared.
constexpr std::size_t kManyFunctions = 40;

int failed(const Error& error) {
  print_error(error);
  return exit_code_of(error);
}

// A revision of --repo, or a subject as it is.
Result<std::string> subject_named(const Learning& arguments, const std::string& name) {
  if (arguments.repository.empty()) return name;
  STOWAWAY_TRY(const std::string clone, find_clone({}, arguments.repository));
  return clone + "@" + name;
}

Result<advisory::Learnt> learn_one(const Learning& arguments, const source::Options& options) {
  advisory::Learnt learnt;
  if (!arguments.between.empty()) {
    STOWAWAY_TRY(const auto before, subject_named(arguments, arguments.between[0]));
    STOWAWAY_TRY(const auto after, subject_named(arguments, arguments.between[1]));
    STOWAWAY_TRY(learnt, advisory::learn_between(arguments.advisory, before, after,
                                                 arguments.patches, options));
  } else {
    STOWAWAY_TRY(learnt, advisory::learn_from_patches(arguments.advisory, arguments.patches,
                                                      arguments.tree, options));
  }
  for (const bool after_fix : {false, true})
    for (const std::string& name : after_fix ? arguments.fixed : arguments.vulnerable) {
      STOWAWAY_TRY(const auto subject, subject_named(arguments, name));
      STOWAWAY_TRY_VOID(advisory::learn_state(learnt.forms, subject, after_fix, options));
    }
  return learnt;
}

Result<std::vector<advisory::Learnt>> learn_all(const Learning& arguments,
                                                const source::Options& options) {
  if (arguments.debian.empty()) {
    STOWAWAY_TRY(advisory::Learnt one, learn_one(arguments, options));
    std::vector<advisory::Learnt> out;
    out.push_back(std::move(one));
    return out;
  }
  STOWAWAY_TRY(auto all, advisory::learn_from_debian(arguments.debian, options));
  if (!arguments.advisory.empty())
    std::erase_if(all, [&](const auto& one) { return one.forms.advisory != arguments.advisory; });
  return all;
}

// What is asked for, or why it makes no sense.
Result<void> check(const Learning& arguments) {
  const bool debian = !arguments.debian.empty();
  if (debian && (!arguments.patches.empty() || !arguments.between.empty()))
    return fail(ErrorCode::invalid_argument, "--debian goes without --patch and --between");
  if (!debian && arguments.advisory.empty())
    return fail(ErrorCode::invalid_argument, "name the advisory that is fixed");
  if (!debian && arguments.patches.empty() && arguments.between.empty())
    return fail(ErrorCode::invalid_argument,
                "say where the fix is: --patch FILE, --between BEFORE AFTER, or --debian TREE");
  return {};
}

// "1 function", "2 functions"
std::string counted(std::size_t number, std::string_view what) {
  return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
}

void tell(const advisory::Learnt& learnt, const Common& common) {
  for (const std::string& note : learnt.notes)
    print_note(escape_for_terminal(learnt.forms.advisory + ": " + note));
  if (common.quiet) return;
  std::size_t functions = 0, others = 0, hunks = 0;
  std::string names;
  for (const advisory::FormItem& item : learnt.forms.items) {
    hunks += item.kind == advisory::ItemKind::hunk;
    others += item.kind != advisory::ItemKind::hunk && item.kind != advisory::ItemKind::function;
    if (item.kind != advisory::ItemKind::function) continue;
    if (++functions <= 3)
      names += (names.empty() ? ": " : ", ") + escape_for_terminal(item.name) + " in " +
               escape_for_terminal(item.files.front());
  }
  if (functions > 3) names += ", …";
  print_note(fmt::format("{}: {}{}{}{}", escape_for_terminal(learnt.forms.advisory),
                         counted(functions, "function"), names,
                         others == 0 ? "" : "; " + counted(others, "other item"),
                         hunks == 0 ? "" : "; " + counted(hunks, "hunk") + ", by lines"));
  if (functions > kManyFunctions)
    print_note(
        "that is more than a fix changes; --patch FILE beside --between keeps to what it changes");
}

int learn(const Learning& arguments, const Common& common) {
  if (const auto sensible = check(arguments); !sensible) return failed(sensible.error());
  ProgressLine progress(common.quiet);
  const auto learnt = learn_all(arguments, arguments.limits.apply(common, &progress));
  progress.clear();
  if (!learnt) return failed(learnt.error());
  std::string into = arguments.into;
  if (into.empty()) {
    auto own = own_forms();
    if (!own) return failed(own.error());
    into = *std::move(own);
  }
  const advisory::FormsDirectory directory(into);
  std::size_t stored = 0;
  for (const advisory::Learnt& one : *learnt) {
    tell(one, common);
    if (one.forms.empty()) continue;
    if (const auto added = directory.add(one.forms); !added) return failed(added.error());
    ++stored;
  }
  if (stored == 0)
    return failed({ErrorCode::not_found, "the fix changes no code of C, C++ or JavaScript"});
  return kDone;
}

int judge(const Judging& arguments, const Common& common) {
  auto forms = load_forms(arguments.forms, arguments.advisories);
  if (!forms) return failed(forms.error());
  if (forms->empty())
    return failed({ErrorCode::unavailable,
                   "no forms of such advisories; `stowaway advisory learn` makes them"});
  const advisory::PatchJudge judge(*std::move(forms));
  ProgressLine progress(common.quiet);
  const auto source = source::open_subject(arguments.subject);
  if (!source) return failed(source.error());
  const std::vector<advisory::JudgedPlace> places{{arguments.path, {}}};
  auto verdicts = judge.judge(**source, places, arguments.limits.apply(common, &progress));
  progress.clear();
  if (!verdicts) return failed(verdicts.error());
  if (arguments.json)
    return write_result(report::patches_json(*verdicts, arguments.component), arguments.output)
               ? kDone
               : kOtherFailure;
  // Of all that was ever learnt, most is of other code.
  const bool asked = !arguments.advisories.empty() || arguments.verbose;
  const std::size_t absent = asked ? 0 : std::erase_if(*verdicts, [](const auto& verdict) {
    return verdict.form == advisory::PatchForm::absent;
  });
  std::string text = report::patches_text(*verdicts, arguments.verbose);
  if (absent > 0)
    text += fmt::format("{} absent: nothing that these fixes change is there\n", absent);
  return write_result(text, arguments.output) ? kDone : kOtherFailure;
}

void add_learn(CLI::App& advisory, Common& common, Run& run) {
  static Learning arguments;
  auto* command =
      advisory.add_subcommand("learn", "Learn what code looks like before and after a fix");
  command->add_option("ADVISORY", arguments.advisory, "CVE-…, GHSA-… or another id");
  command
      ->add_option("--patch", arguments.patches,
                   "A unified diff of the fix; may be repeated, in the order in which they apply")
      ->allow_extra_args(false);
  command->add_option("--tree", arguments.tree,
                      "The source that the patches belong to, with or without them");
  command
      ->add_option("--between", arguments.between,
                   "The source before and after the fix, as `stowaway scan` takes it")
      ->expected(2);
  command->add_option(
      "--repo", arguments.repository,
      "A git repository: what --between, --fixed and --vulnerable name are revisions");
  command->add_option("--fixed", arguments.fixed, "A later state that has the fix; may be repeated")
      ->allow_extra_args(false);
  command
      ->add_option("--vulnerable", arguments.vulnerable,
                   "An earlier state that has the flaw; may be repeated")
      ->allow_extra_args(false);
  command->add_option("--debian", arguments.debian,
                      "A Debian source package: learn from every patch that names a CVE");
  command->add_option("--forms", arguments.into, "The directory to fill; your own by default");
  arguments.limits.add_to(*command);
  command->footer(
      "Examples:\n"
      "  stowaway advisory learn --debian curl_7.88.1-10+deb12u8.dsc\n"
      "  stowaway advisory learn CVE-2022-37434 --repo zlib --between eff308af^ eff308af\n"
      "  stowaway advisory learn CVE-2022-37434 --patch fix.diff --tree zlib-1.2.12/");
  command->callback([&] { run = [&] { return learn(arguments, common); }; });
}

void add_judge(CLI::App& advisory, Common& common, Run& run) {
  static Judging arguments;
  auto* command = advisory.add_subcommand("judge", "Say whether a fix is in the code");
  command->add_option("SUBJECT", arguments.subject, "What `stowaway scan` takes")->required();
  command->add_option("ADVISORY", arguments.advisories, "Of these only; of all that were learnt");
  command->add_option("--path", arguments.path, "Where in the subject the copy lies");
  command->add_option("--component", arguments.component, "What the copy is, for --json");
  command
      ->add_option("--forms", arguments.forms,
                   "A directory of forms; may be repeated. Default: the starter set and your own")
      ->allow_extra_args(false);
  command->add_flag("-v,--verbose", arguments.verbose, "A line for each function");
  command->add_flag("--json", arguments.json, "As JSON, which `stowaway audit --evidence` takes");
  command->add_option("-o", arguments.output, "Write to this file instead of standard output");
  arguments.limits.add_to(*command);
  command->footer(
      "Examples:\n"
      "  stowaway advisory judge zlib-1.2.12/ CVE-2022-37434\n"
      "  stowaway advisory judge --path Utilities/cmcurl cmake-3.25.1/");
  command->callback([&] { run = [&] { return judge(arguments, common); }; });
}

}  // namespace

void add_advisory_patches(CLI::App& advisory, Common& common, Run& run) {
  add_learn(advisory, common, run);
  add_judge(advisory, common, run);
}

}  // namespace stowaway::cli
