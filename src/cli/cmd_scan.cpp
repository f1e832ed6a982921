#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <ctime>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include "base/atomic_file.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/find_kb.h"
#include "cli/scan_at_server.h"
#include "cli/scan_cache.h"
#include "cli/scan_options.h"
#include "cli/track_scan.h"
#include "match/scan_store.h"
#include "report/policy.h"
#include "report/writer.h"

namespace stowaway::cli {
namespace {

constexpr std::size_t kDayCharacters = 10;  // of a time stamp: "2026-11-23"
constexpr std::uint64_t kMaxPolicyBytes = std::uint64_t{1} << 20;

struct Arguments {
  std::vector<std::string> subjects;
  std::string format = "table", output, fail_on, policy;
  std::vector<std::string> outputs;  // FORMAT=FILE
  bool json = false, installed = false;
  std::string dpkg_root = "/var/lib/dpkg";
  ServerScan server;
  ScanLimits limits;
  TrackScan track;
};

std::string now() {
  // SOURCE_DATE_EPOCH makes reports reproducible:
  // https://reproducible-builds.org/specs/source-date-epoch/
  const char* fixed = std::getenv("SOURCE_DATE_EPOCH");
  const std::time_t time = fixed == nullptr
                               ? std::time(nullptr)
                               : static_cast<std::time_t>(std::strtoll(fixed, nullptr, 10));
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(time));
}

report::Options report_options(const Common& common, bool to_terminal) {
  report::Options options;
  options.width_columns = to_terminal && is_terminal(1) ? terminal_width() : 0;
  options.colour = to_terminal && wants_colour(common.colour);
  options.tool_version = STOWAWAY_VERSION;
  options.timestamp = now();
  return options;
}

bool matches_fail_on(const std::string& fail_on, const match::ScanResult& result) {
  if (fail_on == "copy") return !result.copies.empty();
  if (fail_on == "modified")
    return std::ranges::any_of(
        result.copies, [](const auto& copy) { return copy.verdict == match::Verdict::modified; });
  return false;
}

// None where no policy was asked for.
Result<std::optional<report::Policy>> read_policy(const std::string& file) {
  if (file.empty()) return std::optional<report::Policy>();
  STOWAWAY_TRY(const auto bytes, read_whole_file(file, kMaxPolicyBytes));
  auto policy =
      report::parse_policy({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, file);
  if (!policy) return tl::unexpected<Error>(policy.error().within(file));
  return std::optional<report::Policy>(*std::move(policy));
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

int check_usage(const Arguments& arguments) {
  if (arguments.subjects.empty() && !arguments.installed) {
    print_error({ErrorCode::invalid_argument,
                 "name what to scan: a directory, a file, an archive, a .dsc, REPO@REV or -; or "
                 "--installed"});
    return kWrongUse;
  }
  for (const auto& [format, file] : wanted_outputs(arguments)) {
    const auto known = report::formats();
    if (std::ranges::find(known, format, &report::Format::name) != known.end()) continue;
    std::vector<std::string_view> names;
    for (const report::Format& one : known) names.push_back(one.name);
    print_error({ErrorCode::invalid_argument,
                 fmt::format("no format \"{}\"; there are {}", format, fmt::join(names, ", "))});
    return kWrongUse;
  }
  return kDone;
}

// Writes each result as it comes, so that of many subjects those that are done are there: to
// standard output at once, to files when all are there, since a file is written whole or not at
// all.
class Reports {
 public:
  Reports(std::vector<std::pair<std::string, std::string>> outputs, const Common& common)
      : outputs_(std::move(outputs)), common_(&common), texts_(outputs_.size()) {}

  bool add(const match::ScanResult& result, const report::Judgement* judgement) {
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
      const auto& [format, file] = outputs_[i];
      report::Options options = report_options(*common_, file.empty());
      options.policy = judgement;
      const auto part = report::write(format, result, options);
      if (!part) {
        print_error(part.error());
        return false;
      }
      if (!file.empty())
        texts_[i] += *part;
      else if (!write_result(*part, file))
        return false;
    }
    return true;
  }

  bool finish() const {
    for (std::size_t i = 0; i < outputs_.size(); ++i)
      if (!outputs_[i].second.empty() && !texts_[i].empty() &&
          !write_result(texts_[i], outputs_[i].second))
        return false;
    return true;
  }

 private:
  std::vector<std::pair<std::string, std::string>> outputs_;  // format, file; "": standard output
  const Common* common_;
  std::vector<std::string> texts_;
};

// What all subjects together came to.
struct Totals {
  std::size_t subjects = 0, copies = 0;
  source::Summary summary;
  std::set<std::string> components;
  bool matched = false, partial = false;

  void add(const match::ScanResult& result, const std::string& fail_on) {
    ++subjects;
    copies += result.copies.size();
    for (const match::Copy& copy : result.copies) components.insert(copy.component);
    summary.files += result.summary.files;
    summary.passed_over += result.summary.passed_over;
    summary.bytes += result.summary.bytes;
    partial = partial || result.partial;
    matched = matched || matches_fail_on(fail_on, result);
  }

  std::string text(double seconds) const {
    return fmt::format(
        "{} subjects in {:.1f} s: {} files, of which {} hold code ({:.1f} MB, {:.0f} MB/s); {} "
        "copies of {} components",
        subjects, seconds, summary.files, summary.files - summary.passed_over,
        static_cast<double>(summary.bytes) / 1e6,
        static_cast<double>(summary.bytes) / 1e6 / std::max(seconds, 1e-3), copies,
        components.size());
  }
};

int exit_code(const Totals& totals, int code) {
  if (totals.matched) return kFailOnMatched;
  if (code != kDone) return code;
  if (totals.partial) return kPartial;
  if (totals.summary.files > 0) return kDone;
  print_note("nothing to scan: no file was found");
  return kNothing;
}

// One subject after the other, or, when there are many, as many at once as there may be threads: an
// archive is unpacked by one. Results are handed on in the order of the subjects.
class Subjects {
 public:
  using Outcome = Result<match::ScanResult>;

  Subjects(std::vector<std::string> names, const Arguments& arguments, kb::Store& store,
           match::ScanOptions options)
      : names_(std::move(names)),
        outcomes_(names_.size()),
        arguments_(&arguments),
        store_(&store),
        options_(std::move(options)) {
    const unsigned jobs = source::effective_jobs(options_.source);
    if (names_.size() < 2 * std::size_t{jobs}) return;
    options_.source.jobs = 1;
    for (unsigned i = 0; i < jobs; ++i) team_.emplace_back([this] { work(); });
  }
  ~Subjects() { next_ = names_.size(); }

  std::size_t size() const { return names_.size(); }
  const std::string& name(std::size_t i) const { return names_[i]; }

  Outcome outcome(std::size_t i) {
    if (team_.empty()) return scan_one(names_[i]);
    std::unique_lock lock(mutex_);
    done_.wait(lock, [&] { return outcomes_[i].has_value(); });
    Outcome outcome = *std::move(outcomes_[i]);
    return outcome;
  }

 private:
  Outcome scan_one(const std::string& name) const {
    auto source =
        name.empty() ? source::open_installed(arguments_->dpkg_root) : source::open_subject(name);
    if (!source) return tl::unexpected<Error>(source.error());
    match::ScanOptions options = options_;
    if (!name.empty() && !arguments_->limits.no_cache && store_->whole() != nullptr)
      options.cache = cache_for(name, *store_->whole(), options);
    return match::scan(**source, *store_, options);
  }

  void work() {
    for (std::size_t i; (i = next_++) < names_.size();) {
      Outcome outcome = scan_one(names_[i]);
      const std::lock_guard lock(mutex_);
      outcomes_[i].emplace(std::move(outcome));
      done_.notify_all();
    }
  }

  std::vector<std::string> names_;
  std::vector<std::optional<Outcome>> outcomes_;  // guarded by mutex_
  const Arguments* arguments_;
  kb::Store* store_;
  match::ScanOptions options_;
  std::atomic<std::size_t> next_ = 0;
  std::mutex mutex_;
  std::condition_variable done_;
  std::vector<std::jthread> team_;  // last: its threads end before what they use
};

int scan_all(const Arguments& arguments, const Common& common, kb::Store& store,
             const std::optional<report::Policy>& policy) {
  const auto start = std::chrono::steady_clock::now();
  ProgressLine progress(common.quiet);
  match::ScanOptions options;
  options.source = arguments.limits.apply(common, &progress);
  options.declarations = !arguments.limits.no_declared;
  options.resemblances = !arguments.limits.no_similar;
  match::Fingerprints fingerprints;
  if (arguments.track.is_wanted()) options.fingerprints = &fingerprints;
  std::vector<std::string> names = arguments.subjects;
  if (arguments.installed) names.emplace_back();
  Subjects subjects(std::move(names), arguments, store, options);
  Reports reports(wanted_outputs(arguments), common);
  Totals totals;
  int code = kDone;
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    auto result = subjects.outcome(i);
    const std::string& name = subjects.name(i);
    progress.clear();
    if (!result && result.error().code == ErrorCode::cancelled) {
      print_note(totals.subjects == 0
                     ? "interrupted: no report was written"
                     : fmt::format("interrupted: {} of {} subjects were scanned, and only what "
                                   "went to standard output was written",
                                   totals.subjects, subjects.size()));
      return kInterrupted;
    }
    if (!result) {
      print_error(name.empty() ? result.error() : result.error().within(name));
      code = std::max<int>(code, exit_code_of(result.error()));
      continue;
    }
    result->subject = name.empty() ? "installed packages" : name;
    totals.add(*result, arguments.fail_on);
    std::optional<report::Judgement> judgement;
    if (policy) judgement = report::judge(*policy, *result, now().substr(0, kDayCharacters));
    if (judgement && !judgement->violations.empty()) totals.matched = true;
    if (!reports.add(*result, judgement ? &*judgement : nullptr)) return kOtherFailure;
    if (const auto kept = arguments.track.keep(*result, fingerprints); !kept) {
      print_error(kept.error());
      return kOtherFailure;
    }
  }
  if (!reports.finish()) return kOtherFailure;
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  if (subjects.size() > 1 && !common.quiet) print_note(totals.text(seconds.count()));
  return exit_code(totals, code);
}

// With the knowledge base at a server, what needs the result itself is not there.
int scan_there(const Arguments& arguments, const Common& common, const std::string& url) {
  ServerScan wish = arguments.server;
  wish.url = url;
  wish.subjects = arguments.subjects;
  if (arguments.installed) wish.subjects.emplace_back();
  wish.outputs = wanted_outputs(arguments);
  wish.dpkg_root = arguments.dpkg_root;
  wish.fail_on = arguments.fail_on;
  wish.limits = arguments.limits;
  const bool submits_one = !wish.submit_as.empty() && !wish.submit_version.empty();
  if (!arguments.policy.empty() || arguments.track.is_wanted() ||
      (!wish.submit_as.empty() && (!submits_one || wish.subjects.size() != 1))) {
    print_error({ErrorCode::invalid_argument,
                 "with a knowledge base at a server there is no --policy and no --track, and "
                 "--submit takes one subject and its --submit-version"});
    return kWrongUse;
  }
  return scan_at_server(wish, common);
}

int scan(const Arguments& arguments, const Common& common) {
  if (const int wrong = check_usage(arguments); wrong != kDone) return wrong;
  const auto policy = read_policy(arguments.policy);
  if (!policy) {
    print_error(policy.error());
    return kWrongUse;
  }
  const std::size_t subjects = arguments.subjects.size() + (arguments.installed ? 1 : 0);
  if (const auto checked = arguments.track.check(subjects); !checked) {
    print_error(checked.error());
    return kWrongUse;
  }
  if (const std::string url = server_named(common.kb_file); !url.empty())
    return scan_there(arguments, common, url);
  if (!arguments.server.submit_as.empty()) {
    print_error({ErrorCode::invalid_argument,
                 "--submit is for a knowledge base at a server; --track is for your own ledger"});
    return kWrongUse;
  }
  stop_on_signals();  // from the start: an interruption always says what it leaves
  const auto store = open_kb_store(common.kb_file);
  if (store) return scan_all(arguments, common, **store, *policy);
  print_error(store.error());
  return kNoKb;
}

}  // namespace

