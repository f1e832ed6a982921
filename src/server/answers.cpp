#include "server/answers.h"

#include <fmt/format.h>
#include <xxhash.h>

#include "ledger/sql.h"

namespace stowaway::server {

Json text_of(std::string_view bytes) { return ledger::sql::as_text(bytes); }

Answer answer_with(const Json& document, int status) {
  return {status,
          "application/json",
          document.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n",
          {}};
}

Answer answer_with_text(std::string document, std::string type) {
  return {200, std::move(type), std::move(document), {}};
}

Answer refuse(int status, std::string_view message) {
  return answer_with({{"error", {{"status", status}, {"message", text_of(message)}}}}, status);
}

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument:
    case ErrorCode::corrupt: return 400;
    case ErrorCode::not_found: return 404;
    case ErrorCode::limit_exceeded: return 413;
    case ErrorCode::unsupported: return 415;
    case ErrorCode::unavailable:
    case ErrorCode::cancelled: return 503;
    case ErrorCode::io: return 500;
  }
  return 500;
}

Answer refuse(const Error& error) {
  Answer answer = refuse(status_of(error.code), error.message);
  if (answer.status == 503) answer.headers.emplace_back("Retry-After", "2");
  return answer;
}

Answer with_tag(Answer answer, const Request& request) {
  if (answer.status != 200 || request.method != "GET") return answer;
  const XXH128_hash_t hash = XXH3_128bits(answer.body.data(), answer.body.size());
  const std::string tag = fmt::format("\"{:016x}{:016x}\"", hash.high64, hash.low64);
  const auto known = request.headers.find("if-none-match");
  if (known != request.headers.end() && known->second.find(tag) != std::string::npos)
    answer = {304, answer.type, "", std::move(answer.headers)};
  answer.headers.emplace_back("ETag", tag);
  return answer;
}

}  // namespace stowaway::server
