#include "kb/stores/clickhouse/address.h"

#include <algorithm>
#include <optional>

#include "base/text.h"

namespace stowaway::kb::clickhouse {
namespace {

constexpr std::string_view kPlain = "clickhouse://", kEncrypted = "clickhouses://";
constexpr std::string_view kDefaultPort = ":8123";

bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// What may stand in a URL without changing its meaning.
bool is_host(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return is_name({&c, 1}) || c == '.' || c == '-' || c == ':' || c == '[' || c == ']';
  });
}

}  // namespace

bool is_address(const std::string& url) {
  return url.starts_with(kPlain) || url.starts_with(kEncrypted);
}

Result<Address> parse_address(const std::string& url) {
  if (!is_address(url))
    return fail(ErrorCode::invalid_argument,
                "\"{}\" is no cluster: clickhouse://HOST:PORT,HOST:PORT,…/DATABASE",
                escape_for_terminal(url));
  Address out;
  out.url = url;
  out.scheme = url.starts_with(kEncrypted) ? "https" : "http";
  std::string_view rest = std::string_view(url).substr(url.find("://") + 3);
  const std::size_t slash = rest.find('/');
  if (slash != std::string_view::npos) out.database = rest.substr(slash + 1);
  if (!is_name(out.database))
    return fail(ErrorCode::invalid_argument,
                "\"{}\" names no database: clickhouse://HOST:PORT,HOST:PORT,…/DATABASE",
                escape_for_terminal(url));
  for (const std::string_view host : split(rest.substr(0, slash), ',')) {
    if (!is_host(host))
      return fail(ErrorCode::invalid_argument, "\"{}\" is no HOST:PORT", escape_for_terminal(host));
    std::string whole(host);
    if (host.rfind(':') == std::string_view::npos || host.ends_with(']')) whole += kDefaultPort;
    if (std::ranges::find(out.hosts, whole) != out.hosts.end())
      return fail(ErrorCode::invalid_argument, "{} is named twice", whole);
    out.hosts.push_back(std::move(whole));
  }
  return out;
}

}  // namespace stowaway::kb::clickhouse