void add_scan(CLI::App& app, Common& common, Run& run) {
  static Arguments arguments;
  auto* command = app.add_subcommand("scan", "Find embedded copies and their versions");
  command->add_option("SUBJECT", arguments.subjects,
                      "Directories, files, archives, .dsc files, git revisions REPO@REV, or - for "
                      "md5sums on standard input");
  command->add_flag("--installed", arguments.installed,
                    "Scan this machine's dpkg md5sums; no installed file is read");
  command->add_option("--dpkg-root", arguments.dpkg_root, "dpkg's database for --installed")
      ->type_name("DIRECTORY")
      ->capture_default_str();
  std::vector<std::string_view> names;
  for (const report::Format& format : report::formats()) names.push_back(format.name);
  command->add_option("-f,--format", arguments.format, "Format of the report")
      ->type_name(fmt::format("NAME:{{{}}}", fmt::join(names, ",")))
      ->capture_default_str();
  command->add_flag("--json", arguments.json, "The same as --format json");
  command
      ->add_option("-o", arguments.output,
                   "Write the report to this file instead of standard output")
      ->type_name("FILE");
  command->add_option("--output", arguments.outputs, "Write this format there; may be repeated")
      ->type_name("FORMAT=FILE")
      ->allow_extra_args(false);
  command
      ->add_option("--fail-on", arguments.fail_on,
                   "Exit with 1 when there is a copy, or a modified one")
      ->type_name("WHAT")
      ->check(CLI::IsMember({"copy", "modified"}));
  command
      ->add_option("--policy", arguments.policy,
                   "Exit with 1 when a copy breaks a rule of this policy, and say which")
      ->type_name("FILE");
  const std::string server = "A knowledge base at a server (--kb https://…)";
  command
      ->add_option("--ca-file", arguments.server.ca_file,
                   "Trust these certificates instead of the system's")
      ->type_name("FILE")
      ->group(server);
  command
      ->add_option("--certificate", arguments.server.certificate_file,
                   "Show this certificate (PEM) there")
      ->type_name("FILE")
      ->group(server);
  command->add_option("--key", arguments.server.key_file, "The certificate's key (PEM)")
      ->type_name("FILE")
      ->group(server);
  command
      ->add_option("--submit", arguments.server.submit_as,
                   "Record the result there under this name; STOWAWAY_TOKEN holds the token")
      ->type_name("NAME")
      ->group(server);
  command->add_option("--submit-version", arguments.server.submit_version, "And this version")
      ->type_name("VERSION")
      ->group(server);
  arguments.track.add_to(*command);
  arguments.limits.add_to(*command);
  command->footer(
      "Examples:\n"
      "  stowaway scan .\n"
      "  stowaway scan --format cyclonedx -o sbom.json cmake-3.25.1/\n"
      "  find . -type f | xargs -d '\\n' md5sum | stowaway scan -");
  command->callback([&] { run = [&] { return scan(arguments, common); }; });
}

}  // namespace stowaway::cli
