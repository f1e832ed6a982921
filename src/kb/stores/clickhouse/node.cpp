#include "kb/stores/clickhouse/node.h"

#include <algorithm>

#include "base/text.h"

namespace stowaway::kb::clickhouse {
namespace {

// Of one answer. A batch of look-ups (cluster.h) stays far below; a directory is smaller.
constexpr std::uint64_t kMaxAnswerBytes = std::uint64_t{4} << 30;
// Without any progress. A paused node is taken for lost after this.
constexpr long kTimeoutSeconds = 60;
constexpr long kOk = 200;
constexpr std::string_view kBoundary = "stowaway-keys-5fd1c1e0b7a94d52";
constexpr std::size_t kMaxShownBytes = 300;

std::string escaped_for_url(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
      out.push_back(c);
    else
      (out += '%').append({kHex[byte >> 4], kHex[byte & 15]});
  }
  return out;
}

// "Code: 60, e.displayText() = DB::Exception: Table default.t doesn't exist., …": 60.
unsigned code_of(std::string_view message) {
  constexpr std::string_view kCode = "Code: ";
  const std::size_t at = message.find(kCode);
  unsigned code = 0;
  for (std::size_t i = at == std::string_view::npos ? message.size() : at + kCode.size();
       i < message.size() && message[i] >= '0' && message[i] <= '9' && code < 100'000; ++i)
    code = code * 10 + static_cast<unsigned>(message[i] - '0');
  return code;
}

Error refusal(const std::string& host, const HttpAnswer& answer) {
  constexpr unsigned kUnknownTable = 60, kUnknownDatabase = 81;
  const unsigned code = code_of(answer.body);
  const std::string shown =
      escape_for_terminal(trimmed(std::string_view(answer.body).substr(0, kMaxShownBytes)));
  return {code == kUnknownTable || code == kUnknownDatabase ? ErrorCode::not_found : ErrorCode::io,
          fmt::format("{}: {} (HTTP {})", host, shown, answer.status)};
}

}  // namespace

Node::Node(std::string scheme, std::string host, std::string database, StoreOptions options)
    : base_(std::move(scheme) + "://" + host + "/"),
      host_(std::move(host)),
      database_(std::move(database)),
      options_(std::move(options)) {}

Result<HttpClient> Node::take_client() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      HttpClient client = std::move(idle_.back());
      idle_.pop_back();
      return client;
    }
  }
  HttpOptions options;
  options.ca_file = options_.ca_file;
  options.timeout_seconds = kTimeoutSeconds;
  return HttpClient::create(std::move(options));
}

Result<std::string> Node::send(const std::string& parameters, const std::string& type,
                               std::string_view body, bool in_database) {
  STOWAWAY_TRY(HttpClient client, take_client());
  HttpRequest request;
  request.url =
      base_ + "?wait_end_of_query=1" + (in_database ? "&database=" + database_ : "") + parameters;
  request.method = "POST";
  request.body = body;
  request.max_answer_bytes = kMaxAnswerBytes;
  if (!type.empty()) request.headers.push_back("Content-Type: " + type);
  if (!options_.user.empty() || !options_.password.empty()) {
    request.headers.push_back("X-ClickHouse-User: " +
                              (options_.user.empty() ? "default" : options_.user));
    request.headers.push_back("X-ClickHouse-Key: " + options_.password);
  }
  auto answer = client.send(request);
  if (!answer)
    return tl::unexpected<Error>(
        {answer.error().code, fmt::format("{} did not answer: {}", host_, answer.error().message)});
  {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(client));
  }
  if (answer->status != kOk) return tl::unexpected<Error>(refusal(host_, *answer));
  return std::move(answer->body);
}

Result<std::string> Node::ask(const std::string& query, const std::vector<KeyTable>& tables) {
  if (tables.empty()) return send("", "", query);
  std::string parameters = "&query=" + escaped_for_url(query), body;
  for (const KeyTable& table : tables) {
    parameters += fmt::format("&{0}_format=RowBinary&{0}_structure=key%20UInt64", table.name);
    body += fmt::format(
        "--{}\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\n"
        "Content-Type: application/octet-stream\r\n\r\n",
        kBoundary, table.name, table.name);
    body.append(reinterpret_cast<const char*>(table.keys->data()),
                table.keys->size() * sizeof(std::uint64_t));
    body += "\r\n";
  }
  body += fmt::format("--{}--\r\n", kBoundary);
  return send(parameters, fmt::format("multipart/form-data; boundary={}", kBoundary), body);
}

Result<void> Node::run_outside(const std::string& query) {
  STOWAWAY_TRY(const std::string answer, send("", "", query, false));
  return {};
}

Result<void> Node::insert(const std::string& table, std::string_view rows) {
  STOWAWAY_TRY(
      const std::string answer,
      send("&query=" + escaped_for_url("INSERT INTO " + table + " FORMAT RowBinary"), "", rows));
  return {};
}

}  // namespace stowaway::kb::clickhouse
