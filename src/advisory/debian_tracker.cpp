#include "advisory/debian_tracker.h"

#include <nlohmann/json.hpp>
#include <optional>

#include "base/text.h"
#include "base/versions.h"

namespace stowaway::advisory {
namespace {

using Json = nlohmann::json;

constexpr int kMaxDepth = 16;
constexpr std::size_t kMaxSummaryBytes = 200;

std::string text_at(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

struct Suite {
  std::string status, fixed, urgency;
};

// The suite that says most about upstream: unstable, else that with the highest fixed version.
std::optional<Suite> telling_suite(const Json& releases) {
  std::optional<Suite> best;
  for (const auto& [name, json] : releases.items()) {
    if (!json.is_object()) continue;
    Suite suite{text_at(json, "status"), text_at(json, "fixed_version"), text_at(json, "urgency")};
    if (name == "sid") return suite;
    if (!best || compare_debian(best->fixed, suite.fixed) < 0) best = std::move(suite);
  }
  return best;
}

std::string first_line(std::string text) {
  text = text.substr(0, text.find_first_of("\r\n"));
  if (text.size() <= kMaxSummaryBytes) return text;
  std::size_t end = kMaxSummaryBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "…";
}

std::optional<Record> record_of(const std::string& package, const std::string& name,
                                const Json& json) {
  const auto releases = json.find("releases");
  if (package.empty() || name.empty() || releases == json.end() || !releases->is_object())
    return std::nullopt;
  const auto suite = telling_suite(*releases);
  if (!suite || suite->fixed == "0") return std::nullopt;
  const bool resolved = suite->status == "resolved" && !suite->fixed.empty();
  if (!resolved && suite->status != "open") return std::nullopt;
  Record record;
  record.id = "DEBIAN-" + package + "-" + name;
  record.aliases = {name};
  record.summary = first_line(text_at(json, "description"));
  record.source = "debian-tracker";
  if (const auto level = level_named(suite->urgency)) record.ratings.push_back({*level, -1, ""});
  Range range{RangeKind::ecosystem, "", {{EventKind::introduced, "0"}}, {}};
  if (resolved) range.events.push_back({EventKind::fixed, suite->fixed});
  record.affected.push_back({"Debian", package, "", {std::move(range)}, {}, false});
  return record;
}

}  // namespace

Result<void> read_debian_tracker(std::string_view json,
                                 const std::function<Result<void>(Record)>& use) {
  Result<void> used;
  std::string package, name;
  bool found = false;
  const auto on_event = [&](int depth, Json::parse_event_t event, Json& value) {
    if (depth >= kMaxDepth) return false;
    if (event == Json::parse_event_t::key && value.is_string() && depth <= 2)
      (depth == 1 ? package : name) = value.get<std::string>();
    if (event != Json::parse_event_t::object_end || depth == 0 || depth > 2) return true;
    if (depth == 2) {
      found = found || value.contains("releases");
      if (auto record = record_of(package, name, value); record && used)
        used = use(*std::move(record));
    }
    return false;  // what was read is dropped
  };
  const Json rest = Json::parse(json.begin(), json.end(), on_event, /*allow_exceptions=*/false);
  if (!used) return used;
  if (!found || rest.is_discarded())
    return fail(ErrorCode::corrupt, "this is no whole dump of the Debian security tracker");
  return {};
}

}  // namespace stowaway::advisory
