#include "base/http.h"

#include <curl/curl.h>

#include <algorithm>
#include <optional>

#include "base/text.h"

namespace stowaway {
namespace {

constexpr long kConnectSeconds = 10;
constexpr std::size_t kMaxHeaders = 100, kMaxHeaderBytes = 8192;

struct ListCloser {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, ListCloser>;

List list_of(const std::vector<std::string>& lines) {
  List list;
  for (const std::string& line : lines) {
    curl_slist* const longer = curl_slist_append(list.get(), line.c_str());
    if (longer == nullptr) break;
    static_cast<void>(list.release());
    list.reset(longer);
  }
  return list;
}

// A secret travels encrypted, or not off this machine.
bool may_carry_secrets(std::string_view url) {
  if (url.starts_with("https://")) return true;
  if (!url.starts_with("http://")) return false;
  const std::string_view host = url.substr(7, url.find_first_of("/?#", 7) - 7);
  return host == "127.0.0.1" || host.starts_with("127.0.0.1:") || host == "localhost" ||
         host.starts_with("localhost:") || host == "[::1]" || host.starts_with("[::1]:");
}

// One transfer, as the callbacks see it.
struct Transfer {
  CURL* easy = nullptr;
  std::stop_token stop;
  std::uint64_t most = 0, received = 0;
  std::map<std::string, std::string>* headers = nullptr;
  std::function<Result<void>(std::string_view)> take;
  std::optional<Error> error;
};

std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* context) {
  auto& transfer = *static_cast<Transfer*>(context);
  const std::size_t length = size * count;
  if (length > transfer.most - transfer.received) {
    transfer.error = Error{ErrorCode::limit_exceeded, ""};
    return 0;
  }
  transfer.received += length;
  if (auto taken = transfer.take({bytes, length}); !taken) {
    transfer.error = taken.error();
    return 0;
  }
  return length;
}

std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* context) {
  auto& transfer = *static_cast<Transfer*>(context);
  const std::string_view line(bytes, size * count);
  if (line.starts_with("HTTP/") && transfer.headers != nullptr) transfer.headers->clear();
  const std::size_t colon = line.find(':');
  if (transfer.headers != nullptr && colon != std::string_view::npos &&
      line.size() <= kMaxHeaderBytes && transfer.headers->size() < kMaxHeaders)
    transfer.headers->insert_or_assign(to_lower(line.substr(0, colon)),
                                       std::string(trimmed(line.substr(colon + 1))));
  return size * count;
}

int on_progress(void* context, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Transfer*>(context)->stop.stop_requested() ? 1 : 0;
}

}  // namespace

struct HttpClient::State {
  HttpOptions options;
  CURL* easy = nullptr;
  char details[CURL_ERROR_SIZE] = "";

  ~State() {
    if (easy != nullptr) curl_easy_cleanup(easy);
  }

  void set_up(Transfer& transfer, const std::string& url, const char* protocols) {
    curl_easy_reset(easy);
    details[0] = '\0';
    transfer.easy = easy;
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
    curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, protocols);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "stowaway");
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, details);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &transfer);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, &transfer);
    if (options.timeout_seconds > 0) {
      curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
      curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, options.timeout_seconds);
    }
    if (!options.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, options.ca_file.c_str());
    if (!options.certificate_file.empty()) {
      curl_easy_setopt(easy, CURLOPT_SSLCERT, options.certificate_file.c_str());
      curl_easy_setopt(easy, CURLOPT_SSLKEY, options.key_file.c_str());
    }
    if (!options.token.empty() && may_carry_secrets(url)) {
      curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
      curl_easy_setopt(easy, CURLOPT_XOAUTH2_BEARER, options.token.c_str());
    }
  }

  Result<long> perform(Transfer& transfer, const std::string& url) {
    const CURLcode code = curl_easy_perform(easy);
    if (transfer.stop.stop_requested()) return fail(ErrorCode::cancelled, "cancelled");
    if (transfer.error) {
      if (transfer.error->code == ErrorCode::limit_exceeded && transfer.error->message.empty())
        return fail(ErrorCode::limit_exceeded, "{}: the answer is longer than {} bytes", url,
                    transfer.most);
      return tl::unexpected<Error>(*transfer.error);
    }
    if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL)
      return fail(ErrorCode::invalid_argument, "\"{}\" is no address that can be asked", url);
    if (code == CURLE_FILE_COULDNT_READ_FILE)
      return fail(ErrorCode::not_found, "{}: no such file", url);
    if (code != CURLE_OK)
      return fail(ErrorCode::unavailable, "{}: {}", url,
                  escape_for_terminal(details[0] == '\0' ? curl_easy_strerror(code) : details));
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    return status;
  }
};

HttpClient::HttpClient(std::unique_ptr<State> state) : state_(std::move(state)) {}
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;
HttpClient::~HttpClient() = default;

Result<HttpClient> HttpClient::create(HttpOptions options) {
  if (options.certificate_file.empty() != options.key_file.empty())
    return fail(ErrorCode::invalid_argument,
                "a certificate needs its key, and a key its certificate");
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  auto state = std::make_unique<State>();
  state->options = std::move(options);
  state->easy = started == CURLE_OK ? curl_easy_init() : nullptr;
  if (state->easy == nullptr) return fail(ErrorCode::unavailable, "libcurl cannot be started");
  return HttpClient(std::move(state));
}

Result<HttpAnswer> HttpClient::send(const HttpRequest& request) {
  HttpAnswer answer;
  Transfer transfer;
  transfer.stop = request.stop;
  transfer.most = request.max_answer_bytes;
  transfer.headers = &answer.headers;
  transfer.take = [&](std::string_view bytes) -> Result<void> {
    answer.body += bytes;
    return {};
  };
  state_->set_up(transfer, request.url, "http,https");
  auto lines = request.headers;
  lines.emplace_back("Expect:");  // no waiting for a "100 Continue"
  const List headers = list_of(lines);
  curl_easy_setopt(state_->easy, CURLOPT_HTTPHEADER, headers.get());
  if (request.method == "HEAD") {
    curl_easy_setopt(state_->easy, CURLOPT_NOBODY, 1L);
  } else if (request.method != "GET") {
    curl_easy_setopt(state_->easy, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(state_->easy, CURLOPT_POSTFIELDS, request.body.data());
    curl_easy_setopt(state_->easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
  STOWAWAY_TRY(answer.status, state_->perform(transfer, request.url));
  return answer;
}

Result<long> HttpClient::download(const Download& what) {
  Transfer transfer;
  transfer.stop = what.stop;
  transfer.most = what.max_bytes;
  bool begun = false;
  transfer.take = [&](std::string_view bytes) -> Result<void> {
    long status = 0;
    curl_easy_getinfo(state_->easy, CURLINFO_RESPONSE_CODE, &status);
    if (status >= 300) return {};  // the text of a refusal
    if (!begun && status == 200) STOWAWAY_TRY_VOID(what.restart());
    begun = true;
    return what.take(bytes);
  };
  state_->set_up(transfer, what.url, "http,https,file");
  curl_easy_setopt(state_->easy, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(state_->easy, CURLOPT_MAXREDIRS, 5L);
  curl_easy_setopt(state_->easy, CURLOPT_REDIR_PROTOCOLS_STR,
                   what.url.starts_with("https:") ? "https" : "http,https");
  const std::string range = std::to_string(what.first_byte) + "-";
  if (what.first_byte > 0) curl_easy_setopt(state_->easy, CURLOPT_RANGE, range.c_str());
  return state_->perform(transfer, what.url);
}

}  // namespace stowaway
