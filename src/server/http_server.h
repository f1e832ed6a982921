// HTTP/1.1 as a server, by GNU libmicrohttpd: keep-alive, limits on everything that a client can
// make grow, and an end that lets answers under way go out. What is asked is the handler's
// business.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace stowaway::server {

struct Request {
  std::string method, path;                    // path: decoded, without the query
  std::map<std::string, std::string> query;    // decoded; of two of one name the last
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  std::string client;  // address, without port
  // Of the certificate that the client proved to be its own, SHA-256 in hex; "": it showed none.
  std::string certificate;
  std::string id;  // of this request, for logs: given by the client, or made here
};

struct Answer {
  int status = 200;
  std::string type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

// One finished exchange.
struct Exchange {
  std::string id, client, method, path;
  int status = 0;
  std::uint64_t bytes_in = 0, bytes_out = 0;
  double seconds = 0;
};

// Called from several threads at once. What it throws becomes a 500.
using Handler = std::function<Answer(const Request&)>;

struct HttpServerOptions {
  std::string address = "127.0.0.1";  // IPv4 or IPv6, without brackets
  std::uint16_t port = 0;             // 0: any that is free
  unsigned threads = 2;
  std::size_t max_body_bytes = std::size_t{256} << 20;  // of one request: 413 beyond
  std::size_t max_bodies_bytes = std::size_t{1} << 30;  // of all at once: 503 beyond
  unsigned max_connections = 1000, max_connections_per_client = 200;
  unsigned idle_seconds = 30;                // a connection on which nothing happens
  unsigned request_seconds = 300;            // from the first byte of a body to its last
  std::string certificate_file, key_file;    // PEM; both or neither: without, plain HTTP
  std::string client_ca_file;                // PEM: who signs clients' certificates; "": none asked
  std::function<void(const Exchange&)> log;  // of each exchange; from several threads
};

class HttpServer {
 public:
  // Answers from when it returns. Fails with unavailable (the address is taken or not ours),
  // invalid_argument (an address that is none, half a certificate, clients' without one) or io (its
  // files).
  static Result<std::unique_ptr<HttpServer>> start(const HttpServerOptions& options,
                                                   Handler handler);
  virtual ~HttpServer() = default;
  virtual std::uint16_t port() const = 0;
  // Takes no new connection, waits for the answers under way, at most so long, and ends. Once.
  virtual void drain(unsigned seconds) = 0;
};

}  // namespace stowaway::server
