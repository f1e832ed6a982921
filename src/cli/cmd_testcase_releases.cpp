// `stowaway testcase verify` and `sweep`: cases against releases.
#include <fmt/format.h>

#include <algorithm>

#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/find_clone.h"
#include "cli/find_kb.h"
#include "cli/testcase_options.h"
#include "testcase/print.h"

namespace stowaway::cli {
namespace {

struct ReleaseArguments {
  TestcaseOptions options;
  std::vector<std::string> mirrors, upstreams;
  std::vector<std::string> releases;  // VERSION=SUBJECT
  bool record = false;

  void add_to(CLI::App& verb) {
    verb.add_option("CASE", options.wanted.names, "Cases by name; none: all");
    const std::string group = "Releases";
    verb.add_option("--mirror", mirrors,
                    "Directory of git clones (OWNER+NAME/repo, NAME.git or NAME); may be repeated")
        ->allow_extra_args(false)
        ->group(group);
    verb.add_option("--upstream", upstreams, "A git clone of the component; may be repeated")
        ->allow_extra_args(false)
        ->group(group);
    verb.add_option("--release", releases,
                    "VERSION=SUBJECT: this release is there; may be repeated")
        ->allow_extra_args(false)
        ->group(group);
    options.add_to(verb);
    options.add_running_to(verb);
  }
};

int failed(const Error& error) {
  print_error(error);
  return exit_code_of(error);
}

// Those that are named, and those of the knowledge base that clones hold.
Result<std::vector<testcase::Release>> releases_of(const ReleaseArguments& arguments,
                                                   const Common& common,
                                                   const testcase::Case& test) {
  std::vector<testcase::Release> named;
  for (const std::string& item : arguments.releases) {
    const std::size_t equals = item.find('=');
    if (equals == 0 || equals == std::string::npos)
      return fail(ErrorCode::invalid_argument, "--release takes VERSION=SUBJECT");
    named.push_back(testcase::named_release(test, item.substr(0, equals), item.substr(equals + 1)));
  }
  std::vector<std::string> clones;
  for (const std::string& upstream : arguments.upstreams) {
    STOWAWAY_TRY(std::string clone, find_clone({}, upstream));
    clones.push_back(std::move(clone));
  }
  if (!arguments.mirrors.empty())
    for (const std::string& url : test.upstreams)
      if (auto clone = find_clone(arguments.mirrors, url)) clones.push_back(*std::move(clone));
  if (clones.empty() && !named.empty()) return named;
  STOWAWAY_TRY(const kb::Kb kb, open_kb(common.kb_file));
  auto known = testcase::releases_in_clones(kb, test, clones);
  if (!known && named.empty()) return tl::unexpected<Error>(known.error());
  if (known) named.insert(named.end(), known->begin(), known->end());
  return named;
}

// Keeps the records of what passed.
Result<void> keep(const ReleaseArguments& arguments, const std::string& directory,
                  const testcase::Case& test, const testcase::Verification& verification) {
  const std::string file =
      arguments.record ? records_beside(directory, test) : user_records(arguments.options.records);
  if (file.empty())
    return fail(ErrorCode::invalid_argument,
                "there is no place for the record: name one with --records, or set HOME");
  return testcase::write_record(
      file, {control_key(test), verification.vulnerable.ran_with, test.vulnerable, test.fixed},
      arguments.record);
}

int verify_cases(const ReleaseArguments& arguments, const Common& common) {
  stop_on_signals();
  const auto directory = find_testcases(arguments.options.directory);
  if (!directory) return failed(directory.error());
  const auto cases = wanted_cases(*directory, arguments.options.wanted);
  if (!cases) return failed(cases.error());
  const auto bench = TestBench::open(arguments.options, jobs_of(common));
  if (!bench) return failed(bench.error());
  int worst = cases->empty() ? kNothing : kDone;
  std::string text;
  for (const testcase::Case& test : *cases) {
    const auto releases = releases_of(arguments, common, test);
    const auto verified =
        releases ? testcase::verify((*bench)->runner(), test, *releases)
                 : Result<testcase::Verification>(tl::unexpected<Error>(releases.error()));
    if (!verified && verified.error().code == ErrorCode::cancelled) return failed(verified.error());
    if (!verified) {
      worst = std::max<int>(worst, failed(verified.error().within(test.name)));
      continue;
    }
    text += testcase::verification_text(test, *verified);
    if (!verified->told_apart()) {
      worst = kOtherFailure;
    } else if (const auto kept = keep(arguments, *directory, test, *verified); !kept) {
      worst = std::max<int>(worst, failed(kept.error()));
    }
  }
  if (!write_result(text, arguments.options.output)) return kOtherFailure;
  return worst;
}

int sweep_cases(const ReleaseArguments& arguments, const Common& common) {
  stop_on_signals();
  const auto directory = find_testcases(arguments.options.directory);
  if (!directory) return failed(directory.error());
  const auto cases = wanted_cases(*directory, arguments.options.wanted);
  if (!cases) return failed(cases.error());
  const auto bench = TestBench::open(arguments.options, 1);
  if (!bench) return failed(bench.error());
  int worst = cases->empty() ? kNothing : kDone;
  std::string text;
  for (const testcase::Case& test : *cases) {
    ProgressLine progress(common.quiet);
    const auto releases = releases_of(arguments, common, test);
    const auto swept =
        releases ? testcase::sweep((*bench)->runner(), test, *releases, jobs_of(common), &progress)
                 : Result<testcase::Sweep>(tl::unexpected<Error>(releases.error()));
    progress.clear();
    if (!swept && swept.error().code == ErrorCode::cancelled) return failed(swept.error());
    if (!swept) {
      worst = std::max<int>(worst, failed(swept.error().within(test.name)));
      continue;
    }
    text += arguments.options.format == "json" ? testcase::sweep_json(test, *swept)
                                               : testcase::sweep_text(test, *swept);
    if (arguments.record && !write_result(testcase::sweep_record(test, *swept),
                                          *directory + "/" + test.name + "/observed.json"))
      return kOtherFailure;
  }
  if (!write_result(text, arguments.options.output)) return kOtherFailure;
  return worst;
}

}  // namespace

void add_testcase_verify(CLI::App& command, Common& common, Run& run) {
  static ReleaseArguments arguments;
  auto* verb = command.add_subcommand(
      "verify", "Check that cases tell a vulnerable release from a fixed one");
  arguments.add_to(*verb);
  verb->add_flag("--record", arguments.record,
                 "Keep the record beside the case, to be published with it");
  verb->footer(
      "Examples:\n  stowaway testcase verify --mirror clones/ zlib-CVE-2022-37434\n  stowaway "
      "testcase verify --release 1.0=demo-1.0/ --release 1.1=demo-1.1/ my-case");
  verb->callback([&] { run = [&] { return verify_cases(arguments, common); }; });
}

void add_testcase_sweep(CLI::App& command, Common& common, Run& run) {
  static ReleaseArguments arguments;
  auto* verb = command.add_subcommand("sweep", "Run cases over every release that can be had");
  arguments.add_to(*verb);
  verb->add_flag("--record", arguments.record, "Write observed.json beside each case");
  verb->footer(
      "Examples:\n  stowaway testcase sweep --mirror clones/ cjson-CVE-2019-11835\n  stowaway "
      "testcase sweep --upstream zlib.git -f json -o zlib.json zlib-CVE-2022-37434");
  verb->callback([&] { run = [&] { return sweep_cases(arguments, common); }; });
}

}  // namespace stowaway::cli
