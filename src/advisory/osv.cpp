#include "advisory/osv.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "advisory/sorted.h"
#include "base/text.h"

namespace stowaway::advisory {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxSummaryBytes = 200;

std::string text_at(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// A member that is an object or an array, or an empty one.
const Json& member(const Json& object, const char* key) {
  static const Json nothing = Json::object();
  const auto found = object.find(key);
  return found != object.end() && found->is_structured() ? *found : nothing;
}

std::vector<std::string> texts_of(const Json& list, std::size_t limit) {
  std::vector<std::string> texts;
  if (!list.is_array()) return texts;
  for (const Json& item : list)
    if (item.is_string() && texts.size() < limit) texts.push_back(item.get<std::string>());
  return texts;
}

// At most that many bytes, cut between characters.
std::string cut(std::string text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U) --bytes;
  return text.substr(0, bytes) + "…";
}

constexpr std::pair<std::string_view, EventKind> kEventKinds[] = {
    {"introduced", EventKind::introduced},
    {"fixed", EventKind::fixed},
    {"last_affected", EventKind::last_affected},
    {"limit", EventKind::limit}};

std::vector<Event> events_of(const Json& list) {
  std::vector<Event> events;
  if (!list.is_array()) return events;
  for (const Json& item : list) {
    if (!item.is_object()) continue;
    for (const auto& [name, kind] : kEventKinds) {
      std::string version = text_at(item, std::string(name).c_str());
      if (!version.empty() && events.size() < kMaxEvents)
        events.push_back({kind, std::move(version)});
    }
  }
  return events;
}

std::optional<Range> range_of(const Json& json) {
  if (!json.is_object()) return std::nullopt;
  Range range;
  const std::string type = text_at(json, "type");
  if (type == "GIT")
    range.kind = RangeKind::git;
  else if (type == "SEMVER")
    range.kind = RangeKind::semver;
  else if (type != "ECOSYSTEM")
    return std::nullopt;
  range.repo = text_at(json, "repo");
  range.events = events_of(member(json, "events"));
  // Converters of the CVE list keep what it says of versions beside the commits, under these names.
  const Json& own = member(json, "database_specific");
  for (const char* key : {"versions", "extracted_events"})
    if (range.stated.empty() && own.is_object()) range.stated = events_of(member(own, key));
  return range;
}

std::string purl_without_version(std::string purl) {
  const std::size_t tail = std::min(purl.find_first_of("?#"), purl.size());
  const std::size_t at = purl.rfind('@', tail);
  // "@" may stand for itself in an npm scope, in front of the name.
  const bool is_version = at != std::string::npos && at < tail && at > 0 && purl[at - 1] != '/';
  if (is_version) purl.erase(at, tail - at);
  return purl;
}

Affected affected_of(const Json& json) {
  Affected affected;
  const Json& package = member(json, "package");
  if (package.is_object()) {
    affected.ecosystem = text_at(package, "ecosystem");
    affected.name = text_at(package, "name");
    affected.purl = purl_without_version(text_at(package, "purl"));
  }
  const Json& ranges = member(json, "ranges");
  if (ranges.is_array())
    for (const Json& item : ranges)
      if (auto range = range_of(item)) affected.ranges.push_back(*std::move(range));
  affected.versions = texts_of(member(json, "versions"), kMaxEvents);
  return affected;
}

// Where publishers put a word for the severity.
void add_words(const Json& json, Record& record) {
  const auto add = [&](const Json& holder, const char* key) {
    if (!holder.is_object()) return;
    if (const auto level = level_named(text_at(holder, key)))
      record.ratings.push_back({*level, -1, ""});
  };
  const Json& own = member(json, "database_specific");
  add(own, "severity");
  if (own.is_object()) add(member(own, "evidence"), "severity");
  const Json& affected = member(json, "affected");
  if (!affected.is_array()) return;
  for (const Json& item : affected) {
    if (!item.is_object()) continue;
    add(member(item, "ecosystem_specific"), "severity");
    add(member(item, "ecosystem_specific"), "urgency");
    add(member(item, "database_specific"), "severity");
  }
}

void add_vectors(const Json& list, Record& record) {
  if (!list.is_array()) return;
  for (const Json& item : list) {
    if (!item.is_object()) continue;
    const std::string score = text_at(item, "score");
    if (auto rating = rating_of(score))
      record.ratings.push_back(*std::move(rating));
    else if (const auto level = level_named(score))
      record.ratings.push_back({*level, -1, ""});
  }
}

void add_ratings(const Json& json, Record& record) {
  add_vectors(member(json, "severity"), record);
  const Json& affected = member(json, "affected");
  if (affected.is_array())
    for (const Json& item : affected)
      if (item.is_object()) add_vectors(member(item, "severity"), record);
  add_words(json, record);
  std::ranges::stable_sort(record.ratings, weighs_more);
  const auto same = [](const Rating& a, const Rating& b) {
    return a.level == b.level && a.score == b.score && a.vector == b.vector;
  };
  record.ratings.erase(std::unique(record.ratings.begin(), record.ratings.end(), same),
                       record.ratings.end());
}

bool is_commit(std::string_view text) {
  return text.size() >= 7 && text.size() <= 64 &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// What the set that comes with Stowaway says of its own records (advisories/README.md).
void add_own(const Json& own, Record& record) {
  if (!own.is_object()) return;
  const auto sources = texts_of(member(own, "source"), kMaxAliases);
  record.source =
      sources.empty() ? text_at(own, "source") : fmt::format("{}", fmt::join(sources, ", "));
  for (const char* key : {"cwe", "cwe_ids"})
    for (std::string& cwe : texts_of(member(own, key), kMaxAliases))
      record.cwes.push_back(std::move(cwe));
  const auto known = own.find("introduced_known");
  if (known != own.end() && known->is_boolean())
    for (Affected& affected : record.affected) affected.introduced_known = known->get<bool>();
  const Json& evidence = member(own, "evidence");
  if (!evidence.is_object()) return;
  if (const std::string commit = text_at(evidence, "fix_commit"); is_commit(commit))
    record.fix_commits.push_back(commit);
  for (const Json& fix : member(evidence, "fix_commits")) {
    const std::string commit = fix.is_string()   ? fix.get<std::string>()
                               : fix.is_object() ? text_at(fix, "commit")
                                                 : "";
    if (is_commit(commit)) record.fix_commits.push_back(commit);
  }
}

void add_git_fixes(Record& record) {
  for (const Affected& affected : record.affected)
    for (const Range& range : affected.ranges)
      for (const Event& event : range.events)
        if (range.kind == RangeKind::git && event.kind == EventKind::fixed &&
            is_commit(event.version))
          record.fix_commits.push_back(event.version);
}

Result<Record> record_of(const Json& json) {
  if (!json.is_object()) return fail(ErrorCode::corrupt, "a record is not a JSON object");
  Record record;
  record.id = text_at(json, "id");
  if (record.id.empty() || record.id.size() > 200)
    return fail(ErrorCode::corrupt, "a record has no id");
  record.aliases = texts_of(member(json, "aliases"), kMaxAliases);
  // "upstream" (1.7) leads from a distribution's advisory to those that it is about.
  for (std::string& id : texts_of(member(json, "upstream"), kMaxAliases))
    record.aliases.push_back(std::move(id));
  std::erase_if(record.aliases,
                [&](const std::string& alias) { return alias.empty() || alias == record.id; });
  sort_once(record.aliases);
  record.summary = text_at(json, "summary");
  if (record.summary.empty()) record.summary = text_at(json, "details");
  record.summary =
      cut(record.summary.substr(0, record.summary.find_first_of("\r\n")), kMaxSummaryBytes);
  record.modified = text_at(json, "modified");
  record.withdrawn = text_at(json, "withdrawn");
  const Json& affected = member(json, "affected");
  if (affected.is_array())
    for (const Json& item : affected)
      if (item.is_object() && record.affected.size() < kMaxAffected)
        record.affected.push_back(affected_of(item));
  add_ratings(json, record);
  add_own(member(json, "database_specific"), record);
  add_git_fixes(record);
  sort_once(record.cwes);
  sort_once(record.fix_commits);
  return record;
}

Json parse(std::string_view text, const Json::parser_callback_t& on_event) {
  return Json::parse(text.begin(), text.end(), on_event, /*allow_exceptions=*/false);
}

// Drops what lies deeper than any record needs, so that nothing recurses without end.
bool shallow(int depth, Json::parse_event_t, Json&) {
  return depth < static_cast<int>(kMaxRecordDepth);
}

Result<void> read_lines(std::string_view text, const std::function<Result<void>(Record)>& use,
                        const Complaint& complain) {
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.empty()) continue;
    auto record = read_record(line);
    if (!record)
      complain(record.error().within(fmt::format("line {}", number)));
    else
      STOWAWAY_TRY_VOID(use(*std::move(record)));
  }
  return {};
}

