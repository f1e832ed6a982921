#include "server/http_server.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstring>
#include <thread>

#include "base/atomic_file.h"
#include "base/text.h"
#include "server/peer.h"

namespace stowaway::server {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kLinger{1};
constexpr std::size_t kMaxPemBytes = 1 << 20, kHeaderBytes = 64 << 10, kMaxIdBytes = 64;

// One request while it comes in.
struct Pending {
  Request request;
  Clock::time_point started = Clock::now();
  std::size_t counted = 0;  // of the budget of all bodies
  int refused = 0;          // status
  int status = 0;
  std::uint64_t bytes_in = 0, bytes_out = 0;
};

std::string address_of(const sockaddr* address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address == nullptr) return "";
  if (address->sa_family == AF_INET)
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(address)->sin_addr, text, sizeof text);
  else if (address->sa_family == AF_INET6)
    inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr, text,
              sizeof text);
  return text;
}

union SocketAddress {
  sockaddr any;
  sockaddr_in four;
  sockaddr_in6 six;
};

Result<SocketAddress> listening(const HttpServerOptions& options) {
  SocketAddress address{};
  if (inet_pton(AF_INET, options.address.c_str(), &address.four.sin_addr) == 1) {
    address.four.sin_family = AF_INET;
    address.four.sin_port = htons(options.port);
  } else if (inet_pton(AF_INET6, options.address.c_str(), &address.six.sin6_addr) == 1) {
    address.six.sin6_family = AF_INET6;
    address.six.sin6_port = htons(options.port);
  } else {
    return fail(ErrorCode::invalid_argument, "\"{}\" is no IPv4 or IPv6 address to listen at",
                options.address);
  }
  return address;
}

