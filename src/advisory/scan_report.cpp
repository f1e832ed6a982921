#include "advisory/scan_report.h"

#include <nlohmann/json.hpp>

namespace stowaway::advisory {
namespace {

using Json = nlohmann::json;

constexpr int kMaxDepth = 16;
constexpr std::string_view kSchema = "https://stowaway.invalid/schema/scan-1.json";

std::string text_at(const Json& object, const char* key) {
  if (!object.is_object()) return "";
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

const Json& list_at(const Json& object, const char* key) {
  static const Json nothing = Json::array();
  if (!object.is_object()) return nothing;
  const auto found = object.find(key);
  return found != object.end() && found->is_array() ? *found : nothing;
}

std::vector<std::string> texts_at(const Json& object, const char* key) {
  std::vector<std::string> texts;
  for (const Json& item : list_at(object, key))
    if (item.is_string()) texts.push_back(item.get<std::string>());
  return texts;
}

AuditedCopy copy_of(const Json& json) {
  return {text_at(json, "path"),         text_at(json, "component"),    text_at(json, "purl"),
          texts_at(json, "versions"),    text_at(json, "version_note"), text_at(json, "verdict"),
          texts_at(json, "alternatives")};
}

}  // namespace

bool looks_like_scan_report(std::string_view first_bytes) {
  const std::string_view head = first_bytes.substr(0, 1024);
  return head.find_first_not_of(" \t\r\n") == head.find('{') &&
         head.find(kSchema) != std::string_view::npos;
}

Result<AuditSubject> read_scan_report(std::string_view json) {
  if (json.size() > kMaxReportBytes)
    return fail(ErrorCode::limit_exceeded, "a report of {} bytes; the limit is {}", json.size(),
                kMaxReportBytes);
  const auto shallow = [](int depth, Json::parse_event_t, Json&) { return depth < kMaxDepth; };
  const Json report = Json::parse(json.begin(), json.end(), shallow, /*allow_exceptions=*/false);
  if (report.is_discarded() || !report.is_object()) return fail(ErrorCode::corrupt, "not JSON");
  if (text_at(report, "schema") != kSchema)
    return fail(ErrorCode::unsupported, "this is no JSON report of `stowaway scan`");
  match::ScanResult head;
  const auto subject = report.find("subject");
  if (subject != report.end()) {
    head.subject = text_at(*subject, "name");
    head.subject_kind = text_at(*subject, "kind");
  }
  const auto partial = report.find("partial");
  head.partial = partial != report.end() && partial->is_boolean() && partial->get<bool>();
  head.declared_only.resize(list_at(report, "declared_only").size());
  std::vector<std::string> verdicts;
  for (const Json& self : list_at(report, "self")) {
    match::SelfIdentity identity;
    identity.component = text_at(self, "component");
    identity.purl = text_at(self, "purl");
    identity.versions = texts_at(self, "versions");
    if (identity.component.empty()) continue;
    head.self.push_back(std::move(identity));
    verdicts.push_back(text_at(self, "verdict"));
  }
  AuditSubject result = subject_of(head);
  for (std::size_t i = 0; i < verdicts.size(); ++i) result.copies[i].verdict = verdicts[i];
  for (const Json& item : list_at(report, "copies"))
    if (AuditedCopy copy = copy_of(item); !copy.component.empty())
      result.copies.push_back(std::move(copy));
  return result;
}

}  // namespace stowaway::advisory