// An array is read element by element: each is handed over and dropped as it ends.
Result<void> read_array(std::string_view text, const std::function<Result<void>(Record)>& use,
                        const Complaint& complain) {
  Result<void> used;
  std::size_t number = 0;
  const auto on_event = [&](int depth, Json::parse_event_t event, Json& value) {
    if (depth >= static_cast<int>(kMaxRecordDepth)) return false;
    if (event != Json::parse_event_t::object_end || depth != 1) return true;
    ++number;
    auto record = record_of(value);
    if (!record)
      complain(record.error().within(fmt::format("record {}", number)));
    else if (used)
      used = use(*std::move(record));
    return false;
  };
  const Json rest = parse(text, on_event);
  if (!used) return used;
  if (rest.is_discarded() && !text.ends_with(']') && number == 0)
    return fail(ErrorCode::corrupt, "not JSON");
  if (rest.is_discarded())
    complain({ErrorCode::corrupt, fmt::format("not JSON after record {}", number)});
  return {};
}

Json json_of(const std::vector<Event>& events) {
  Json list = Json::array();
  for (const Event& event : events)
    for (const auto& [name, kind] : kEventKinds)
      if (kind == event.kind) list.push_back({{name, event.version}});
  return list;
}

Json json_of(const Range& range) {
  static constexpr const char* kTypes[] = {"SEMVER", "ECOSYSTEM", "GIT"};
  Json json{{"type", kTypes[static_cast<int>(range.kind)]}, {"events", json_of(range.events)}};
  if (!range.repo.empty()) json["repo"] = range.repo;
  if (!range.stated.empty()) json["database_specific"] = {{"versions", json_of(range.stated)}};
  return json;
}

