// `stowaway token`: who may write to a ledger through `stowaway serve`.
#include <fmt/format.h>

#include "base/atomic_file.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/find_ledger.h"
#include "cli/syntax/syntax.h"
#include "cli/track_options.h"
#include "ledger/access.h"
#include "ledger/certificate.h"

namespace stowaway::cli {
namespace {

struct Arguments {
  LedgerOptions common;
  ledger::Token wanted;
  std::string scope = "submit", id, state, certificate;
  std::size_t count = 50;
};

std::string line_of(const ledger::Token& token) {
  return fmt::format("{}  {}  {}  {}{}{}", token.id, ledger::name_of(token.state),
                     ledger::name_of(token.scope), escape_for_terminal(token.holder),
                     token.subject.empty() ? "" : "  for " + escape_for_terminal(token.subject),
                     token.expires.empty() ? "" : "  until " + token.expires);
}

constexpr std::uint64_t kMaxCertificateBytes = 1 << 20;

Result<std::string> fingerprint_in(const std::string& file) {
  if (file.empty()) return std::string();
  STOWAWAY_TRY(const auto bytes, read_whole_file(file, kMaxCertificateBytes));
  auto found =
      ledger::certificate_fingerprint({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  if (!found) return tl::unexpected<Error>(found.error().within(file));
  return found;
}

int make(const Arguments& arguments) {
  const auto certificate = fingerprint_in(arguments.certificate);
  if (!certificate) return failed(certificate.error());
  const auto ledger = open_ledger(arguments.common.ledger);
  if (!ledger) return failed(ledger.error());
  ledger::Token wanted = arguments.wanted;
  wanted.scope = *ledger::scope_named(arguments.scope);
  if (!wanted.expires.empty()) {
    if (!ledger::is_date(wanted.expires))
      return failed({ErrorCode::invalid_argument, "write the day as 2026-12-31"});
    wanted.expires += "T23:59:59Z";
  }
  const auto made = ledger::make_token(ledger->database(), wanted, now_seconds(), *certificate);
  if (!made) return failed(made.error());
  if (made->secret.empty()) {
    print_note(line_of(made->token) + ": whoever holds the certificate's key");
    return kDone;
  }
  print_note(line_of(made->token) + "; it is shown this once:");
  return write_result(made->secret + "\n", arguments.common.output) ? kDone : kOtherFailure;
}

int list(const Arguments& arguments) {
  const auto ledger = open_ledger(arguments.common.ledger);
  if (!ledger) return failed(ledger.error());
  const auto all = ledger::tokens(ledger->database(), std::nullopt);
  if (!all) return failed(all.error());
  std::string text;
  for (const ledger::Token& token : *all) text += line_of(token) + "\n";
  return write_result(text, arguments.common.output) ? kDone : kOtherFailure;
}

int change(const Arguments& arguments,
           Result<void> (*how)(ledger::sql::Database&, const std::string&)) {
  const auto ledger = open_ledger(arguments.common.ledger);
  if (!ledger) return failed(ledger.error());
  const auto changed = how(ledger->database(), arguments.id);
  return changed ? kDone : failed(changed.error());
}

int log(const Arguments& arguments) {
  const auto ledger = open_ledger(arguments.common.ledger);
  if (!ledger) return failed(ledger.error());
  const auto entries = ledger::access_log(ledger->database(), arguments.count);
  if (!entries) return failed(entries.error());
  std::string text;
  for (const ledger::AccessEntry& one : *entries)
    text += escape_for_terminal(fmt::format("{}  {} {}  {}  {}  {}  {}", one.time, one.token,
                                            one.holder, one.client, one.action, one.subject,
                                            one.outcome)) +
            "\n";
  return write_result(text, arguments.common.output) ? kDone : kOtherFailure;
}

}  // namespace

void add_token(CLI::App& app, Common&, Run& run) {
  static Arguments arguments;
  auto* group = app.add_subcommand("token", "Who may write to a ledger over the network");
  group->group(kLesserCommands);
  group->require_subcommand(1);
  const auto add = [&](const char* name, const char* help, auto function) {
    auto* command = group->add_subcommand(name, help);
    arguments.common.add_ledger(*command);
    command->callback([&run, function] { run = [function] { return function(); }; });
    return command;
  };
  auto* command = add("make", "Make a token, and show it once", [] { return make(arguments); });
  command->add_option("HOLDER", arguments.wanted.holder, "Who has it: a machine or a person")
      ->required();
  command->add_option("--scope", arguments.scope, "What it allows")
      ->type_name("SCOPE")
      ->check(CLI::IsMember({"read", "submit", "accept", "administer", "enrol"}))
      ->capture_default_str();
  command
      ->add_option("--subject", arguments.wanted.subject,
                   "Of submit and enrol: the subject, or how its names begin, and '*'")
      ->type_name("NAME");
  command
      ->add_option("--certificate", arguments.certificate,
                   "Let this certificate (PEM) count, instead of a secret")
      ->type_name("FILE");
  command->add_option("--until", arguments.wanted.expires, "The last day on which it counts")
      ->type_name("DAY");
  command
      ->add_option("-o", arguments.common.output,
                   "Write it to this file instead of standard output")
      ->type_name("FILE");
  add("list", "Every token, without what is secret", [] { return list(arguments); });
  const auto with_id = [&](CLI::App* of) {
    of->add_option("ID", arguments.id, "As `list` shows it")->required();
  };
  with_id(add("approve", "Let a token count that a machine asked for",
              [] { return change(arguments, &ledger::approve_token); }));
  with_id(add("revoke", "Let a token count no longer",
              [] { return change(arguments, &ledger::revoke_token); }));
  command =
      add("log", "What was written over the network, newest first", [] { return log(arguments); });
  command->add_option("--count", arguments.count, "How many lines")
      ->type_name("N")
      ->capture_default_str();
}

}  // namespace stowaway::cli
