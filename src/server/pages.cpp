#include "server/pages.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "server/answers.h"
#include "server/texts.h"

namespace stowaway::server {
namespace {

constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src "
    "'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    // No page takes HTML from a text; then none may.
    "require-trusted-types-for 'script'; trusted-types 'none'";

std::string_view type_of(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kTypes{{
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".svg", "image/svg+xml"},
      {".json", "application/json"},
  }};
  for (const auto& [suffix, type] : kTypes)
    if (name.ends_with(suffix)) return type;
  return "application/octet-stream";
}

Answer page(std::string_view name, std::string_view bytes) {
  Answer answer{200, std::string(type_of(name)), std::string(bytes), {}};
  answer.headers = {{"Content-Security-Policy", std::string(kPolicy)},
                    {"Referrer-Policy", "no-referrer"},
                    {"Cross-Origin-Opener-Policy", "same-origin"},
                    {"X-Frame-Options", "DENY"},
                    {"Cache-Control", "no-cache"}};
  return answer;
}

// Drawn by the page's script: "/", "/component", "/subject", …
bool is_drawn(std::string_view path) {
  static constexpr std::string_view kDrawn[] = {"/",       "/component", "/subject", "/advisory",
                                                "/search", "/try",       "/sign-in"};
  return std::ranges::find(kDrawn, path) != std::end(kDrawn);
}

}  // namespace

Answer page_at(const Request& request) {
  const std::string name = is_drawn(request.path) ? "index.html" : request.path.substr(1);
  const auto bytes = page_text(name);
  if (!bytes)
    return refuse(404, is_drawn(request.path)
                           ? "this server was built without its pages (docs/guide/pages.md); "
                             "/openapi.json describes what else it answers"
                           : "there is nothing here");
  return with_tag(page(name, *bytes), request);
}

}  // namespace stowaway::server
