#include "advisory/vex.h"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/text.h"

namespace stowaway::advisory {
namespace {

using Json = nlohmann::json;

constexpr int kMaxDepth = 64;

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

const Json& object_at(const Json& object, const char* key) {
  static const Json nothing = Json::object();
  if (!object.is_object()) return nothing;
  const auto found = object.find(key);
  return found != object.end() && found->is_object() ? *found : nothing;
}

std::string first_of(std::initializer_list<std::string> texts) {
  for (const std::string& text : texts)
    if (!text.empty()) return text;
  return "";
}

std::optional<StatementStatus> status_named(std::string_view name) {
  for (const StatementStatus status :
       {StatementStatus::not_affected, StatementStatus::affected, StatementStatus::fixed,
        StatementStatus::under_investigation})
    if (name == name_of(status)) return status;
  return std::nullopt;
}

// CycloneDX's analysis.state.
StatementStatus status_of_state(std::string_view state) {
  if (state == "not_affected" || state == "false_positive") return StatementStatus::not_affected;
  if (state == "resolved" || state == "resolved_with_pedigree") return StatementStatus::fixed;
  if (state == "exploitable") return StatementStatus::affected;
  return StatementStatus::under_investigation;
}

std::vector<std::string> names_of_vulnerability(const Json& json) {
  std::vector<std::string> names;
  const auto add = [&](const std::string& name) {
    // "https://nvd.nist.gov/vuln/detail/CVE-2022-37434": what stands last is the name.
    const std::size_t slash = name.rfind('/');
    const std::string last = slash == std::string::npos ? name : name.substr(slash + 1);
    if (!last.empty()) names.push_back(last);
  };
  if (json.is_string()) add(json.get<std::string>());
  add(text_at(json, "name"));
  if (names.empty()) add(text_at(json, "@id"));
  for (const Json& alias : list_at(json, "aliases"))
    if (alias.is_string()) add(alias.get<std::string>());
  return names;
}

std::string identifier_of(const Json& json) {
  if (json.is_string()) return json.get<std::string>();
  const std::string id = text_at(json, "@id");
  if (id.starts_with("copy:")) return id;
  return first_of({text_at(object_at(json, "identifiers"), "purl"), id,
                   text_at(object_at(json, "identifiers"), "cpe23")});
}

Result<void> add(Statement statement, std::vector<Statement>& statements) {
  if (statements.size() >= kMaxStatements)
    return fail(ErrorCode::limit_exceeded, "more than {} statements", kMaxStatements);
  statements.push_back(std::move(statement));
  return {};
}

Result<void> add_open_vex(const Json& json, const Statement& common,
                          std::vector<Statement>& statements) {
  const auto status = status_named(text_at(json, "status"));
  const auto vulnerability = json.is_object() ? json.find("vulnerability") : json.end();
  if (!status || !json.is_object() || vulnerability == json.end()) return {};
  Statement statement = common;
  statement.status = *status;
  statement.vulnerabilities = names_of_vulnerability(*vulnerability);
  if (statement.vulnerabilities.empty()) return {};
  statement.justification = text_at(json, "justification");
  statement.detail = first_of({text_at(json, "impact_statement"), text_at(json, "action_statement"),
                               text_at(json, "status_notes")});
  statement.timestamp = first_of({text_at(json, "timestamp"), common.timestamp});
  const Json& products = list_at(json, "products");
  if (products.empty()) return add(statement, statements);
  for (const Json& product : products) {
    statement.product = identifier_of(product);
    statement.part.clear();
    const Json& parts = list_at(product, "subcomponents");
    if (parts.empty()) STOWAWAY_TRY_VOID(add(statement, statements));
    for (const Json& part : parts) {
      statement.part = identifier_of(part);
      STOWAWAY_TRY_VOID(add(statement, statements));
    }
  }
  return {};
}

Result<std::vector<Statement>> read_open_vex(const Json& json, const std::string& file) {
  Statement common;
  common.file = file;
  common.author = text_at(json, "author");
  common.timestamp = first_of({text_at(json, "last_updated"), text_at(json, "timestamp")});
  std::vector<Statement> statements;
  for (const Json& item : list_at(json, "statements"))
    STOWAWAY_TRY_VOID(add_open_vex(item, common, statements));
  return statements;
}

// Package URLs of the components of a bill of materials, by bom-ref; with an own stack, because
// components nest as deep as somebody likes.
std::map<std::string, std::string> purls_of(const Json& bom) {
  std::map<std::string, std::string> purls;
  std::vector<const Json*> waiting{&bom};
  const Json& subject = object_at(object_at(bom, "metadata"), "component");
  waiting.push_back(&subject);
  while (!waiting.empty()) {
    const Json& json = *waiting.back();
    waiting.pop_back();
    if (const std::string reference = text_at(json, "bom-ref"); !reference.empty())
      purls.emplace(reference, text_at(json, "purl"));
    for (const Json& child : list_at(json, "components")) waiting.push_back(&child);
  }
  return purls;
}

// The part after "#" of "urn:cdx:SERIAL/VERSION#REFERENCE", a link to another bill of materials.
std::string local_reference(const std::string& reference) {
  const std::size_t hash = reference.find('#');
  return reference.starts_with("urn:cdx:") && hash != std::string::npos ? reference.substr(hash + 1)
                                                                        : reference;
}

Result<std::vector<Statement>> read_cyclonedx(const Json& bom, const std::string& file) {
  const auto purls = purls_of(bom);
  const Json& metadata = object_at(bom, "metadata");
  const Json& subject = object_at(metadata, "component");
  const std::string subject_reference = text_at(subject, "bom-ref");
  Statement common;
  common.file = file;
  common.product = first_of({text_at(subject, "purl"), text_at(subject, "name")});
  common.timestamp = text_at(metadata, "timestamp");
  for (const Json& author : list_at(metadata, "authors"))
    if (common.author.empty()) common.author = text_at(author, "name");
  std::vector<Statement> statements;
  for (const Json& json : list_at(bom, "vulnerabilities")) {
    const Json& analysis = object_at(json, "analysis");
    Statement statement = common;
    if (const std::string id = text_at(json, "id"); !id.empty()) statement.vulnerabilities = {id};
    for (const Json& reference : list_at(json, "references"))
      if (const std::string id = text_at(reference, "id"); !id.empty())
        statement.vulnerabilities.push_back(id);
    if (statement.vulnerabilities.empty() || analysis.empty()) continue;
    statement.status = status_of_state(text_at(analysis, "state"));
    statement.justification = text_at(analysis, "justification");
    statement.detail = text_at(analysis, "detail");
    statement.timestamp = first_of({text_at(analysis, "lastUpdated"), text_at(json, "updated"),
                                    text_at(analysis, "firstIssued"), common.timestamp});
    for (const Json& affects : list_at(json, "affects")) {
      const std::string reference = local_reference(text_at(affects, "ref"));
      const auto purl = purls.find(reference);
      statement.part = reference.starts_with("copy:") || purl == purls.end() || purl->second.empty()
                           ? reference
                           : purl->second;
      if (reference == subject_reference) statement.part.clear();
      STOWAWAY_TRY_VOID(add(statement, statements));
    }
    if (list_at(json, "affects").empty()) STOWAWAY_TRY_VOID(add(statement, statements));
  }
  return statements;
}

struct PurlParts {
  std::string package, version;
};

PurlParts parts_of(std::string_view purl) {
  const std::size_t tail = std::min(purl.find_first_of("?#"), purl.size());
  const std::size_t subpath = purl.find('#');
  std::size_t at = purl.substr(0, tail).rfind('@');
  if (at != std::string_view::npos && at > 0 && purl[at - 1] == '/') at = std::string_view::npos;
  PurlParts parts;
  parts.package = to_lower(purl.substr(0, std::min(at, tail)));
  if (subpath != std::string_view::npos) parts.package += to_lower(purl.substr(subpath));
  if (at != std::string_view::npos) parts.version = std::string(purl.substr(at + 1, tail - at - 1));
  return parts;
}

}  // namespace

std::string_view name_of(StatementStatus status) {
  switch (status) {
    case StatementStatus::not_affected: return "not_affected";
    case StatementStatus::affected: return "affected";
    case StatementStatus::fixed: return "fixed";
    case StatementStatus::under_investigation: return "under_investigation";
  }
  return "under_investigation";
}

Result<std::vector<Statement>> read_vex(std::string_view json, const std::string& file) {
  if (json.size() > kMaxVexBytes)
    return fail(ErrorCode::limit_exceeded, "{}: over {} bytes", file, kMaxVexBytes);
  const auto shallow = [](int depth, Json::parse_event_t, Json&) { return depth < kMaxDepth; };
  const Json parsed = Json::parse(json.begin(), json.end(), shallow, /*allow_exceptions=*/false);
  if (parsed.is_discarded() || !parsed.is_object())
    return fail(ErrorCode::corrupt, "{}: not a JSON object", file);
  if (text_at(parsed, "bomFormat") == "CycloneDX") return read_cyclonedx(parsed, file);
  if (text_at(parsed, "@context").find("openvex") != std::string::npos)
    return read_open_vex(parsed, file);
  return fail(ErrorCode::unsupported, "{}: neither OpenVEX nor CycloneDX", file);
}

std::string copy_reference(std::string_view path, std::string_view component) {
  const auto encode = [](std::string_view bytes, std::string_view kept) {
    std::string out;
    for (const char c : bytes) {
      const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (plain || std::string_view("-._~").find(c) != std::string_view::npos ||
          kept.find(c) != std::string_view::npos)
        out += c;
      else
        out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
  };
  return "copy:" + encode(path, "/") + "#" + encode(component, "");
}

bool is_same_package(std::string_view wanted, std::string_view purl, std::string_view version) {
  if (!wanted.starts_with("pkg:") || !purl.starts_with("pkg:")) return false;
  const PurlParts a = parts_of(wanted), b = parts_of(purl);
  if (a.package != b.package) return false;
  return a.version.empty() || a.version == version;
}

}  // namespace stowaway::advisory
