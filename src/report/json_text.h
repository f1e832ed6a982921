// Building JSON from foreign bytes. Private to `report`.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace stowaway::report {

using Json = nlohmann::ordered_json;  // keys stay in the order in which they are set, so output is
                                      // deterministic

// Text with U+FFFD for each byte that is not UTF-8.
Json json_text(std::string_view bytes);
// The same for a list, always an array.
Json json_texts(const std::vector<std::string>& items);

// Sets `key` to the text of `bytes`, and, only where these are not UTF-8, `key`_bytes to their
// base64.
void set_bytes(Json& object, const std::string& key, std::string_view bytes);

// Indented by two, ASCII only (so that neither terminal escapes nor direction overrides survive),
// newline at the end.
std::string to_document(const Json& json);

}  // namespace stowaway::report
