#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <map>

#include "advisory/audit.h"
#include "advisory/audit_patches.h"
#include "advisory/components.h"
#include "advisory/evidence.h"
#include "advisory/scan_report.h"
#include "base/atomic_file.h"
#include "base/text.h"
#include "cli/audit_tracked.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/find_advisories.h"
#include "cli/find_forms.h"
#include "cli/find_kb.h"
#include "cli/find_ledger.h"
#include "cli/scan_cache.h"
#include "cli/scan_options.h"
#include "ledger/acceptance.h"
#include "ledger/notice.h"
#include "ledger/observation.h"
#include "match/scan.h"
#include "report/audit.h"

namespace stowaway::cli {
namespace {

struct Arguments {
  std::string subject, format = "table", output, fail_on, product, author, tracked, ledger;
  std::vector<std::string> outputs, advisories, vex, evidence, forms;
  bool json = false, all_statuses = false, note = false, all = false;
  ScanLimits limits;
};

std::string now() {
  const char* fixed = std::getenv("SOURCE_DATE_EPOCH");
  const std::time_t time = fixed == nullptr
                               ? std::time(nullptr)
                               : static_cast<std::time_t>(std::strtoll(fixed, nullptr, 10));
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(time));
}

int failed(const Error& error, int code = -1) {
  print_error(error);
  return code >= 0 ? code : exit_code_of(error);
}

bool is_report(const std::string& subject) {
  std::error_code status;
  if (!std::filesystem::is_regular_file(subject, status)) return false;
  std::string head(1024, '\0');
  std::ifstream file(subject, std::ios::binary);
  file.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(file.gcount()));
  return advisory::looks_like_scan_report(head);
}

