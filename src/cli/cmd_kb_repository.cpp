// `stowaway kb keygen, publish, pull, self-test`: knowledge bases between machines.
#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>

#include "base/atomic_file.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/find_kb.h"
#include "cli/find_ledger.h"
#include "kb/index/build.h"
#include "kb/repository/publish.h"
#include "kb/repository/pull.h"
#include "match/self_check.h"

namespace stowaway::cli {
namespace {

namespace fs = std::filesystem;
constexpr std::uint64_t kMaxKeyBytes = 4096;
constexpr long kSecondsOfDay = 86400;

struct Arguments {
  std::string name, directory, key, url, index;
  std::vector<std::string> packs;
  long days = 90;
  std::uint32_t components = 50;
  kb::PublishOptions publishing;
  kb::PullOptions pulling;
};

int failed(const Error& error) {
  print_error(error);
  return exit_code_of(error);
}

std::string time_text(ledger::Seconds seconds) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

Result<std::string> text_in(const std::string& file) {
  STOWAWAY_TRY(const auto bytes, read_whole_file(file, kMaxKeyBytes));
  return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

// The secret one is nobody else's to read, from its first byte on.
Result<void> write_keys(const std::string& name, const kb::SecretKey& key) {
  for (const char* end : {".sec", ".pub"})
    if (std::error_code status; fs::exists(name + end, status))
      return fail(ErrorCode::invalid_argument, "{}{} is there already; keys are not written over",
                  name, end);
  const std::string secret = text_of(key), open = text_of(key.public_key);
  const int file = ::open((name + ".sec").c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  const bool written = file >= 0 && ::write(file, secret.data(), secret.size()) ==
                                        static_cast<ssize_t>(secret.size());
  if (file < 0 || !(::close(file) == 0 && written))
    return fail(ErrorCode::io, "{}.sec cannot be written: {}", name, std::strerror(errno));
  return write_file_atomically(name + ".pub", std::as_bytes(std::span(open.data(), open.size())));
}

int keygen(const Arguments& arguments, const Common& common) {
  const auto key = kb::make_key();
  if (!key) return failed(key.error());
  if (const auto written = write_keys(arguments.name, *key); !written)
    return failed(written.error());
  if (!common.quiet)
    print_note(fmt::format("key {}: {}.sec signs and stays here; {}.pub goes to those who pull",
                           name_of(key->public_key), arguments.name, arguments.name));
  return kDone;
}

int publish(const Arguments& arguments, const Common& common) {
  const auto text = text_in(arguments.key);
  if (!text) return failed(text.error());
  const auto key = kb::read_secret_key(*text);
  if (!key) return failed(key.error().within(arguments.key));
  ProgressLine progress(common.quiet);
  kb::PublishOptions options = arguments.publishing;
  options.published = time_text(now_seconds());
  options.expires = time_text(now_seconds() + arguments.days * kSecondsOfDay);
  options.progress = &progress;
  const auto count = kb::publish(expand_packs(arguments.packs), arguments.directory, *key, options);
  progress.clear();
  if (!count) return failed(count.error());
  if (!common.quiet)
    print_note(fmt::format("{}: list {}, {} packs, {:.1f} MB; {} written, {} removed",
                           arguments.directory, count->number, count->packs,
                           static_cast<double>(count->bytes) / 1e6, count->written,
                           count->removed));
  return kDone;
}

// $XDG_DATA_HOME/stowaway
Result<std::string> data_directory() {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
  std::string data = variable("XDG_DATA_HOME");
  if (data.empty() && !variable("HOME").empty()) data = variable("HOME") + "/.local/share";
  if (data.empty())
    return fail(ErrorCode::unavailable,
                "neither XDG_DATA_HOME nor HOME says where to put it; name a place with --to");
  return data + "/stowaway";
}

// Made anew when its packs have changed, or when the last time did not come so far.
Result<void> build_again(const std::string& directory, const std::string& index, bool changed,
                         const Common& common) {
  const std::string mark = directory + "/unindexed";  // there while the index is older
  std::error_code status;
  if (!changed && fs::exists(index, status) && !fs::exists(mark, status)) return {};
  STOWAWAY_TRY_VOID(write_file_atomically(mark, {}));
  ProgressLine progress(common.quiet);
  const auto built =
      kb::build_index_from_files(expand_packs({directory}), index, {.progress = &progress});
  progress.clear();
  if (!built) return tl::unexpected<Error>(built.error());
  fs::remove(mark, status);
  if (!common.quiet)
    print_note(
        fmt::format("{}: {} components, {} releases", index, built->components, built->releases));
  return {};
}

int pull(const Arguments& arguments, const Common& common) {
  std::string directory = arguments.directory, index = arguments.index;
  if (directory.empty() || index.empty()) {
    const auto data = data_directory();
    if (!data && directory.empty()) return failed(data.error());
    if (directory.empty()) directory = *data + "/packs";
    if (index.empty())
      index = arguments.directory.empty() ? *data + "/default.kb" : directory + "/default.kb";
  }
  kb::PullOptions options = arguments.pulling;
  options.url = arguments.url;
  if (!arguments.key.empty()) {
    const auto text = text_in(arguments.key);
    if (!text) return failed(text.error());
    auto key = kb::read_public_key(*text);
    if (!key) return failed(key.error().within(arguments.key));
    options.key = *key;
  }
  ProgressLine progress(common.quiet);
  options.now = time_text(now_seconds());
  options.progress = &progress;
  options.stop = stop_on_signals();
  const auto count = kb::pull(directory, options);
  progress.clear();
  if (!count && count.error().code == ErrorCode::cancelled) {
    print_note("interrupted: what was fetched is kept; the same command goes on from there");
    return kInterrupted;
  }
  if (!count) return failed(count.error());
  if (!common.quiet)
    print_note(fmt::format(
        "{}: list {} of {}: {} new, {} changed, {} gone, {} as they were; {:.1f} MB fetched{}",
        count->name, count->number, count->published, count->added, count->changed, count->removed,
        count->unchanged, static_cast<double>(count->fetched_bytes) / 1e6,
        count->resumed_bytes > 0 ? fmt::format(", {:.1f} MB were here from a broken download",
                                               static_cast<double>(count->resumed_bytes) / 1e6)
                                 : ""));
  const auto built = build_again(directory, index, count->new_list(), common);
  return built ? kDone : failed(built.error());
}

int self_test(const Arguments& arguments, const Common& common) {
  const auto kb = open_kb(common.kb_file);
  if (!kb) {
    print_error(kb.error());
    return kNoKb;
  }
  if (const auto sound = kb->verify(); !sound) return failed(sound.error());
  const auto test = match::self_test(*kb, arguments.components);
  if (!test) return failed(test.error());
  for (const auto& failure : test->failures)
    print_error({ErrorCode::corrupt,
                 fmt::format("{} {}: {}", failure.component, failure.version, failure.what)});
  if (!write_result(
          fmt::format("{}: {} of {} copies found at their version, {} files; {} made-up "
                      "identities asked for\n",
                      escape_for_terminal(kb->file()),
                      test->copies - std::min<std::uint64_t>(test->copies, test->failures.size()),
                      test->copies, test->files, test->strangers),
          ""))
    return kOtherFailure;
  return test->failures.empty() ? kDone : kOtherFailure;
}

void add_publish(CLI::App& kb, Common& common, Run& run, Arguments& arguments) {
  auto* keys = kb.add_subcommand("keygen", "Make a pair of keys to publish with");
  keys->add_option("NAME", arguments.name, "NAME.sec and NAME.pub are written")->required();
  keys->callback([&] { run = [&] { return keygen(arguments, common); }; });
  auto* command =
      kb.add_subcommand("publish", "Lay packs out for others to pull: static, signed files");
  command->add_option("PACKS", arguments.packs, "Pack files, or directories of them")->required();
  command->add_option("-o,--output", arguments.directory, "The directory to publish from")
      ->required();
  command->add_option("--key", arguments.key, "The secret key")->required();
  command->add_option("--name", arguments.publishing.name, "What the knowledge base is called")
      ->capture_default_str();
  command
      ->add_option("--days", arguments.days, "How long the list counts; publish again before then")
      ->capture_default_str()
      ->check(CLI::Range(1L, 3660L));
  command->callback([&] { run = [&] { return publish(arguments, common); }; });
}

void add_pull(CLI::App& kb, Common& common, Run& run, Arguments& arguments) {
  auto* command = kb.add_subcommand("pull", "Get or update a published knowledge base");
  command->add_option("URL", arguments.url, "https, http or file; the one of the last time");
  command->add_option("--key", arguments.key,
                      "The public key that signs it; needed the first time");
  command->add_option("--to", arguments.directory, "Where the packs go; your own place by default");
  command->add_option("--index", arguments.index, "The index to make of them");
  command->add_flag("--expired", arguments.pulling.expired_allowed,
                    "Take a list that has expired, too");
  command->add_option("--ca-file", arguments.pulling.http.ca_file,
                      "Trust these certificates instead of the system's");
  command
      ->add_option("--timeout", arguments.pulling.http.timeout_seconds,
                   "Seconds without any progress")
      ->capture_default_str()
      ->check(CLI::Range(1L, 3600L));
  command->callback([&] { run = [&] { return pull(arguments, common); }; });
}

}  // namespace

void add_kb_repository(CLI::App& kb, Common& common, Run& run) {
  static Arguments arguments;
  add_publish(kb, common, run, arguments);
  add_pull(kb, common, run, arguments);
  auto* test = kb.add_subcommand("self-test", "Show that a knowledge base answers correctly");
  test->add_option("--components", arguments.components, "How many are looked for")
      ->capture_default_str()
      ->check(CLI::Range(1U, 1'000'000U));
  test->callback([&] { run = [&] { return self_test(arguments, common); }; });
}

}  // namespace stowaway::cli
