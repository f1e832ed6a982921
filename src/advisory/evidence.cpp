#include "advisory/evidence.h"

#include <nlohmann/json.hpp>

namespace stowaway::advisory {
namespace {

using Json = nlohmann::json;

constexpr int kMaxDepth = 16;

std::string text_at(const Json& object, const char* key) {
  if (!object.is_object()) return "";
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string join(const std::string& a, const std::string& b) {
  return a.empty() || b.empty() ? a + b : a + ": " + b;
}

Observation observation_of(const Json& json, bool is_test) {
  Observation out;
  out.path = text_at(json, "path");
  out.component = text_at(json, "component");
  out.advisory = text_at(json, "advisory");
  if (is_test) {
    out.testcase_verdict = testcase_verdict_named(text_at(json, "verdict"));
    out.testcase_detail = join(text_at(json, "case"), text_at(json, "evidence"));
  } else {
    out.patch_form = patch_form_named(text_at(json, "form"));
    out.patch_detail = text_at(json, "detail");
  }
  return out;
}

}  // namespace

Result<std::vector<Observation>> read_evidence(std::string_view json) {
  if (json.size() > kMaxEvidenceBytes)
    return fail(ErrorCode::limit_exceeded, "over {} bytes", kMaxEvidenceBytes);
  const auto shallow = [](int depth, Json::parse_event_t, Json&) { return depth < kMaxDepth; };
  const Json parsed = Json::parse(json.begin(), json.end(), shallow, /*allow_exceptions=*/false);
  if (parsed.is_discarded() || !parsed.is_object())
    return fail(ErrorCode::corrupt, "not a JSON object");
  const std::string format = text_at(parsed, "format");
  const bool is_test = format == "stowaway-testcase-run-1";
  if (!is_test && format != "stowaway-patches-1")
    return fail(ErrorCode::unsupported,
                "neither the outcomes of `stowaway testcase run --format json` nor patch presence");
  std::vector<Observation> observations;
  const auto list = parsed.find(is_test ? "outcomes" : "copies");
  if (list == parsed.end() || !list->is_array()) return observations;
  for (const Json& item : *list) {
    Observation one = observation_of(item, is_test);
    const bool says_something = one.patch_form || one.testcase_verdict;
    if (says_something && !one.component.empty() && !one.advisory.empty())
      observations.push_back(std::move(one));
  }
  return observations;
}

}  // namespace stowaway::advisory
