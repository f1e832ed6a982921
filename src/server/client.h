// The other side of the API: asks a server to identify what is fingerprinted here. Bytes of files
// never travel; nor do the shingles of files that the server knows byte for byte. What fails for
// the moment is tried again. One thread at a time.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "base/http.h"
#include "base/result.h"
#include "match/fingerprints.h"

namespace stowaway::server {

// Whether a knowledge base of that name is a server's: "https://…", "http://…".
bool is_server(const std::string& kb);

struct ClientOptions {
  HttpOptions http;
  int tries = 6;  // of each request; 0.5, 1, 2, 4 … seconds apart
  std::stop_token stop = {};
  std::function<void(const std::string&)> tell;  // why something is tried again; may be empty
};

struct Identified {
  std::string report;
  std::uint64_t copies = 0, modified = 0, files = 0;
  bool is_partial = false;
};

class Client {
 public:
  // Fails as HttpClient::create does.
  static Result<Client> create(std::string url, ClientOptions options);

  // Asks which files need no details and leaves these out; what is asked next is about the same
  // knowledge base. Fails as send() does.
  Result<void> leave_known_out(match::Fingerprints& fingerprints);
  // Whether the last request failed because the server has another knowledge base by now: begin
  // again, with all details.
  bool has_another_kb() const { return has_another_kb_; }

  struct Wish {
    std::string name, format = "json";
    unsigned width_columns = 0;
  };
  Result<Identified> identify(const match::Fingerprints& fingerprints, const Wish& wish);

  // Records a subject's version. `body` is as identify() sends it, or a list of md5sums (text). The
  // server's answer. Safe to repeat.
  Result<std::string> submit(const std::string& name, const std::string& version,
                             const match::Fingerprints& fingerprints);

 private:
  Client(HttpClient http, std::string url, ClientOptions options)
      : http_(std::move(http)), url_(std::move(url)), options_(std::move(options)) {}
  // With tries. Fails with the server's own message, unavailable or cancelled.
  Result<HttpAnswer> send(const std::string& method, const std::string& path,
                          const std::string& type, std::string_view body);

  HttpClient http_;
  std::string url_;
  ClientOptions options_;
  std::string kb_;  // that knows what was left out; "": nothing was
  bool has_another_kb_ = false;
};

}  // namespace stowaway::server
