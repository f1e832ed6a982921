// Files that the program carries: the description of the interface, the schemas that it refers to,
// the pages. Made by cmake/embed.cmake.
#pragma once

#include <optional>
#include <string_view>

namespace stowaway::server {

struct EmbeddedFile {
  std::string_view name, bytes;
};

std::string_view openapi_text();
std::optional<std::string_view> schema_text(std::string_view name);
// Of the pages, by name; nothing where there is none, or the program was built without pages.
std::optional<std::string_view> page_text(std::string_view name);

}  // namespace stowaway::server
