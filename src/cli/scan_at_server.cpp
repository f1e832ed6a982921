#include "cli/scan_at_server.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>

#include "cli/console.h"
#include "cli/exit_code.h"
#include "match/fingerprints.h"
#include "server/client.h"
#include "source/source.h"

namespace stowaway::cli {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

Result<match::Fingerprints> fingerprints_of(const ServerScan& wish, const std::string& subject,
                                            const Common& common) {
  ProgressLine progress(common.quiet);
  STOWAWAY_TRY(const auto source, subject.empty() ? source::open_installed(wish.dpkg_root)
                                                  : source::open_subject(subject));
  return match::fingerprint_subject(*source, wish.limits.apply(common, &progress));
}

class ServerScanner {
 public:
  ServerScanner(const ServerScan& wish, const Common& common, server::Client client)
      : wish_(&wish), common_(&common), client_(std::move(client)) {}

  Result<void> scan(const std::string& subject) {
    STOWAWAY_TRY(const auto fingerprints, fingerprints_of(*wish_, subject, *common_));
    auto found = ask(subject, fingerprints);
    for (int tries = 1; !found && client_.has_another_kb() && tries < kTries; ++tries)
      found = ask(subject, fingerprints);
    if (!found) return tl::unexpected<Error>(found.error());
    for (std::size_t i = 0; i < found->size(); ++i) {
      const std::string& file = wish_->outputs[i].second;
      take((*found)[i]);
      if (!file.empty())
        files_[file] += (*found)[i].report;
      else if (!write_result((*found)[i].report, ""))
        return fail(ErrorCode::io, "the report could not be written");
    }
    if (!wish_->submit_as.empty() && !common_->quiet) print_note("recorded as " + wish_->submit_as);
    return {};
  }

  bool finish() const {
    return std::ranges::all_of(
        files_, [](const auto& item) { return write_result(item.second, item.first); });
  }

  int exit_code(int code) const {
    if (matched_) return kFailOnMatched;
    if (code != kDone) return code;
    if (partial_) return kPartial;
    if (files_seen_ > 0) return kDone;
    print_note("nothing to scan: no file was found");
    return kNothing;
  }

 private:
  static constexpr int kTries = 3;  // where the server gets another knowledge base meanwhile

  // One report for each output, all of one knowledge base; and records the subject.
  Result<std::vector<server::Identified>> ask(const std::string& subject,
                                              match::Fingerprints fingerprints) {
    STOWAWAY_TRY_VOID(client_.leave_known_out(fingerprints));
    const std::string name = subject.empty() ? "installed packages" : subject;
    std::vector<server::Identified> found;
    for (const auto& [format, file] : wish_->outputs) {
      const unsigned width = file.empty() && is_terminal(1) ? terminal_width() : 0;
      STOWAWAY_TRY(auto one, client_.identify(fingerprints, {name, format, width}));
      found.push_back(std::move(one));
    }
    if (!wish_->submit_as.empty()) {
      STOWAWAY_TRY(const std::string answer,
                   client_.submit(wish_->submit_as, wish_->submit_version, fingerprints));
    }
    return found;
  }

  void take(const server::Identified& found) {
    matched_ = matched_ || (wish_->fail_on == "copy" && found.copies > 0) ||
               (wish_->fail_on == "modified" && found.modified > 0);
    partial_ = partial_ || found.is_partial;
    files_seen_ += found.files;
  }

  const ServerScan* wish_;
  const Common* common_;
  server::Client client_;
  std::map<std::string, std::string> files_;
  bool matched_ = false, partial_ = false;
  std::uint64_t files_seen_ = 0;
};

}  // namespace

std::string server_named(const std::string& option) {
  const std::string named = option.empty() ? environment("STOWAWAY_KB") : option;
  return server::is_server(named) ? named : "";
}

int scan_at_server(const ServerScan& wish, const Common& common) {
  server::ClientOptions options;
  options.http.ca_file = wish.ca_file;
  options.http.certificate_file = wish.certificate_file;
  options.http.key_file = wish.key_file;
  options.http.token = environment("STOWAWAY_TOKEN");
  options.stop = stop_on_signals();
  if (!common.quiet) options.tell = [](const std::string& why) { print_note(why); };
  auto client = server::Client::create(wish.url, options);
  if (!client) {
    print_error(client.error());
    return kNoKb;
  }
  ServerScanner scanner(wish, common, *std::move(client));
  int code = kDone;
  for (const std::string& subject : wish.subjects) {
    const auto done = scanner.scan(subject);
    if (done) continue;
    if (done.error().code == ErrorCode::cancelled) {
      print_note("interrupted");
      return kInterrupted;
    }
    print_error(subject.empty() ? done.error() : done.error().within(subject));
    code = std::max<int>(
        code, done.error().code == ErrorCode::unavailable ? kNoKb : exit_code_of(done.error()));
  }
  if (!scanner.finish()) return kOtherFailure;
  return scanner.exit_code(code);
}

}  // namespace stowaway::cli