Result<std::string> pem(const std::string& file) {
  if (file.empty()) return std::string();
  STOWAWAY_TRY(const auto bytes, read_whole_file(file, kMaxPemBytes));
  return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

std::string error_body(int status, std::string_view why) {
  return fmt::format("{{\"error\": {{\"status\": {}, \"message\": \"{}\"}}}}\n", status, why);
}

class Server final : public HttpServer {
 public:
  Server(const HttpServerOptions& options, Handler handler)
      : options_(options), handler_(std::move(handler)) {}
  ~Server() override { drain(0); }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  Result<void> listen() {
    STOWAWAY_TRY(address_, listening(options_));
    if (options_.certificate_file.empty() != options_.key_file.empty())
      return fail(ErrorCode::invalid_argument,
                  "a certificate needs its key, and a key its certificate");
    STOWAWAY_TRY(certificate_, pem(options_.certificate_file));
    STOWAWAY_TRY(key_, pem(options_.key_file));
    STOWAWAY_TRY(client_ca_, pem(options_.client_ca_file));
    if (!client_ca_.empty() && certificate_.empty())
      return fail(ErrorCode::invalid_argument,
                  "clients show certificates over TLS alone: give the server one, too");
    std::vector<MHD_OptionItem> items{
        {MHD_OPTION_THREAD_POOL_SIZE, static_cast<intptr_t>(std::max(2U, options_.threads)),
         nullptr},
        {MHD_OPTION_CONNECTION_LIMIT, static_cast<intptr_t>(options_.max_connections), nullptr},
        {MHD_OPTION_PER_IP_CONNECTION_LIMIT,
         static_cast<intptr_t>(options_.max_connections_per_client), nullptr},
        {MHD_OPTION_CONNECTION_TIMEOUT, static_cast<intptr_t>(options_.idle_seconds), nullptr},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, static_cast<intptr_t>(kHeaderBytes), nullptr},
        {MHD_OPTION_LISTENING_ADDRESS_REUSE, 1, nullptr},
        {MHD_OPTION_STRICT_FOR_CLIENT, 1, nullptr},
        {MHD_OPTION_SOCK_ADDR, 0, &address_},
        {MHD_OPTION_UNESCAPE_CALLBACK, reinterpret_cast<intptr_t>(&unescape), nullptr},
        {MHD_OPTION_NOTIFY_COMPLETED, reinterpret_cast<intptr_t>(&completed), this},
        {MHD_OPTION_NOTIFY_CONNECTION, reinterpret_cast<intptr_t>(&connected), this}};
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC;  // the latter for drain()
    if (address_.any.sa_family == AF_INET6) flags |= MHD_USE_DUAL_STACK;
    if (!certificate_.empty()) {
      flags |= MHD_USE_TLS;
      items.push_back({MHD_OPTION_HTTPS_MEM_CERT, 0, certificate_.data()});
      items.push_back({MHD_OPTION_HTTPS_MEM_KEY, 0, key_.data()});
      if (!client_ca_.empty()) items.push_back({MHD_OPTION_HTTPS_MEM_TRUST, 0, client_ca_.data()});
    }
    items.push_back({MHD_OPTION_END, 0, nullptr});
    daemon_ = MHD_start_daemon(flags, options_.port, nullptr, nullptr, &received, this,
                               MHD_OPTION_ARRAY, items.data(), MHD_OPTION_END);
    if (daemon_ == nullptr)
      return fail(ErrorCode::unavailable, "cannot listen at {}:{}: {}", options_.address,
                  options_.port, std::strerror(errno));
    const MHD_DaemonInfo* const info = MHD_get_daemon_info(daemon_, MHD_DAEMON_INFO_BIND_PORT);
    port_ = info == nullptr ? options_.port : info->port;
    return {};
  }

  std::uint16_t port() const override { return port_; }

  void drain(unsigned seconds) override {
    if (daemon_ == nullptr) return;
    const MHD_socket socket = MHD_quiesce_daemon(daemon_);
    // Refuses at once; closed when no thread can look at it any more.
    if (socket != MHD_INVALID_SOCKET) ::shutdown(socket, SHUT_RDWR);
    // Kept connections are told with their next answer; a proxy that uses one just now is waited
    // for.
    is_draining_ = true;
    const auto now = Clock::now(), end = now + std::chrono::seconds(seconds);
    const auto lingered = std::min<Clock::time_point>(end, now + kLinger);
    while ((under_way_ > 0 && Clock::now() < end) || (connections() > 0 && Clock::now() < lingered))
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    MHD_stop_daemon(daemon_);
    daemon_ = nullptr;
    if (socket != MHD_INVALID_SOCKET) ::close(socket);
  }

 private:
  unsigned connections() const {
    const MHD_DaemonInfo* const info =
        MHD_get_daemon_info(daemon_, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);
    return info == nullptr ? 0 : info->num_connections;
  }

  static MHD_Result add_query(void* context, MHD_ValueKind, const char* name, const char* value) {
    static_cast<Request*>(context)->query[name] = value == nullptr ? "" : value;
    return MHD_YES;
  }
  static MHD_Result add_header(void* context, MHD_ValueKind, const char* name, const char* value) {
    auto& pending = *static_cast<Pending*>(context);
    const std::string lower = to_lower(name), text = value == nullptr ? "" : value;
    const auto [at, is_new] = pending.request.headers.try_emplace(lower, text);
    // Two that differ are two requests to two servers in a chain (RFC 9112, 6.3).
    if (!is_new && lower == "content-length" && at->second != text) pending.refused = 400;
    at->second = text;
    return MHD_YES;
  }

  // A NUL would end the path there, and make another of it: such text stays as it came.
  static std::size_t unescape(void*, MHD_Connection*, char* text) {
    return std::strstr(text, "%00") == nullptr ? MHD_http_unescape(text) : std::strlen(text);
  }

  static MHD_Result received(void* self, MHD_Connection* connection, const char* url,
                             const char* method, const char*, const char* bytes, std::size_t* size,
                             void** context) {
    auto& server = *static_cast<Server*>(self);
    if (*context == nullptr) {
      *context = server.begin(connection, url, method);
      auto& pending = *static_cast<Pending*>(*context);
      // Said before the body is read, where its size is announced.
      return pending.refused == 0 ? MHD_YES : server.refuse(connection, pending);
    }
    auto& pending = *static_cast<Pending*>(*context);
    if (*size > 0) {
      const bool fits = server.take(pending, {bytes, *size});
      *size = 0;
      return fits ? MHD_YES : MHD_NO;
    }
    return pending.refused == 0 ? server.answer(connection, pending)
                                : server.refuse(connection, pending);
  }

  // What is known of whoever is at the other end lives as long as the connection.
  static void connected(void* self, MHD_Connection*, void** peer,
                        MHD_ConnectionNotificationCode what) {
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
      if (!static_cast<Server*>(self)->client_ca_.empty()) *peer = new Peer;
    } else {
      delete static_cast<Peer*>(*peer);
      *peer = nullptr;
    }
  }

  // Fails with invalid_argument: a certificate that does not count.
  static Result<std::string> certificate_of(MHD_Connection* connection) {
    const auto* const context =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    const auto* const tls = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    if (context == nullptr || context->socket_context == nullptr || tls == nullptr)
      return std::string();
    return static_cast<Peer*>(context->socket_context)->certificate(tls->tls_session);
  }

  static void completed(void* self, MHD_Connection*, void** context, MHD_RequestTerminationCode) {
    if (*context == nullptr) return;
    auto& server = *static_cast<Server*>(self);
    auto* const pending = static_cast<Pending*>(*context);
    server.bodies_ -= pending->counted;
    const std::chrono::duration<double> seconds = Clock::now() - pending->started;
    if (server.options_.log)
      server.options_.log({pending->request.id, pending->request.client, pending->request.method,
                           pending->request.path, pending->status, pending->bytes_in,
                           pending->bytes_out, seconds.count()});
    --server.under_way_;
    delete pending;
    *context = nullptr;
  }

  Pending* begin(MHD_Connection* connection, const char* url, const char* method) {
    auto* const pending = new Pending;
    ++under_way_;
    Request& request = pending->request;
    request.method = method;
    request.path = url;
    MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, &add_query, &request);
    MHD_get_connection_values(connection, MHD_HEADER_KIND, &add_header, pending);
    const auto* const info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (info != nullptr) request.client = address_of(info->client_addr);
    request.id = id_of(request);
    auto certificate = certificate_of(connection);
    if (certificate)
      request.certificate = *std::move(certificate);
    else
      pending->refused = 403;
    const auto announced = request.headers.find("content-length");
    if (announced != request.headers.end() &&
        std::strtoull(announced->second.c_str(), nullptr, 10) > options_.max_body_bytes)
      pending->refused = 413;
    if (announced != request.headers.end() && request.headers.contains("transfer-encoding"))
      pending->refused = 400;
    return pending;
  }

  // The client's, where it is harmless; else the next number.
  std::string id_of(const Request& request) {
    const auto given = request.headers.find("x-request-id");
    if (given != request.headers.end() && !given->second.empty() &&
        given->second.size() <= kMaxIdBytes &&
        given->second.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUV"
                                        "WXYZ-_.") == std::string::npos)
      return given->second;
    return fmt::format("{:x}-{:x}", started_at_, ++last_id_);
  }

  // False ends the connection: whoever announces no size and sends without end, or too slowly.
  bool take(Pending& pending, std::string_view bytes) {
    pending.bytes_in += bytes.size();
    if (Clock::now() - pending.started > std::chrono::seconds(options_.request_seconds))
      return false;
    if (pending.refused != 0) return pending.bytes_in <= options_.max_body_bytes;
    if (pending.request.body.size() + bytes.size() > options_.max_body_bytes) {
      pending.refused = 413;
    } else if ((bodies_ += bytes.size()) > options_.max_bodies_bytes) {
      bodies_ -= bytes.size();
      pending.refused = 503;
    } else {
      pending.counted += bytes.size();
      pending.request.body += bytes;
      return true;
    }
    std::string().swap(pending.request.body);
    return pending.refused == 503;
  }

  MHD_Result refuse(MHD_Connection* connection, Pending& pending) {
    const std::string_view why = pending.refused == 413   ? "the body is too large"
                                 : pending.refused == 503 ? "too much at once; try again later"
                                 : pending.refused == 403 ? "the certificate does not count here"
                                                          : "how long the body is, is said twice";
    Answer answer{pending.refused,
                  "application/json",
                  error_body(pending.refused, why),
                  {{"Connection", "close"}}};
    if (pending.refused == 503) answer.headers.emplace_back("Retry-After", "2");
    return send(connection, pending, answer);
  }

  MHD_Result answer(MHD_Connection* connection, Pending& pending) {
    Answer answer;
    try {
      answer = handler_(pending.request);
    } catch (const std::exception&) {
      answer = {500, "application/json", error_body(500, "something went wrong; see the log"), {}};
    }
    return send(connection, pending, answer);
  }

  MHD_Result send(MHD_Connection* connection, Pending& pending, const Answer& answer) {
    pending.status = answer.status;
    pending.bytes_out = answer.body.size();
    MHD_Response* const response = MHD_create_response_from_buffer(
        answer.body.size(), const_cast<char*>(answer.body.data()), MHD_RESPMEM_MUST_COPY);
    if (response == nullptr) return MHD_NO;
    MHD_add_response_header(response, "Content-Type", answer.type.c_str());
    MHD_add_response_header(response, "X-Request-Id", pending.request.id.c_str());
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    if (is_draining_) MHD_add_response_header(response, "Connection", "close");
    for (const auto& [name, value] : answer.headers)
      MHD_add_response_header(response, name.c_str(), value.c_str());
    const MHD_Result queued =
        MHD_queue_response(connection, static_cast<unsigned>(answer.status), response);
    MHD_destroy_response(response);
    return queued;
  }

  HttpServerOptions options_;
  Handler handler_;
  SocketAddress address_{};
  std::string certificate_, key_, client_ca_;
  MHD_Daemon* daemon_ = nullptr;
  std::uint16_t port_ = 0;
  std::atomic<bool> is_draining_ = false;
  std::atomic<std::size_t> bodies_ = 0, under_way_ = 0;
  std::atomic<std::uint64_t> last_id_ = 0;
  std::int64_t started_at_ = std::chrono::system_clock::now().time_since_epoch().count();
};

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::start(const HttpServerOptions& options,
                                                      Handler handler) {
  auto server = std::make_unique<Server>(options, std::move(handler));
  STOWAWAY_TRY_VOID(server->listen());
  return server;
}

}  // namespace stowaway::server
