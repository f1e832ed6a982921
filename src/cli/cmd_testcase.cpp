// `stowaway testcase`: the options that its verbs share, `list`, and `run`.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cli/audit_tracked.h"
#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/find_kb.h"
#include "cli/find_ledger.h"
#include "cli/scan_cache.h"
#include "cli/scan_options.h"
#include "cli/testcase_options.h"
#include "cli/track_options.h"
#include "ledger/bring.h"
#include "match/scan.h"
#include "testcase/print.h"

namespace stowaway::cli {

void TestcaseOptions::add_to(CLI::App& command) {
  command.add_option("--testcases", directory, "Directory of the test cases");
  command
      .add_option("--advisory", wanted.advisories, "Only cases for this advisory; may be repeated")
      ->allow_extra_args(false);
  command.add_option("-f,--format", format, "table or json")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  command.add_option("-o", output, "Write to this file instead of standard output");
}

void TestcaseOptions::add_running_to(CLI::App& command) {
  const std::string group = "Sandbox and compiler";
  command.add_option("--records", records, "The user's own records of controls that passed")
      ->group(group);
  command.add_option("--cc", cc, "The C compiler; its C++ sister is used for C++")->group(group);
  command.add_option("--bwrap", bwrap, "The bubblewrap program")
      ->capture_default_str()
      ->group(group);
}

unsigned jobs_of(const Common& common) {
  source::Options options;
  options.jobs = common.jobs;
  return source::effective_jobs(options);
}

Result<std::unique_ptr<TestBench>> TestBench::open(const TestcaseOptions& options,
                                                   unsigned compile_jobs) {
  STOWAWAY_TRY(testcase::Toolchain tools, testcase::find_toolchain(options.cc));
  STOWAWAY_TRY(testcase::Sandbox sandbox, testcase::Sandbox::open(options.bwrap));
  std::unique_ptr<TestBench> bench(new TestBench(std::move(sandbox), std::move(tools)));
  bench->runner_ = std::make_unique<testcase::Runner>(
      bench->sandbox_, bench->tools_, testcase::RunnerOptions{compile_jobs, stop_on_signals()});
  return bench;
}

namespace {

struct RunArguments {
  TestcaseOptions options;
  std::string subject, fail_on, ledger;
  std::vector<std::string> at;  // only copies at these paths
  ledger::ArchiveOptions archive;
  ScanLimits limits;
};

// The copies and the subject itself, where it is a known release.
std::vector<testcase::CopyUnderTest> copies_of(const match::ScanResult& result) {
  std::vector<testcase::CopyUnderTest> all;
  for (const match::SelfIdentity& self : result.self)
    all.push_back({{result.subject, ""}, self.component, self.versions, {}});
  for (const match::Copy& copy : result.copies)
    all.push_back({{result.subject, copy.path}, copy.component, copy.versions, {}});
  // What a case needs besides: of each component the copy that lies nearest.
  const auto common = [](const std::string& a, const std::string& b) {
    return std::ranges::mismatch(a, b).in1 - a.begin();
  };
  for (testcase::CopyUnderTest& one : all)
    for (const testcase::CopyUnderTest& other : all) {
      if (&one == &other || one.component == other.component) continue;
      const auto [known, added] = one.neighbours.emplace(other.component, other.place);
      if (!added &&
          common(other.place.root, one.place.root) > common(known->second.root, one.place.root))
        known->second = other.place;
    }
  return all;
}

// A tracked name's source, where it lies or fetched again; nothing for what is a subject itself.
Result<std::optional<ledger::Brought>> tracked_source(const RunArguments& arguments,
                                                      const Common& common) {
  if (!means_tracked(arguments.subject)) return std::optional<ledger::Brought>();
  const auto found = [&]() -> Result<ledger::Snapshot> {
    STOWAWAY_TRY(const ledger::Ledger ledger, open_ledger_to_read(arguments.ledger));
    return snapshot_meant(ledger, arguments.subject);
  }();
  if (!found) return tl::unexpected<Error>(found.error().within("not a file either"));
  ledger::TrackOptions options;
  options.archive = arguments.archive;
  if (options.archive.cache_directory.empty())
    options.archive.cache_directory = usual_download_cache();
  options.stop = stop_on_signals();
  if (!common.quiet)
    print_note(fmt::format("{} {} from {}", escape_for_terminal(found->subject),
                           escape_for_terminal(found->version),
                           escape_for_terminal(found->origin)));
  STOWAWAY_TRY(ledger::Brought brought, ledger::Brought::open(*found, options));
  // A verdict on what upstream wrote must not pass for one on what Debian builds.
  if (brought.may_have_patches() && !common.quiet)
    print_note(fmt::format(
        "{} is read before debian/patches; to test what is built, unpack it with `dpkg-source -x` "
        "and name the directory",
        escape_for_terminal(found->subject)));
  return std::optional<ledger::Brought>(std::move(brought));
}

// `location`: where the subject lies.
Result<match::ScanResult> scan(const RunArguments& arguments, const std::string& location,
                               const Common& common) {
  STOWAWAY_TRY(const kb::Kb kb, open_kb(common.kb_file));
  STOWAWAY_TRY(const auto source, source::open_subject(location));
  if (source->kind() == "md5-list" || source->kind() == "dpkg-installed")
    return fail(ErrorCode::unsupported, "{} is a list of sums: there is nothing to compile",
                location);
  ProgressLine progress(common.quiet);
  match::ScanOptions options;
  options.source = arguments.limits.apply(common, &progress);
  options.declarations = !arguments.limits.no_declared;
  if (!arguments.limits.no_cache) options.cache = cache_for(location, kb, options);
  auto result = match::scan(*source, kb, options);
  if (result) result->subject = location;
  return result;
}

// A case that has not shown with this compiler that it can tell is not asked.
testcase::CaseOutcome without_control(const testcase::Case& test,
                                      const testcase::CopyUnderTest& copy,
                                      const std::string& ran_with) {
  testcase::CaseOutcome outcome = testcase::outcome_of(test, copy, ran_with);
  outcome.evidence =
      fmt::format("not run: no positive control with {}; see stowaway testcase verify {}",
                  ran_with.empty() ? "any compiler" : ran_with, test.name);
  return outcome;
}

class CopyTester {
 public:
  CopyTester(const TestBench& bench, const std::string& directory, const std::string& records,
             bool quiet)
      : bench_(bench), directory_(directory), records_(records), quiet_(quiet) {}

