// What a request's query says. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "server/http_server.h"

namespace stowaway::server {

// "" when it is not there.
std::string parameter(const Request& request, const std::string& name);
// Fails with invalid_argument when it is not there or empty.
Result<std::string> needed(const Request& request, const std::string& name);
// Fails with invalid_argument when it is no number, or one beyond `most`.
Result<std::size_t> number(const Request& request, const std::string& name, std::size_t otherwise,
                           std::size_t most);

// A part of a long list: `limit` items after the first `after`.
struct Page {
  std::size_t limit = 0, after = 0;
};
inline constexpr std::size_t kUsualPage = 1000, kMaxPage = 10'000;
Result<Page> page_of(const Request& request);

// Cuts the list to the page.
template <class Items>
void cut(Items& items, const Page& page) {
  const std::size_t first = std::min(page.after, items.size());
  items.erase(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(first));
  if (items.size() > page.limit) items.resize(page.limit);
}

// Says how many there are, and where the next page is (RFC 8288).
void tell_page(const Request& request, const Page& page, std::size_t total, Answer& answer);

// As in a URL's query.
std::string percent_encoded(std::string_view text);

}  // namespace stowaway::server
