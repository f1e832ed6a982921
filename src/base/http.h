// HTTP as a client, by libcurl: connections are kept, certificates checked, redirects followed only
// where the caller says so, every answer bounded. One thread at a time per client.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace stowaway {

struct HttpOptions {
  std::string ca_file;                     // certificates to trust; empty: the system's
  std::string certificate_file, key_file;  // PEM, to show who we are; both or neither
  std::string token;          // sent as "Authorization: Bearer …", to https and loopback only
  long timeout_seconds = 60;  // without any progress; 0: none
};

struct HttpRequest {
  std::string url;  // http or https
  std::string method = "GET";
  std::vector<std::string> headers;  // "Name: value"
  std::string_view body = {};        // sent when the method is not GET or HEAD
  std::uint64_t max_answer_bytes = std::uint64_t{64} << 20;
  std::stop_token stop = {};
};

struct HttpAnswer {
  long status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

class HttpClient {
 public:
  // Fails with invalid_argument (half a certificate) or unavailable (libcurl cannot be started).
  static Result<HttpClient> create(HttpOptions options);
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;
  ~HttpClient();

  // Any status is an answer. Fails with unavailable (no connection, no certificate, cut short, too
  // slow), limit_exceeded (a longer answer), invalid_argument (a URL that is none) or cancelled.
  Result<HttpAnswer> send(const HttpRequest& request);

  // GETs the bytes of `url` (http, https or file) from `first_byte` on and hands them to `take`,
  // piece by piece. The status: 200 (the server sends all, from 0: `restart` is called first), 206
  // or what the server says. What is no success is not handed on. Fails as send() does, or as
  // `take`.
  struct Download {
    std::string url;
    std::uint64_t first_byte = 0;
    std::uint64_t max_bytes = 0;  // of what is handed on
    std::function<Result<void>()> restart;
    std::function<Result<void>(std::string_view)> take;
    std::stop_token stop = {};
  };
  Result<long> download(const Download& what);

 private:
  struct State;
  explicit HttpClient(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace stowaway