  Result<void> test(const testcase::CopyUnderTest& copy, const std::vector<testcase::Case>& cases,
                    std::vector<testcase::CaseOutcome>& outcomes) const {
    std::vector<const testcase::Case*> chosen;
    for (const testcase::Case& one : cases) {
      if (one.component != copy.component) continue;
      const std::string& ran_with = bench_.tools().id_for(one.language);
      STOWAWAY_TRY(const auto records, records_of(directory_, one, records_));
      if (is_controlled(records, one, ran_with))
        chosen.push_back(&one);
      else
        outcomes.push_back(without_control(one, copy, ran_with));
    }
    if (chosen.empty()) return {};
    if (!quiet_)
      print_note(fmt::format("testing {} at {}", copy.component,
                             escape_for_terminal(copy.place.root.empty() ? "." : copy.place.root)));
    STOWAWAY_TRY(auto more, bench_.runner().run(copy, chosen));
    std::ranges::move(more, std::back_inserter(outcomes));
    return {};
  }

 private:
  const TestBench& bench_;
  const std::string directory_, records_;
  const bool quiet_;
};

int exit_status(const std::vector<testcase::CaseOutcome>& outcomes, const std::string& fail_on,
                bool partial) {
  using testcase::Verdict;
  const auto any = [&](Verdict verdict) {
    return std::ranges::find(outcomes, verdict, &testcase::CaseOutcome::verdict) != outcomes.end();
  };
  if (fail_on == "vulnerable" && any(Verdict::vulnerable)) return kFailOnMatched;
  // Something was not decided, or not looked at.
  if (partial || any(Verdict::needs_variant) || any(Verdict::error)) return kPartial;
  if (!outcomes.empty()) return kDone;
  print_note("nothing to test: no case is for a component that was found");
  return kNothing;
}

int run_cases(const RunArguments& arguments, const Common& common) {
  stop_on_signals();
  const auto directory = find_testcases(arguments.options.directory);
  if (!directory) return failed(directory.error());
  const auto cases = wanted_cases(*directory, arguments.options.wanted);
  if (!cases) return failed(cases.error());
  // The sandbox comes first: where there is none, nothing else needs to be tried.
  const auto bench = TestBench::open(arguments.options, jobs_of(common));
  if (!bench) return failed(bench.error());
  const auto tracked = tracked_source(arguments, common);
  if (!tracked) return failed(tracked.error().within(arguments.subject));
  const auto result =
      scan(arguments, *tracked ? (*tracked)->location() : arguments.subject, common);
  if (!result) return failed(result.error().within(arguments.subject));
  const CopyTester tester(**bench, *directory, user_records(arguments.options.records),
                          common.quiet);
  std::vector<testcase::CaseOutcome> outcomes;
  for (const testcase::CopyUnderTest& copy : copies_of(*result)) {
    if (!arguments.at.empty() &&
        std::ranges::find(arguments.at, copy.place.root.empty() ? "." : copy.place.root) ==
            arguments.at.end())
      continue;
    if (const auto tested = tester.test(copy, *cases, outcomes); !tested)
      return failed(tested.error());
  }
  const std::string text = arguments.options.format == "json"
                               ? testcase::outcomes_json(arguments.subject, outcomes)
                               : testcase::outcomes_text(arguments.subject, outcomes);
  if (!write_result(text, arguments.options.output)) return kOtherFailure;
  return exit_status(outcomes, arguments.fail_on, result->partial);
}

}  // namespace

int list_testcases(const TestcaseOptions& options) {
  const auto directory = find_testcases(options.directory);
  if (!directory) return failed(directory.error());
  const auto cases = wanted_cases(*directory, options.wanted);
  if (!cases) return failed(cases.error());
  std::vector<std::vector<testcase::ControlRecord>> records;
  for (const testcase::Case& test : *cases) {
    auto of_this = records_of(*directory, test, user_records(options.records));
    if (!of_this) return failed(of_this.error());
    records.push_back(*std::move(of_this));
  }
  const std::string text =
      options.format == "json" ? testcase::list_json(*cases, records) : testcase::list_text(*cases);
  if (!write_result(text, options.output)) return kOtherFailure;
  return cases->empty() ? kNothing : kDone;
}

void add_testcase_run(CLI::App& command, Common& common, Run& run) {
  static RunArguments arguments;
  auto* verb = command.add_subcommand(
      "run", "Build test cases against embedded copies, and run them in a sandbox");
  verb->add_option("SUBJECT", arguments.subject,
                   "What to test: whatever `stowaway scan` takes that has files, or the name of "
                   "what is tracked")
      ->required();
  verb->add_option("--case", arguments.options.wanted.names, "Only this case; may be repeated")
      ->allow_extra_args(false);
  verb->add_option("--at", arguments.at,
                   "Only the copy at this path, . for the subject itself; may be repeated")
      ->allow_extra_args(false);
  verb->add_option("--fail-on", arguments.fail_on, "Exit with 1 when a copy is")
      ->check(CLI::IsMember({"vulnerable"}));
  arguments.options.add_to(*verb);
  arguments.options.add_running_to(*verb);
  const std::string group = "Tracked subjects";
  verb->add_option("--ledger", arguments.ledger, "The ledger that knows the name")->group(group);
  add_archive_to(*verb, arguments.archive, group);
  arguments.limits.add_to(*verb);
  verb->footer(
      "Examples:\n  stowaway testcase run cmake-3.25.1/\n  stowaway testcase run --advisory "
      "CVE-2022-37434 --fail-on vulnerable .\n  stowaway testcase run debian:cmake");
  verb->callback([&] { run = [&] { return run_cases(arguments, common); }; });
}

void add_testcase(CLI::App& app, Common& common, Run& run) {
  static TestcaseOptions listing;
  auto* command = app.add_subcommand("testcase", "Show what a known flaw does in embedded copies");
  command->require_subcommand(1);
  auto* list = command->add_subcommand("list", "List the published test cases");
  listing.add_to(*list);
  list->callback([&] { run = [&] { return list_testcases(listing); }; });
  add_testcase_run(*command, common, run);
  add_testcase_verify(*command, common, run);
  add_testcase_sweep(*command, common, run);
}

}  // namespace stowaway::cli
