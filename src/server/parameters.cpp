#include "server/parameters.h"

#include <fmt/format.h>

#include <charconv>

namespace stowaway::server {

std::string parameter(const Request& request, const std::string& name) {
  const auto at = request.query.find(name);
  return at == request.query.end() ? "" : at->second;
}

Result<std::string> needed(const Request& request, const std::string& name) {
  std::string value = parameter(request, name);
  if (value.empty()) return fail(ErrorCode::invalid_argument, "?{}= is missing", name);
  return value;
}

Result<std::size_t> number(const Request& request, const std::string& name, std::size_t otherwise,
                           std::size_t most) {
  const std::string text = parameter(request, name);
  if (text.empty()) return otherwise;
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > most)
    return fail(ErrorCode::invalid_argument, "?{}= is no number up to {}", name, most);
  return value;
}

Result<Page> page_of(const Request& request) {
  Page page;
  STOWAWAY_TRY(page.limit, number(request, "limit", kUsualPage, kMaxPage));
  STOWAWAY_TRY(page.after, number(request, "after", 0, SIZE_MAX / 2));
  if (page.limit == 0) return fail(ErrorCode::invalid_argument, "?limit= is at least 1");
  return page;
}

std::string percent_encoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain)
      encoded += c;
    else
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return encoded;
}

void tell_page(const Request& request, const Page& page, std::size_t total, Answer& answer) {
  answer.headers.emplace_back("X-Total-Count", std::to_string(total));
  if (page.after + page.limit >= total) return;
  std::string next = request.path + "?";
  for (const auto& [name, value] : request.query)
    if (name != "after" && name != "limit")
      next += percent_encoded(name) + "=" + percent_encoded(value) + "&";
  next += fmt::format("limit={}&after={}", page.limit, page.after + page.limit);
  answer.headers.emplace_back("Link", fmt::format("<{}>; rel=\"next\"", next));
}

}  // namespace stowaway::server
