// `stowaway notify`: who wants to know, and sending what is due.
#include <fmt/format.h>

#include "base/atomic_file.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/find_ledger.h"
#include "ledger/notify.h"

namespace stowaway::cli {
namespace {

struct Arguments {
  std::string ledger, channel, level = "any", id, password_file;
  ledger::Subscription wanted;
  ledger::MailOptions mail;
  ledger::WebhookOptions webhook;
};

int failed(const Error& error) {
  print_error(error);
  return exit_code_of(error);
}

std::string time_left(ledger::Seconds until) {
  const ledger::Seconds left = std::max<ledger::Seconds>(0, until - now_seconds());
  return left < 120 ? fmt::format("{} s", left) : fmt::format("{} min", left / 60);
}

Result<std::string> first_line_of(const std::string& file) {
  if (file.empty()) return std::string();
  STOWAWAY_TRY(const auto bytes, read_whole_file(file, 4096));
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return std::string(trimmed(text.substr(0, text.find('\n'))));
}

int send(const Arguments& arguments, const Common& common) {
  auto ledger = open_ledger(arguments.ledger);
  if (!ledger) return failed(ledger.error());
  ledger::MailOptions options = arguments.mail;
  auto password = first_line_of(arguments.password_file);
  if (!password) return failed(password.error());
  options.password = *std::move(password);
  options.timeout_seconds = arguments.webhook.timeout_seconds;
  ledger::WebhookOptions webhook_options = arguments.webhook;
  webhook_options.ca_file = options.ca_file;
  const auto mail = ledger::mail_transport(options);
  const auto webhook = ledger::webhook_transport(webhook_options);
  const auto report =
      ledger::notify_due(ledger->database(), {mail.get(), webhook.get()}, now_seconds);
  if (!report) return failed(report.error());
  for (const auto& failure : report->failures)
    print_error(
        {ErrorCode::unavailable, fmt::format("{} ({}): {}; try {} failed, the next one in {}",
                                             failure.target, failure.subscription, failure.error,
                                             failure.attempts, time_left(failure.next_try))});
  if (!common.quiet)
    print_note(fmt::format("{} message{} with {} notice{} sent, {} waiting", report->messages,
                           report->messages == 1 ? "" : "s", report->events,
                           report->events == 1 ? "" : "s", report->waiting));
  return report->failures.empty() ? kDone : kPartial;
}

int subscribe(const Arguments& arguments) {
  auto ledger = open_ledger(arguments.ledger);
  if (!ledger) return failed(ledger.error());
  ledger::Subscription wanted = arguments.wanted;
  wanted.channel = ledger::channel_named(arguments.channel).value_or(ledger::Channel::mail);
  wanted.level = advisory::level_named(arguments.level).value_or(advisory::Level::unknown);
  const auto made = ledger::subscribe(ledger->database(), wanted);
  if (!made) return failed(made.error());
  return write_result(made->id + "\n", "") ? kDone : kOtherFailure;
}

int unsubscribe(const Arguments& arguments) {
  auto ledger = open_ledger(arguments.ledger);
  if (!ledger) return failed(ledger.error());
  const auto done = ledger::unsubscribe(ledger->database(), arguments.id);
  return done ? kDone : failed(done.error());
}

std::string line_of(const ledger::Subscription& one) {
  std::string text =
      fmt::format("{}  {}  {}", one.id, name_of(one.channel), escape_for_terminal(one.target));
  if (!one.subject.empty()) text += "  in " + escape_for_terminal(one.subject);
  if (!one.component.empty()) text += "  component " + escape_for_terminal(one.component);
  if (one.level != advisory::Level::unknown)
    text += fmt::format("  {} or worse", advisory::name_of(one.level));
  if (one.digest_hours > 0) text += fmt::format("  at most every {} h", one.digest_hours);
  return text + "\n";
}

int list(const Arguments& arguments) {
  auto ledger = open_ledger(arguments.ledger);
  if (!ledger) return failed(ledger.error());
  const auto all = ledger::subscriptions(ledger->database());
  if (!all) return failed(all.error());
  std::string text;
  for (const ledger::Subscription& one : *all) text += line_of(one);
  const auto rest = ledger::waiting(ledger->database());
  if (!rest) return failed(rest.error());
  for (const ledger::Waiting& one : *rest)
    text += fmt::format("{}  {} notices wait{}\n", one.subscription, one.events,
                        one.error.empty()
                            ? ""
                            : fmt::format(", {} tries failed, the next one in {}: {}", one.attempts,
                                          time_left(one.next_try), escape_for_terminal(one.error)));
  if (text.empty()) text = "Nobody wants to know.\n";
  return write_result(text, "") ? kDone : kOtherFailure;
}

void add_sending(CLI::App& command, Arguments& arguments) {
  const std::string group = "Mail and webhooks";
  command.add_option("--smtp", arguments.mail.server, "smtp://HOST:587 (STARTTLS) or smtps://HOST")
      ->envname("STOWAWAY_SMTP")
      ->group(group);
  command.add_option("--from", arguments.mail.from, "Our address")
      ->envname("STOWAWAY_SMTP_FROM")
      ->group(group);
  command.add_option("--smtp-user", arguments.mail.user, "To log in with")
      ->envname("STOWAWAY_SMTP_USER")
      ->group(group);
  command
      .add_option("--smtp-password-file", arguments.password_file,
                  "The password is the file's first line")
      ->envname("STOWAWAY_SMTP_PASSWORD_FILE")
      ->group(group);
  command
      .add_flag("--smtp-plain", arguments.mail.plain_allowed,
                "Send even where the server has no STARTTLS")
      ->group(group);
  command
      .add_option("--ca-file", arguments.mail.ca_file,
                  "Trust these certificates instead of the system's")
      ->group(group);
  command.add_option("--timeout", arguments.webhook.timeout_seconds, "Seconds for each message")
      ->capture_default_str()
      ->check(CLI::Range(1L, 300L))
      ->group(group);
}

}  // namespace

void add_notify(CLI::App& app, Common& common, Run& run) {
  static Arguments arguments;
  auto* command = app.add_subcommand("notify", "Send what is due; say who wants to know");
  command->add_option("--ledger", arguments.ledger, "The ledger; your own by default");
  add_sending(*command, arguments);
  auto* subscribing = command->add_subcommand("subscribe", "Somebody wants to know");
  subscribing->add_option("CHANNEL", arguments.channel, "mail, webhook or feed")
      ->required()
      ->check(CLI::IsMember({"mail", "webhook", "feed"}));
  subscribing
      ->add_option("TARGET", arguments.wanted.target, "An address, a URL, or the feed's file")
      ->required();
  subscribing->add_option("--in", arguments.wanted.subject, "Only this subject; it may end in *");
  subscribing->add_option("--component", arguments.wanted.component, "Only copies of this one");
  subscribing->add_option("--severity", arguments.level, "This or worse")
      ->check(CLI::IsMember({"any", "low", "medium", "high", "critical"}));
  subscribing
      ->add_option("--digest", arguments.wanted.digest_hours,
                   "At most one message in so many hours")
      ->check(CLI::Range(0L, 8760L));
  subscribing->add_option("--key-file", arguments.wanted.secret_file,
                          "Webhook: its first line is the key of the signature");
  subscribing->callback([&] { run = [&] { return subscribe(arguments); }; });
  auto* leaving = command->add_subcommand("unsubscribe", "No longer; what is due is dropped");
  leaving->add_option("ID", arguments.id, "As `notify list` says")->required();
  leaving->callback([&] { run = [&] { return unsubscribe(arguments); }; });
  auto* listing = command->add_subcommand("list", "Who wants to know, and what waits");
  listing->callback([&] { run = [&] { return list(arguments); }; });
  command->footer(
      "Examples:\n"
      "  stowaway notify subscribe mail security@example.org --severity high --digest 24\n"
      "  stowaway notify --smtp smtp://mail.example.org:587 --from stowaway@example.org");
  command->final_callback([&, command] {
    if (command->get_subcommands().empty()) run = [&] { return send(arguments, common); };
  });
}

}  // namespace stowaway::cli