Json json_of(const Affected& affected) {
  Json json = Json::object();
  Json package = Json::object();
  if (!affected.ecosystem.empty()) package["ecosystem"] = affected.ecosystem;
  if (!affected.name.empty()) package["name"] = affected.name;
  if (!affected.purl.empty()) package["purl"] = affected.purl;
  if (!package.empty()) json["package"] = std::move(package);
  for (const Range& range : affected.ranges) json["ranges"].push_back(json_of(range));
  if (!affected.versions.empty()) json["versions"] = affected.versions;
  return json;
}

}  // namespace

Result<Record> read_record(std::string_view json) {
  if (json.size() > kMaxRecordBytes)
    return fail(ErrorCode::limit_exceeded, "a record of {} bytes; the limit is {}", json.size(),
                kMaxRecordBytes);
  const Json parsed = parse(json, shallow);
  if (parsed.is_discarded()) return fail(ErrorCode::corrupt, "not JSON");
  return record_of(parsed);
}

Result<void> read_records(std::string_view text, const std::function<Result<void>(Record)>& use,
                          const Complaint& complain) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  text = trimmed(text);
  if (text.starts_with('[')) return read_array(text, use, complain);
  if (!text.starts_with('{')) return fail(ErrorCode::corrupt, "neither a JSON object nor an array");
  // A record on one line with others below it is a file of lines.
  const std::string_view first = trimmed(text.substr(0, text.find('\n')));
  const bool lines = first.size() < text.size() && first.ends_with('}') && Json::accept(first);
  if (lines) return read_lines(text, use, complain);
  STOWAWAY_TRY(Record record, read_record(text));
  return use(std::move(record));
}

std::string write_record(const Record& record) {
  Json json{{"id", record.id}};
  if (!record.aliases.empty()) json["aliases"] = record.aliases;
  if (!record.summary.empty()) json["summary"] = record.summary;
  if (!record.modified.empty()) json["modified"] = record.modified;
  if (!record.withdrawn.empty()) json["withdrawn"] = record.withdrawn;
  Json own = Json::object();
  if (!record.source.empty()) own["source"] = Json::array({record.source});
  if (!record.cwes.empty()) own["cwe"] = record.cwes;
  const bool known = std::ranges::all_of(record.affected, &Affected::introduced_known);
  if (!known) own["introduced_known"] = false;
  if (!record.fix_commits.empty()) own["evidence"] = {{"fix_commits", record.fix_commits}};
  for (const Rating& rating : record.ratings) {
    if (rating.vector.empty()) {
      if (!own.contains("severity")) own["severity"] = name_of(rating.level);  // the worst is first
      continue;
    }
    const char* type = rating.vector.starts_with("CVSS:4")   ? "CVSS_V4"
                       : rating.vector.starts_with("CVSS:3") ? "CVSS_V3"
                                                             : "CVSS_V2";
    json["severity"].push_back({{"type", type}, {"score", rating.vector}});
  }
  if (!own.empty()) json["database_specific"] = std::move(own);
  for (const Affected& affected : record.affected) json["affected"].push_back(json_of(affected));
  return json.dump(-1, ' ', /*ensure_ascii=*/true, Json::error_handler_t::replace);
}

}  // namespace stowaway::advisory
