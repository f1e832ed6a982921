#include "ledger/transport.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/atomic_file.h"
#include "base/text.h"

namespace stowaway::ledger {
namespace {

constexpr long kConnectSeconds = 10;
constexpr std::size_t kMaxAnswerBytes = std::size_t{64} << 10;
constexpr std::uint64_t kMaxKeyBytes = 4096;

struct EasyCloser {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct ListCloser {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Easy = std::unique_ptr<CURL, EasyCloser>;
using List = std::unique_ptr<curl_slist, ListCloser>;

Result<Easy> new_easy() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  Easy easy(started == CURLE_OK ? curl_easy_init() : nullptr);
  if (!easy) return fail(ErrorCode::unavailable, "libcurl cannot be started");
  curl_easy_setopt(easy.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy.get(), CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  return easy;
}

void add(List& list, const std::string& line) {
  curl_slist* const longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) return;
  static_cast<void>(list.release());
  list.reset(longer);
}

// What is left to send of a text.
struct Upload {
  std::string_view rest;
};

std::size_t give(char* buffer, std::size_t size, std::size_t count, void* upload) {
  auto& rest = static_cast<Upload*>(upload)->rest;
  const std::size_t bytes = std::min(size * count, rest.size());
  std::memcpy(buffer, rest.data(), bytes);
  rest.remove_prefix(bytes);
  return bytes;
}

std::size_t drop(char*, std::size_t size, std::size_t count, void* received) {
  auto& bytes = *static_cast<std::size_t*>(received);
  bytes += size * count;
  return bytes > kMaxAnswerBytes ? 0 : size * count;
}

std::string reason(CURLcode code, const char* details) {
  return escape_for_terminal(details[0] == '\0' ? curl_easy_strerror(code) : details);
}

class Mail final : public Transport {
 public:
  explicit Mail(MailOptions options) : options_(std::move(options)) {}

  Result<void> send(const Message& message, const Subscription& subscription) override {
    if (options_.server.empty() || options_.from.empty())
      return fail(ErrorCode::invalid_argument,
                  "no mail server or no address to send from is set (--smtp, --from)");
    if (options_.from.find_first_of("\r\n<> ") != std::string::npos)
      return fail(ErrorCode::invalid_argument, "\"{}\" is no mail address", options_.from);
    STOWAWAY_TRY(const Easy easy, new_easy());
    const std::string mail = mail_of(message, options_.from, subscription.target);
    Upload upload{mail};
    List receivers;
    add(receivers, "<" + subscription.target + ">");
    char details[CURL_ERROR_SIZE] = "";
    set_up(easy.get());
    curl_easy_setopt(easy.get(), CURLOPT_ERRORBUFFER, details);
    curl_easy_setopt(easy.get(), CURLOPT_MAIL_RCPT, receivers.get());
    curl_easy_setopt(easy.get(), CURLOPT_READFUNCTION, give);
    curl_easy_setopt(easy.get(), CURLOPT_READDATA, &upload);
    curl_easy_setopt(easy.get(), CURLOPT_UPLOAD, 1L);
    const CURLcode code = curl_easy_perform(easy.get());
    if (code == CURLE_OK) return {};
    long status = 0;
    curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
    return fail(ErrorCode::unavailable, "{}: {}{}", options_.server, reason(code, details),
                status == 0 ? "" : fmt::format(" (status {})", status));
  }

 private:
  void set_up(CURL* easy) const {
    curl_easy_setopt(easy, CURLOPT_URL, options_.server.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(easy, CURLOPT_USE_SSL,
                     static_cast<long>(options_.plain_allowed ? CURLUSESSL_TRY : CURLUSESSL_ALL));
    curl_easy_setopt(easy, CURLOPT_MAIL_FROM, ("<" + options_.from + ">").c_str());
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, options_.timeout_seconds);
    if (!options_.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, options_.ca_file.c_str());
    if (options_.user.empty() && options_.password.empty()) return;
    curl_easy_setopt(easy, CURLOPT_USERNAME, options_.user.c_str());
    curl_easy_setopt(easy, CURLOPT_PASSWORD, options_.password.c_str());
  }

  MailOptions options_;
};

// The first line of the file, so that an editor's newline is no part of the key.
Result<std::string> key_in(const std::string& file) {
  STOWAWAY_TRY(const auto bytes, read_whole_file(file, kMaxKeyBytes));
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const std::string key(trimmed(text.substr(0, text.find('\n'))));
  if (key.empty()) return fail(ErrorCode::invalid_argument, "{} holds no key", file);
  return key;
}

class Webhook final : public Transport {
 public:
  explicit Webhook(WebhookOptions options) : options_(std::move(options)) {}

  Result<void> send(const Message& message, const Subscription& subscription) override {
    STOWAWAY_TRY(const Easy easy, new_easy());
    STOWAWAY_TRY(const List headers, headers_of(message, subscription));
    char details[CURL_ERROR_SIZE] = "";
    std::size_t received = 0;
    curl_easy_setopt(easy.get(), CURLOPT_URL, subscription.target.c_str());
    curl_easy_setopt(easy.get(), CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy.get(), CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy.get(), CURLOPT_TIMEOUT, options_.timeout_seconds);
    curl_easy_setopt(easy.get(), CURLOPT_ERRORBUFFER, details);
    curl_easy_setopt(easy.get(), CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(easy.get(), CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(message.json.size()));
    curl_easy_setopt(easy.get(), CURLOPT_POSTFIELDS, message.json.data());
    curl_easy_setopt(easy.get(), CURLOPT_WRITEFUNCTION, drop);
    curl_easy_setopt(easy.get(), CURLOPT_WRITEDATA, &received);
    if (!options_.ca_file.empty())
      curl_easy_setopt(easy.get(), CURLOPT_CAINFO, options_.ca_file.c_str());
    const CURLcode code = curl_easy_perform(easy.get());
    long status = 0;
    curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
    // Whoever says 200 has it, even if the rest of the answer is cut short, endless or late.
    if (status >= 200 && status < 300) return {};
    if (status != 0)
      return fail(ErrorCode::unavailable, "{} answered {}", subscription.target, status);
    return fail(ErrorCode::unavailable, "{}: {}", subscription.target, reason(code, details));
  }

 private:
  static Result<List> headers_of(const Message& message, const Subscription& subscription) {
    List headers;
    add(headers, "Content-Type: application/json");
    add(headers, "User-Agent: stowaway");
    add(headers, "X-Stowaway-Event: notice");
    add(headers, "X-Stowaway-Delivery: " + message.id);
    add(headers, "Expect:");  // no waiting for a "100 Continue"
    if (subscription.secret_file.empty()) return headers;
    STOWAWAY_TRY(const std::string key, key_in(subscription.secret_file));
    add(headers, "X-Hub-Signature-256: " + signature_of(message.json, key));
    return headers;
  }

  WebhookOptions options_;
};

}  // namespace

std::unique_ptr<Transport> mail_transport(MailOptions options) {
  return std::make_unique<Mail>(std::move(options));
}

std::unique_ptr<Transport> webhook_transport(WebhookOptions options) {
  return std::make_unique<Webhook>(std::move(options));
}

}  // namespace stowaway::ledger
