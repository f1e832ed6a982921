// Answers out of documents, texts and errors. Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/error.h"
#include "server/http_server.h"

namespace stowaway::server {

using Json = nlohmann::ordered_json;

// Foreign bytes as JSON text: U+FFFD for what is no UTF-8.
Json text_of(std::string_view bytes);

Answer answer_with(const Json& document, int status = 200);
Answer answer_with_text(std::string document, std::string type = "application/json");

// {"error": {"status": 404, "message": "…"}}
Answer refuse(int status, std::string_view message);
Answer refuse(const Error& error);
int status_of(ErrorCode code);

// Adds an entity tag, and makes it a 304 where the client has the same.
Answer with_tag(Answer answer, const Request& request);

}  // namespace stowaway::server
