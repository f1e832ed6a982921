// `stowaway accept`, `revoke` and `acceptances`: risks that somebody has decided to live with.
#include <fmt/format.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/find_ledger.h"
#include "cli/syntax/syntax.h"
#include "ledger/acceptance.h"

namespace stowaway::cli {
namespace {

struct Arguments {
  ledger::AcceptanceEntry entry;
  std::string ledger, output;
  bool json = false, history = false;
};

int failed(const Error& error) {
  print_error(error);
  return exit_code_of(error);
}

std::string this_user() {
  for (const char* name : {"LOGNAME", "USER"})
    if (const char* value = std::getenv(name); value != nullptr && *value != '\0') return value;
  return "unknown";
}

int decide(const Arguments& arguments, ledger::Decision decision, const Common& common) {
  auto ledger = open_ledger(arguments.ledger);
  if (!ledger) return failed(ledger.error());
  ledger::AcceptanceEntry entry = arguments.entry;
  entry.decision = decision;
  if (entry.author.empty()) entry.author = this_user();
  const auto kept = ledger::record_decision(ledger->database(), entry, now_seconds());
  if (!kept) return failed(kept.error());
  if (!common.quiet)
    print_note(fmt::format("{} in {}: {}{}", escape_for_terminal(kept->advisory),
                           escape_for_terminal(kept->subject),
                           decision == ledger::Decision::accept ? "accepted" : "no longer accepted",
                           kept->until.empty() ? "" : " until " + kept->until));
  return kDone;
}

// "app lib/x libx CVE-2024-1": what it is about, "*" for any.
std::string place_text(const ledger::AcceptanceEntry& entry) {
  const auto shown = [](const std::string& text) {
    return text.empty() ? std::string("*") : escape_for_terminal(text);
  };
  return fmt::format("{}  {}  {}  {}", shown(entry.subject), shown(entry.path),
                     shown(entry.component), shown(entry.advisory));
}

std::string history_text(const std::vector<ledger::AcceptanceEntry>& entries) {
  std::string text;
  for (const ledger::AcceptanceEntry& entry : entries)
    text += fmt::format("{}  {}  {}  by {}{}{}\n", entry.time, name_of(entry.decision),
                        place_text(entry), escape_for_terminal(entry.author),
                        entry.until.empty() ? "" : " until " + escape_for_terminal(entry.until),
                        entry.reason.empty() ? "" : ": " + escape_for_terminal(entry.reason));
  return text.empty() ? "Nothing was ever accepted.\n" : text;
}

std::string history_json(const std::vector<ledger::AcceptanceEntry>& entries) {
  auto list = nlohmann::ordered_json::array();
  for (const ledger::AcceptanceEntry& entry : entries)
    list.push_back({{"number", entry.number},
                    {"time", entry.time},
                    {"decision", name_of(entry.decision)},
                    {"by", entry.author},
                    {"subject", entry.subject},
                    {"path", entry.path},
                    {"component", entry.component},
                    {"advisory", entry.advisory},
                    {"reason", entry.reason},
                    {"until", entry.until}});
  return nlohmann::ordered_json{{"decisions", std::move(list)}}.dump(
             2, ' ', true, nlohmann::json::error_handler_t::replace) +
         "\n";
}

// The last decision about each place, those that were revoked left out.
std::vector<ledger::AcceptanceEntry> standing(const std::vector<ledger::AcceptanceEntry>& all) {
  std::vector<ledger::AcceptanceEntry> list;
  for (std::size_t i = 0; i < all.size(); ++i) {
    bool last = true;
    for (std::size_t j = i + 1; j < all.size(); ++j)
      last = last && place_text(all[j]) != place_text(all[i]);
    if (last && all[i].decision == ledger::Decision::accept) list.push_back(all[i]);
  }
  return list;
}

std::string standing_text(const std::vector<ledger::AcceptanceEntry>& entries) {
  std::string text;
  const std::string today = ledger::utc_date(now_seconds());
  for (const ledger::AcceptanceEntry& entry : entries) {
    const bool expired = !entry.until.empty() && entry.until < today;
    text += fmt::format("{}\n    {}by {}{}: {}\n", place_text(entry), expired ? "EXPIRED, " : "",
                        escape_for_terminal(entry.author),
                        entry.until.empty() ? "" : " until " + escape_for_terminal(entry.until),
                        escape_for_terminal(entry.reason));
  }
  return text.empty() ? "Nothing is accepted.\n" : text;
}

int list(const Arguments& arguments) {
  auto ledger = open_ledger(arguments.ledger);
  if (!ledger) return failed(ledger.error());
  const auto all = ledger::decisions(ledger->database(), arguments.entry.subject);
  if (!all) return failed(all.error());
  const auto shown = arguments.history ? *all : standing(*all);
  const std::string text = arguments.json      ? history_json(shown)
                           : arguments.history ? history_text(shown)
                                               : standing_text(shown);
  return write_result(text, arguments.output) ? kDone : kOtherFailure;
}

void add_place(CLI::App& command, Arguments& arguments) {
  command.add_option("ADVISORY", arguments.entry.advisory, "CVE-…, GHSA-… or another of its names")
      ->required();
  command.add_option("--in", arguments.entry.subject, "The tracked subject")->required();
  command.add_option("--component", arguments.entry.component, "Only in copies of this component");
  command.add_option("--path", arguments.entry.path, "Only in the copy that lies there");
  command.add_option("--by", arguments.entry.author, "Who decides; by default the user's name");
  command.add_option("--ledger", arguments.ledger, "The ledger; your own by default");
}

}  // namespace

void add_accept(CLI::App& app, Common& common, Run& run) {
  static Arguments arguments;
  auto* accepting = app.add_subcommand("accept", "Accept a risk, on the record");
  add_place(*accepting, arguments);
  accepting->add_option("--reason", arguments.entry.reason, "Why")->required();
  accepting->add_option("--until", arguments.entry.until,
                        "Last day on which it holds, as 2026-12-31; then it is open again");
  accepting->footer(
      "Example:\n"
      "  stowaway accept CVE-2022-37434 --in app --reason 'no gzip header is read' --until "
      "2026-12-31");
  accepting->callback(
      [&] { run = [&] { return decide(arguments, ledger::Decision::accept, common); }; });

  auto* revoking = app.add_subcommand("revoke", "Take an acceptance back");
  revoking->group(kLesserCommands);
  add_place(*revoking, arguments);
  revoking->add_option("--reason", arguments.entry.reason, "Why");
  revoking->callback(
      [&] { run = [&] { return decide(arguments, ledger::Decision::revoke, common); }; });

  auto* listing = app.add_subcommand("acceptances", "List what is accepted, and who decided it");
  listing->group(kLesserCommands);
  listing->add_option("--in", arguments.entry.subject, "Only in this subject");
  listing->add_flag("--history", arguments.history, "Every decision ever, oldest first");
  listing->add_flag("--json", arguments.json, "As JSON");
  listing->add_option("-o", arguments.output, "Write to this file instead of standard output");
  listing->add_option("--ledger", arguments.ledger, "The ledger; your own by default");
  listing->callback([&] { run = [&] { return list(arguments); }; });
}

}  // namespace stowaway::cli
