// `stowaway serve`: the same answers over HTTP.
#include <fmt/format.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/atomic_file.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/find_advisories.h"
#include "cli/find_kb.h"
#include "cli/find_ledger.h"
#include "cli/syntax/syntax.h"
#include "cli/track_options.h"
#include "server/api.h"
#include "server/http_server.h"

namespace stowaway::cli {
namespace {

constexpr std::uint64_t kMaxKeyFileBytes = 4096;
constexpr std::size_t kLeastKeyBytes = 32;

struct Arguments {
  server::HttpServerOptions http;
  server::ApiOptions api;
  std::string listen = "127.0.0.1:8750", ledger, session_key_file, port_file;
  std::vector<std::string> advisories;
  std::size_t max_body_mb = 256, max_bodies_mb = 1024;
  unsigned drain_seconds = 20;
  bool no_ledger = false, closed = false, no_try = false;
};

Result<void> take_address(Arguments& arguments) {
  const std::size_t colon = arguments.listen.rfind(':');
  const std::string port = colon == std::string::npos ? "" : arguments.listen.substr(colon + 1);
  char* end = nullptr;
  const unsigned long number = std::strtoul(port.c_str(), &end, 10);
  if (port.empty() || *end != '\0' || number > 65535)
    return fail(ErrorCode::invalid_argument, "\"{}\" is no ADDRESS:PORT to listen at",
                arguments.listen);
  arguments.http.address = arguments.listen.substr(0, colon);
  std::string& address = arguments.http.address;
  if (address.starts_with('[') && address.ends_with(']'))
    address = address.substr(1, address.size() - 2);
  arguments.http.port = static_cast<std::uint16_t>(number);
  return {};
}

Result<std::string> read_key(const std::string& file) {
  if (file.empty()) return std::string();
  STOWAWAY_TRY(const auto bytes, read_whole_file(file, kMaxKeyFileBytes));
  const std::string key(trimmed({reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
  if (key.size() < kLeastKeyBytes)
    return fail(ErrorCode::invalid_argument, "{} holds no key of at least {} characters", file,
                kLeastKeyBytes);
  return key;
}

// One line of JSON for each request: what happened, never a credential, a query or a body.
void log_exchange(const server::Exchange& exchange) {
  const nlohmann::ordered_json line{{"time", now_text()},
                                    {"request", exchange.id},
                                    {"client", exchange.client},
                                    {"method", exchange.method},
                                    {"path", exchange.path},
                                    {"status", exchange.status},
                                    {"bytes_in", exchange.bytes_in},
                                    {"bytes_out", exchange.bytes_out},
                                    {"seconds", exchange.seconds}};
  const std::string text =
      line.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace) + "\n";
  std::fwrite(text.data(), 1, text.size(), stderr);
}

std::vector<std::string> try_command(const std::string& kb) {
  std::error_code failed;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", failed);
  if (failed) return {};
  return {program.string(),
          "scan",
          "--quiet",
          "--no-cache",
          "--json",
          "--jobs",
          "1",
          "--kb",
          kb,
          "--max-files",
          "200000",
          "--max-unpacked-mb",
          "1024"};
}

// How a cluster is asked: not by arguments, which others can see.
std::vector<std::string> try_environment() {
  std::vector<std::string> settings;
  for (const std::string name :
       {"STOWAWAY_CLICKHOUSE_USER", "STOWAWAY_CLICKHOUSE_PASSWORD", "STOWAWAY_CLICKHOUSE_CA"})
    if (const char* value = std::getenv(name.c_str()); value != nullptr)
      settings.push_back(name + "=" + value);
  return settings;
}

Result<advisory::Advisories> advisories_or_none(const Arguments& arguments, bool quiet) {
  auto found = open_advisories(arguments.advisories);
  if (found || !arguments.advisories.empty()) return found;
  if (!quiet) print_note("no advisories: audits will find nothing");
  return advisory::Advisories();
}

int serve(Arguments& arguments, const Common& common) {
  if (const auto taken = take_address(arguments); !taken) return failed(taken.error());
  auto store = open_kb_store(common.kb_file);
  if (!store) {
    print_error(store.error());
    return kNoKb;
  }
  const std::string opened = (*store)->summary().file;
  auto advisories = advisories_or_none(arguments, common.quiet);
  if (!advisories) return failed(advisories.error());
  auto key = read_key(arguments.session_key_file);
  if (!key) return failed(key.error());
  server::ApiOptions& api_options = arguments.api;
  api_options.tool_version = STOWAWAY_VERSION;
  api_options.session_key = *std::move(key);
  api_options.ledger = arguments.no_ledger ? "" : ledger_file(arguments.ledger);
  api_options.open_reads = !arguments.closed;
  api_options.clock = now_seconds;
  api_options.open_store = [opened] { return kb::open_store(opened, cluster_options()); };
  api_options.tell = [](const std::string& what) { print_note(what); };
  if (!arguments.no_try) {
    api_options.try_command = try_command(opened);
    api_options.try_environment = try_environment();
  }
  if (!arguments.http.certificate_file.empty()) api_options.secure_cookies = true;
  const auto api = server::Api::create(api_options, *std::move(store), *std::move(advisories));
  if (!api) return failed(api.error());
  const std::stop_token stop = stop_on_signals();
  arguments.http.threads =
      common.jobs != 0 ? common.jobs : std::max(2U, std::thread::hardware_concurrency());
  arguments.http.max_body_bytes = arguments.max_body_mb << 20;
  arguments.http.max_bodies_bytes = arguments.max_bodies_mb << 20;
  arguments.http.log = [&](const server::Exchange& exchange) {
    (*api)->count(exchange);
    if (!common.quiet) log_exchange(exchange);
  };
  const auto http = server::HttpServer::start(
      arguments.http, [&](const server::Request& request) { return (*api)->handle(request); });
  if (!http) return failed(http.error());
  const std::string port = std::to_string((*http)->port());
  if (!arguments.port_file.empty() && !write_result(port + "\n", arguments.port_file))
    return kOtherFailure;
  print_note(fmt::format("listening at {}://{}:{}",
                         arguments.http.certificate_file.empty() ? "http" : "https",
                         arguments.listen.substr(0, arguments.listen.rfind(':')), port));
  while (!stop.stop_requested()) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  (*http)->drain(arguments.drain_seconds);
  if (!common.quiet) print_note("stopped");
  return kDone;
}

}  // namespace

void add_serve(CLI::App& app, Common& common, Run& run) {
  static Arguments arguments;
  auto* command = app.add_subcommand("serve", "Answer over HTTP: an API, and pages for people");
  command->group(kLesserCommands);
  command
      ->add_option("--listen", arguments.listen,
                   "Where, as 127.0.0.1:8750 or [::1]:8750; port 0: any that is free")
      ->type_name("ADDRESS:PORT")
      ->capture_default_str();
  command->add_option("--port-file", arguments.port_file, "Write the port to this file")
      ->type_name("FILE");
  command->add_option("--ledger", arguments.ledger, "The ledger; your own by default");
  command->add_flag("--no-ledger", arguments.no_ledger, "Only identify; keep nothing");
  command->add_option("--advisories", arguments.advisories, "An advisory store; may be repeated");
  command->add_flag("--closed", arguments.closed, "Reading needs a token, too");
  command->add_flag("--no-try", arguments.no_try, "Take no uploads to scan");
  command->add_option("--certificate", arguments.http.certificate_file, "For https: PEM")
      ->type_name("FILE");
  command->add_option("--key", arguments.http.key_file, "Its key")->type_name("FILE");
  command
      ->add_option("--client-ca", arguments.http.client_ca_file,
                   "Ask clients for certificates that one of these (PEM) signed")
      ->type_name("FILE");
  command
      ->add_option("--session-key", arguments.session_key_file,
                   "What signs cookies: the same file for all replicas")
      ->type_name("FILE");
  command->add_flag("--https-in-front", arguments.api.secure_cookies,
                    "Browsers come by https, through a proxy");
  command->add_flag("--trust-forwarded", arguments.api.trusts_forwarded,
                    "A proxy in front says who the client is (X-Forwarded-For, "
                    "X-Client-Certificate-Sha256)");
  const std::string limits = "Limits";
  command->add_option("--max-body-mb", arguments.max_body_mb, "MiB of one request")
      ->capture_default_str()
      ->check(CLI::Range(1, 65536))
      ->group(limits);
  command->add_option("--max-bodies-mb", arguments.max_bodies_mb, "MiB of all requests at once")
      ->capture_default_str()
      ->check(CLI::Range(1, 1048576))
      ->group(limits);
  command->add_option("--max-connections", arguments.http.max_connections, "At once")
      ->capture_default_str()
      ->group(limits);
  command
      ->add_option("--max-connections-per-client", arguments.http.max_connections_per_client,
                   "At once")
      ->capture_default_str()
      ->group(limits);
  command
      ->add_option("--rate", arguments.api.requests_per_second,
                   "Requests a second of one client; 0: any number")
      ->capture_default_str()
      ->group(limits);
  command->add_option("--burst", arguments.api.burst, "So many more at once")
      ->capture_default_str()
      ->group(limits);
  command
      ->add_option("--request-seconds", arguments.http.request_seconds,
                   "To send one request's body in")
      ->capture_default_str()
      ->group(limits);
  command
      ->add_option("--drain-seconds", arguments.drain_seconds,
                   "When it is told to stop: for the answers under way")
      ->capture_default_str()
      ->group(limits);
  command->footer(
      "Examples:\n"
      "  stowaway serve --listen 127.0.0.1:8750\n"
      "  stowaway token make build-07 --subject 'build-07/*'\n"
      "  stowaway scan --kb http://127.0.0.1:8750 .");
  command->callback([&] { run = [&] { return serve(arguments, common); }; });
}

}  // namespace stowaway::cli
