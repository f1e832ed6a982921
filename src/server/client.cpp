#include "server/client.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstring>
#include <nlohmann/json.hpp>
#include <thread>

#include "server/parameters.h"

namespace stowaway::server {
namespace {

constexpr std::size_t kBatch = 10'000;
constexpr long kConflict = 409;
constexpr std::chrono::milliseconds kFirstWait{500}, kStep{50}, kMostWait{30'000};
constexpr std::uint64_t kMaxAnswerBytes = std::uint64_t{1} << 30;

bool is_passing(long status) {
  return status == 429 || status == 502 || status == 503 || status == 504;
}

ErrorCode code_of(long status) {
  if (status == 404) return ErrorCode::not_found;
  if (status == 413) return ErrorCode::limit_exceeded;
  if (status == 415) return ErrorCode::unsupported;
  if (is_passing(status) || status >= 500) return ErrorCode::unavailable;
  return ErrorCode::invalid_argument;
}

// What the server says, or the status where it says nothing.
std::string message_in(const HttpAnswer& answer) {
  const auto body = nlohmann::json::parse(answer.body, nullptr, false);
  if (body.is_object() && body.contains("error") && body["error"].is_object() &&
      body["error"].contains("message") && body["error"]["message"].is_string())
    return body["error"]["message"].get<std::string>();
  return fmt::format("status {}", answer.status);
}

std::chrono::milliseconds wait_before(int attempt, const HttpAnswer* answer) {
  std::chrono::milliseconds wait = kFirstWait * (1 << std::min(attempt - 1, 10));
  if (answer != nullptr)
    if (const auto said = answer->headers.find("retry-after"); said != answer->headers.end())
      wait = std::max(
          wait, std::chrono::milliseconds(1000 * std::strtol(said->second.c_str(), nullptr, 10)));
  return std::min(wait, kMostWait);
}

std::uint64_t field(const std::string& text, const std::string& name) {
  const std::size_t at = text.find(name + "=");
  return at == std::string::npos ? 0
                                 : std::strtoull(text.c_str() + at + name.size() + 1, nullptr, 10);
}

}  // namespace

bool is_server(const std::string& kb) {
  return kb.starts_with("https://") || kb.starts_with("http://");
}

Result<Client> Client::create(std::string url, ClientOptions options) {
  while (url.ends_with('/')) url.pop_back();
  STOWAWAY_TRY(HttpClient http, HttpClient::create(options.http));
  return Client(std::move(http), std::move(url), std::move(options));
}

Result<HttpAnswer> Client::send(const std::string& method, const std::string& path,
                                const std::string& type, std::string_view body) {
  HttpRequest request;
  request.url = url_ + path;
  request.method = method;
  request.headers = {"Content-Type: " + type};
  if (!kb_.empty()) request.headers.push_back("X-Stowaway-Kb: " + kb_);
  request.body = body;
  request.max_answer_bytes = kMaxAnswerBytes;
  request.stop = options_.stop;
  for (int attempt = 1;; ++attempt) {
    auto answer = http_.send(request);
    has_another_kb_ = answer && answer->status == kConflict;
    if (answer && answer->status < 300) return answer;
    const bool passing =
        answer ? is_passing(answer->status) : answer.error().code == ErrorCode::unavailable;
    const std::string why = answer ? message_in(*answer) : answer.error().message;
    if (!passing || attempt >= options_.tries) {
      if (!answer) return answer;
      return fail(code_of(answer->status), "{} says: {}", url_, why);
    }
    const auto wait = wait_before(attempt, answer ? &*answer : nullptr);
    if (options_.tell)
      options_.tell(fmt::format("{}; trying again in {:.1f} s", why,
                                static_cast<double>(wait.count()) / 1000));
    for (auto left = wait; left.count() > 0; left -= kStep) {
      if (options_.stop.stop_requested()) return fail(ErrorCode::cancelled, "interrupted");
      std::this_thread::sleep_for(kStep);
    }
  }
}

Result<void> Client::leave_known_out(match::Fingerprints& fingerprints) {
  kb_.clear();
  std::vector<match::FileFingerprint*> files;
  for (match::FileFingerprint& file : fingerprints.files)
    if (file.has_details) files.push_back(&file);
  static_assert(std::endian::native == std::endian::little);
  for (std::size_t first = 0; first < files.size(); first += kBatch) {
    const std::size_t count = std::min(kBatch, files.size() - first);
    std::string body;
    for (std::size_t i = first; i < first + count; ++i) {
      const std::uint64_t normalised = files[i]->normalised;
      body.append(reinterpret_cast<const char*>(&normalised), sizeof normalised);
      body.append(reinterpret_cast<const char*>(files[i]->sha256.data()), files[i]->sha256.size());
    }
    STOWAWAY_TRY(const HttpAnswer answer,
                 send("POST", "/v1/known", "application/vnd.stowaway.identities", body));
    if (answer.body.size() != count)
      return fail(ErrorCode::corrupt, "{} answers for {} of {} files", url_, answer.body.size(),
                  count);
    // From the second batch on the server has compared it itself.
    if (const auto kb = answer.headers.find("x-stowaway-kb"); kb != answer.headers.end())
      kb_ = kb->second;
    for (std::size_t i = 0; i < count; ++i)
      if (answer.body[i] == '1') match::leave_details_out(*files[first + i]);
  }
  return {};
}

Result<Identified> Client::identify(const match::Fingerprints& fingerprints, const Wish& wish) {
  STOWAWAY_TRY(
      HttpAnswer answer,
      send("POST",
           fmt::format("/v1/identify?name={}&format={}&width={}", percent_encoded(wish.name),
                       percent_encoded(wish.format), wish.width_columns),
           "application/vnd.stowaway.fingerprints", match::encode_fingerprints(fingerprints)));
  const auto said = answer.headers.find("x-stowaway-summary");
  if (said == answer.headers.end())
    return fail(ErrorCode::corrupt, "{} is no Stowaway server", url_);
  const std::string& summary = said->second;
  return Identified{std::move(answer.body), field(summary, "copies"), field(summary, "modified"),
                    field(summary, "files"), field(summary, "partial") != 0};
}

Result<std::string> Client::submit(const std::string& name, const std::string& version,
                                   const match::Fingerprints& fingerprints) {
  STOWAWAY_TRY(HttpAnswer answer, send("PUT",
                                       fmt::format("/v1/subject?name={}&version={}",
                                                   percent_encoded(name), percent_encoded(version)),
                                       "application/vnd.stowaway.fingerprints",
                                       match::encode_fingerprints(fingerprints)));
  return std::move(answer.body);
}

}  // namespace stowaway::server