Result<advisory::AuditSubject> read_report(const std::string& file) {
  STOWAWAY_TRY(const auto bytes, read_whole_file(file, advisory::kMaxReportBytes));
  return advisory::read_scan_report({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

Result<advisory::AuditSubject> scan(const Arguments& arguments, const kb::Kb& kb,
                                    const Common& common) {
  ProgressLine progress(common.quiet);
  match::ScanOptions options;
  options.source = arguments.limits.apply(common, &progress);
  options.declarations = !arguments.limits.no_declared;
  if (!arguments.limits.no_cache) options.cache = cache_for(arguments.subject, kb, options);
  STOWAWAY_TRY(const auto source, source::open_subject(arguments.subject));
  STOWAWAY_TRY(match::ScanResult result, match::scan(*source, kb, options));
  result.subject = arguments.subject;
  return advisory::subject_of(result);
}

Result<std::vector<advisory::Statement>> read_statements(const std::vector<std::string>& files) {
  std::vector<advisory::Statement> statements;
  for (const std::string& file : files) {
    STOWAWAY_TRY(const auto bytes, read_whole_file(file, advisory::kMaxVexBytes));
    STOWAWAY_TRY(auto more, advisory::read_vex(
                                {reinterpret_cast<const char*>(bytes.data()), bytes.size()}, file));
    statements.insert(statements.end(), std::make_move_iterator(more.begin()),
                      std::make_move_iterator(more.end()));
  }
  return statements;
}

Result<std::vector<advisory::Observation>> read_observations(
    const std::vector<std::string>& files) {
  std::vector<advisory::Observation> observations;
  for (const std::string& file : files) {
    STOWAWAY_TRY(const auto bytes, read_whole_file(file, advisory::kMaxEvidenceBytes));
    auto more =
        advisory::read_evidence({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    if (!more) return tl::unexpected<Error>(more.error().within(file));
    observations.insert(observations.end(), std::make_move_iterator(more->begin()),
                        std::make_move_iterator(more->end()));
  }
  return observations;
}

// Adds what the code of the copies says, where a fix is known; evidence that was given counts more.
// Nothing where the subject holds no code: a report, or a list of checksums.
Result<void> look_for_fixes(const Arguments& arguments, const Common& common,
                            const advisory::AuditSubject& subject,
                            const advisory::Advisories& advisories, advisory::AuditOptions options,
                            std::vector<advisory::Observation>& observations) {
  STOWAWAY_TRY(auto forms, load_forms(arguments.forms, {}));
  if (forms.empty()) return {};
  options.observations = {};
  STOWAWAY_TRY(const auto by_version, advisory::audit(subject, advisories, options));
  ProgressLine progress(common.quiet);
  STOWAWAY_TRY(auto seen, advisory::observe_patches(by_version, std::move(forms), arguments.subject,
                                                    arguments.limits.apply(common, &progress)));
  seen.insert(seen.end(), std::make_move_iterator(observations.begin()),
              std::make_move_iterator(observations.end()));
  observations = std::move(seen);
  return {};
}

std::vector<std::pair<std::string, std::string>> wanted_outputs(const Arguments& arguments) {
  std::vector<std::pair<std::string, std::string>> outputs;
  for (const std::string& output : arguments.outputs) {
    const std::size_t equals = output.find('=');
    outputs.emplace_back(output.substr(0, equals),
                         equals == std::string::npos ? "" : output.substr(equals + 1));
  }
  if (outputs.empty() || !arguments.output.empty())
    outputs.emplace_back(arguments.json ? "json" : arguments.format, arguments.output);
  return outputs;
}

bool formats_are_known(const Arguments& arguments) {
  for (const auto& [format, file] : wanted_outputs(arguments)) {
    const auto known = report::audit_formats();
    if (std::ranges::find(known, format, &report::Format::name) != known.end()) continue;
    std::vector<std::string_view> names;
    for (const report::Format& one : known) names.push_back(one.name);
    print_error({ErrorCode::invalid_argument,
                 fmt::format("no format \"{}\"; there are {}", format, fmt::join(names, ", "))});
    return false;
  }
  return true;
}

// Of many subjects each report as it comes; files when all are there.
bool write_reports(const advisory::Audit& audit, const Arguments& arguments, const Common& common,
                   std::map<std::string, std::string>& files) {
  const auto is_open = [](const advisory::Finding& finding) { return finding.is_open(); };
  for (const auto& [format, file] : wanted_outputs(arguments)) {
    // Of all subjects a person wants to see those that are hit.
    if (arguments.all && format == "table" && !arguments.all_statuses &&
        std::ranges::none_of(audit.findings, is_open))
      continue;
    report::AuditOptions options;
    options.common.width_columns = file.empty() && is_terminal(1) ? terminal_width() : 0;
    options.common.colour = file.empty() && wants_colour(common.colour);
    options.common.tool_version = STOWAWAY_VERSION;
    options.common.timestamp = now();
    options.author = arguments.author;
    options.with_not_affected = arguments.all_statuses;
    const auto text = report::write_audit(format, audit, options);
    if (!text) {
      print_error(text.error());
      return false;
    }
    const bool needs_name = arguments.all && format == "table";  // the other formats have it
    const std::string named =
        needs_name ? escape_for_terminal(audit.subject.name) + "\n\n" + *text + "\n" : *text;
    if (!file.empty())
      files[file] += named;
    else if (!write_result(named, ""))
      return false;
  }
  return true;
}

// Open findings of that severity or a worse one. An advisory without a severity is no "high": how
// many of these there are is said, so that nobody takes silence for safety.
bool matches_fail_on(const advisory::Audit& audit, const std::string& fail_on, bool quiet) {
  if (fail_on.empty()) return false;
  const auto least = advisory::level_named(fail_on).value_or(advisory::Level::unknown);
  bool matched = false;
  std::size_t unrated = 0;
  for (const advisory::Finding& finding : audit.findings) {
    if (!finding.is_open()) continue;
    const advisory::Level level = audit.advisories[finding.advisory].rating.level;
    matched = matched || level >= least;
    unrated += level == advisory::Level::unknown;
  }
  if (unrated > 0 && least > advisory::Level::unknown && !quiet)
    print_note(fmt::format("{} open {} no severity and {} not weighed; --fail-on any counts {} too",
                           unrated, unrated == 1 ? "finding has" : "findings have",
                           unrated == 1 ? "was" : "were", unrated == 1 ? "it" : "them"));
  return matched;
}

// Keeps what was seen of the code with the version that it was seen in: the one that the subject
// comes from, or else the current one, where that has the same copies.
Result<void> keep_what_was_seen(const ledger::Ledger& ledger, std::int64_t snapshot,
                                const advisory::Audit& audit, const Common& common) {
  const std::string& name = audit.subject.name;
  if (snapshot == 0) {
    STOWAWAY_TRY(const auto current, ledger.find(name, ""));
    if (!current) return {};
    snapshot = current->id;
  }
  STOWAWAY_TRY(const bool kept, ledger::keep_observations(ledger, snapshot, audit));
  if (!kept && !common.quiet)
    print_note(fmt::format(
        "{}: what was seen of its code is not kept: the ledger's current version has other copies",
        name));
  return {};
}

// Under a tracked name what is accepted there counts, and with --note what has changed goes to the
// outbox.
Result<advisory::Audit> audit_as_tracked(TrackedSubject tracked,
                                         const advisory::Advisories& advisories,
                                         advisory::AuditOptions options, const Arguments& arguments,
                                         const Common& common) {
  const std::string& name = tracked.name;
  advisory::AuditSubject& subject = tracked.subject;
  if (name.empty()) return advisory::audit(std::move(subject), advisories, options);
  STOWAWAY_TRY(const ledger::Ledger ledger, open_ledger(arguments.ledger));
  STOWAWAY_TRY(const auto acceptances,
               ledger::acceptances_in(ledger.database(), name, now_seconds()));
  options.acceptances = acceptances;
  subject.name = name;
  const bool has_news = !options.observations.empty();
  auto& seen = tracked.observations;  // what is known now counts more than what was kept
  seen.insert(seen.end(), options.observations.begin(), options.observations.end());
  options.observations = seen;
  STOWAWAY_TRY(advisory::Audit audit, advisory::audit(std::move(subject), advisories, options));
  if (!arguments.note) return audit;
  if (has_news) STOWAWAY_TRY_VOID(keep_what_was_seen(ledger, tracked.snapshot, audit, common));
  STOWAWAY_TRY(const auto events, ledger::take_note(ledger.database(), audit, now_seconds()));
  if (!common.quiet && (!arguments.all || !events.empty()))
    print_note(
        fmt::format("{}: {} change{} noted", name, events.size(), events.size() == 1 ? "" : "s"));
  return audit;
}

// What is needed beside a subject to audit it.
struct Known {
  const advisory::Advisories* advisories;
  const kb::Kb* kb;  // may be null
  std::vector<advisory::Statement> statements;
  std::vector<advisory::Observation> observations;

  advisory::AuditOptions options() const {
    advisory::AuditOptions options;
    if (kb != nullptr)
      options.component = [kb = kb](const std::string& name) {
        return advisory::component_of(*kb, name);
      };
    options.statements = statements;
    options.observations = observations;
    return options;
  }
};

// The subjects that are meant: of the ledger, of a report, or one that is scanned now. In the last
// case `known` learns what its code says of fixes.
Result<std::vector<TrackedSubject>> subjects_meant(const Arguments& arguments, const Common& common,
                                                   Known& known) {
  const bool from_report = !arguments.all && is_report(arguments.subject);
  if (arguments.all || (!from_report && means_tracked(arguments.subject))) {
    auto tracked = tracked_subjects(arguments.ledger, arguments.subject);
    if (!tracked && !arguments.all)
      return tl::unexpected<Error>(tracked.error().within(
          arguments.subject + " is no file, and the ledger does not know it"));
    return tracked;
  }
  auto subject = from_report ? read_report(arguments.subject) : scan(arguments, *known.kb, common);
  if (!subject) return tl::unexpected<Error>(subject.error().within(arguments.subject));
  if (!from_report)
    if (const auto looked = look_for_fixes(arguments, common, *subject, *known.advisories,
                                           known.options(), known.observations);
        !looked)
      return tl::unexpected<Error>(looked.error().within(arguments.subject));
  return std::vector<TrackedSubject>{{arguments.tracked, *std::move(subject), 0, {}}};
}

// 0, 1 or 3: what is worst of all subjects.
int audit_each(std::vector<TrackedSubject> subjects, const Known& known, const Arguments& arguments,
               const Common& common) {
  std::map<std::string, std::string> files;
  bool matched = false, partial = false;
  std::size_t open = 0, hit = 0;
  const std::size_t count = subjects.size();
  for (TrackedSubject& subject : subjects) {
    if (!arguments.product.empty()) subject.subject.product = arguments.product;
    const auto result =
        audit_as_tracked(std::move(subject), *known.advisories, known.options(), arguments, common);
    if (!result) return failed(result.error());
    if (!write_reports(*result, arguments, common, files)) return kOtherFailure;
    const auto here = static_cast<std::size_t>(std::ranges::count_if(
        result->findings, [](const advisory::Finding& finding) { return finding.is_open(); }));
    open += here;
    hit += here > 0 ? 1 : 0;
    matched = matches_fail_on(*result, arguments.fail_on, common.quiet) || matched;
    partial = partial || result->subject.partial;
  }
  for (const auto& [file, text] : files)
    if (!write_result(text, file)) return kOtherFailure;
  if (arguments.all && !common.quiet)
    print_note(fmt::format("{} subjects, {} of them with {} open findings", count, hit, open));
  if (matched) return kFailOnMatched;
  return partial ? kPartial : kDone;
}

int audit(const Arguments& arguments, const Common& common) {
  if (!formats_are_known(arguments)) return kWrongUse;
  if (arguments.all != arguments.subject.empty() || (arguments.all && !arguments.tracked.empty()))
    return failed({ErrorCode::invalid_argument,
                   "name a subject, a report or a tracked subject, or say --all"});
  const bool is_read =
      !arguments.all && !is_report(arguments.subject) && !means_tracked(arguments.subject);
  const bool is_tracked = arguments.all || (!is_read && !is_report(arguments.subject));
  if (arguments.note && !is_tracked && arguments.tracked.empty())
    return failed({ErrorCode::invalid_argument,
                   "--note is about a tracked subject; say which one this is with --in NAME"});
  stop_on_signals();
  const auto advisories = open_advisories(arguments.advisories);
  if (!advisories) return failed(advisories.error(), kNoKb);
  Known known{&*advisories, nullptr, {}, {}};
  auto statements = read_statements(arguments.vex);
  if (!statements) return failed(statements.error());
  known.statements = *std::move(statements);
  auto observations = read_observations(arguments.evidence);
  if (!observations) return failed(observations.error());
  known.observations = *std::move(observations);
  const auto kb = open_kb(common.kb_file);
  if (!kb && is_read) return failed(kb.error(), kNoKb);
  if (!kb && !common.quiet)
    print_note("no knowledge base: components are known by the names in the report alone");
  known.kb = kb ? &*kb : nullptr;
  auto subjects = subjects_meant(arguments, common, known);
  if (!subjects) return failed(subjects.error());
  return audit_each(*std::move(subjects), known, arguments, common);
}

}  // namespace

void add_audit(CLI::App& app, Common& common, Run& run) {
  static Arguments arguments;
  auto* command = app.add_subcommand("audit", "Say which known vulnerabilities the copies have");
  command->add_option(
      "SUBJECT", arguments.subject,
      "What `stowaway scan` takes, a JSON report that it wrote, or a tracked subject");
  command->add_flag("--all", arguments.all,
                    "Every tracked subject, as the ledger has it; nothing is read again");
  command
      ->add_option(
          "--advisories", arguments.advisories,
          "A store, or OSV records; may be repeated. Default: the starter set and your own")
      ->allow_extra_args(false);
  command
      ->add_option("--vex", arguments.vex,
                   "OpenVEX or CycloneDX statements about the subject; may be repeated")
      ->allow_extra_args(false);
  command
      ->add_option("--evidence", arguments.evidence,
                   "What `stowaway testcase run --format json` wrote; may be repeated")
      ->allow_extra_args(false);
  command
      ->add_option("--forms", arguments.forms,
                   "A directory of what `stowaway advisory learn` wrote; may be repeated. Default: "
                   "the starter set and your own")
      ->allow_extra_args(false);
  std::string formats = "Format of the report:";
  for (const report::Format& format : report::audit_formats())
    formats += fmt::format(" {}", format.name);
  command->add_option("-f,--format", arguments.format, formats)->capture_default_str();
  command->add_flag("--json", arguments.json, "The same as --format json");
  command->add_flag("-a,--all-statuses", arguments.all_statuses,
                    "List in the table what does not affect a copy, too");
  command->add_option("-o", arguments.output,
                      "Write the report to this file instead of standard output");
  command
      ->add_option("--output", arguments.outputs,
                   "FORMAT=FILE: write this format there; may be repeated")
      ->allow_extra_args(false);
  command
      ->add_option("--fail-on", arguments.fail_on,
                   "Exit with 1 for an open finding of this severity or worse")
      ->check(CLI::IsMember({"any", "low", "medium", "high", "critical"}));
  command->add_option("--product", arguments.product,
                      "What VEX documents call the subject, for instance its package URL");
  command->add_option("--author", arguments.author, "Who signs the VEX documents");
  const std::string group = "Tracked subjects";
  command
      ->add_option("--in", arguments.tracked,
                   "Audit as this tracked subject: what is accepted there counts")
      ->group(group);
  command
      ->add_flag("--note", arguments.note,
                 "Keep what has changed for `stowaway notify` to send; of tracked subjects")
      ->group(group);
  command->add_option("--ledger", arguments.ledger, "The ledger; your own by default")
      ->group(group);
  arguments.limits.add_to(*command);
  command->footer(
      "Examples:\n"
      "  stowaway audit cmake-3.25.1/\n"
      "  stowaway audit --fail-on high --vex accepted.openvex.json .\n"
      "  stowaway audit --format openvex -o app.openvex.json scan.json\n"
      "  stowaway audit --all --fail-on critical");
  command->callback([&] { run = [&] { return audit(arguments, common); }; });
}

}  // namespace stowaway::cli
