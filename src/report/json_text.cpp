#include "report/json_text.h"

#include "report/text.h"

namespace stowaway::report {

Json json_text(std::string_view bytes) { return to_utf8(bytes); }

Json json_texts(const std::vector<std::string>& items) {
  Json list = Json::array();
  for (const std::string& item : items) list.push_back(json_text(item));
  return list;
}

void set_bytes(Json& object, const std::string& key, std::string_view bytes) {
  object[key] = json_text(bytes);
  if (!is_utf8(bytes)) object[key + "_bytes"] = base64(bytes);
}

std::string to_document(const Json& json) {
  return json.dump(2, ' ', /*ensure_ascii=*/true, Json::error_handler_t::replace) + "\n";
}

}  // namespace stowaway::report
