#include "report/advisory.h"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "report/audit_json.h"
#include "report/style.h"
#include "report/text.h"
#include "report/vex_common.h"

namespace stowaway::report {
namespace {

using advisory::EventKind;

std::string rating_text(const advisory::Rating& rating) {
  if (rating.level == advisory::Level::unknown && rating.vector.empty()) return "-";
  return std::string(advisory::name_of(rating.level)) +
         (rating.score < 0 ? "" : fmt::format(" {:.1f}", rating.score));
}

// The fixed versions that the records state, each once.
std::string fixes_of(const advisory::Advisory& advisory, const std::vector<std::string>& keys) {
  std::string text;
  std::set<std::string> seen;
  for (const advisory::Record& record : advisory.records)
    for (const advisory::Affected& affected : record.affected) {
      if (!keys.empty() && !advisory::concerns(affected, keys)) continue;
      for (const advisory::Range& range : affected.ranges)
        for (const advisory::Event& event : range.events)
          if (range.kind != advisory::RangeKind::git && event.kind == EventKind::fixed &&
              seen.insert(event.version).second)
            text += (text.empty() ? "" : ", ") + event.version;
    }
  return text.empty() ? "-" : text;
}

// "0 up to before 1.2.13", "1.1 up to 1.1.5".
std::string range_text(const advisory::Range& range) {
  std::string text;
  for (const advisory::Event& event : range.events) {
    switch (event.kind) {
      case EventKind::introduced: text += (text.empty() ? "" : "; ") + event.version; break;
      case EventKind::fixed: text += " up to before " + event.version; break;
      case EventKind::last_affected: text += " up to " + event.version; break;
      case EventKind::limit: text += " within " + event.version; break;
    }
  }
  const bool ends = std::ranges::any_of(
      range.events, [](const auto& event) { return event.kind != EventKind::introduced; });
  if (!ends) text += " and later";
  return range.kind == advisory::RangeKind::git ? "commits of " + range.repo + ": " + text : text;
}

std::string package_text(const advisory::Affected& affected) {
  const std::string name = affected.purl.empty() ? affected.name : affected.purl;
  const std::string text = affected.ecosystem.empty() ? name : affected.ecosystem + " " + name;
  return text.empty() ? "(by its repository)" : text;
}

std::string record_text(const advisory::Record& record, std::size_t line) {
  std::string head = record.id;
  if (!record.source.empty()) head += ", by " + record.source;
  if (!record.modified.empty()) head += ", modified " + record.modified;
  if (!record.withdrawn.empty()) head += ", withdrawn " + record.withdrawn;
  std::string out = indented(to_line(head), 0, line);
  for (const advisory::Affected& affected : record.affected) {
    out += indented(to_line(package_text(affected)), 2, line);
    for (const advisory::Range& range : affected.ranges)
      out += indented(to_line(range_text(range)), 4, line);
    if (!affected.versions.empty())
      out += indented(to_line(fmt::format("{} versions listed: {} … {}", affected.versions.size(),
                                          affected.versions.front(), affected.versions.back())),
                      4, line);
    if (!affected.introduced_known)
      out += indented("the first affected version is not known", 4, line);
  }
  return out;
}

}  // namespace

std::string advisories_text(const std::vector<advisory::Advisory>& advisories,
                            const std::vector<std::string>& component_keys,
                            const Options& options) {
  if (advisories.empty()) return "No advisory.\n";
  const std::size_t line = line_columns(options);
  constexpr std::size_t kId = 20, kRating = 14, kFix = 14;
  std::string out;
  const auto cell = [](const std::string& text, std::size_t width) {
    const std::string cut = shorten_end(text, width - 1);
    return cut + std::string(width - columns_of(cut), ' ');
  };
  for (const advisory::Advisory& advisory : advisories) {
    const std::string summary = advisory.withdrawn ? "withdrawn" : to_line(advisory.summary);
    std::string text = cell(to_line(advisory.id), kId) +
                       cell(rating_text(advisory.rating), kRating) +
                       cell(to_line(fixes_of(advisory, component_keys)), kFix) +
                       shorten_end(summary, std::max<std::size_t>(line - kId - kRating - kFix, 10));
    text.erase(text.find_last_not_of(' ') + 1);
    out += text + "\n";
  }
  return out;
}

std::string advisories_json(const std::vector<advisory::Advisory>& advisories) {
  Json list = Json::array();
  for (const advisory::Advisory& advisory : advisories) list.push_back(advisory_json(advisory));
  return to_document({{"advisories", std::move(list)}});
}

std::string advisory_text(const advisory::Advisory& advisory, const Options& options) {
  const std::size_t line = line_columns(options);
  const Style style(options);
  std::string out = style(Paint::strong, to_line(advisory.id)) + "\n";
  const auto say = [&](std::string_view what, const std::string& text) {
    if (!text.empty() && text != "-")
      out += indented(to_line(fmt::format("{}: {}", what, text)), 2, line);
  };
  const auto joined = [](const std::vector<std::string>& items) {
    std::string text;
    for (const std::string& item : items) text += (text.empty() ? "" : ", ") + item;
    return text;
  };
  if (advisory.withdrawn) out += "  withdrawn\n";
  if (!advisory.summary.empty()) out += indented(to_line(advisory.summary), 2, line);
  say("also called", joined(advisory.aliases));
  say("severity", rating_text(advisory.rating) +
                      (advisory.rating.vector.empty() ? "" : ", " + advisory.rating.vector));
  say("weakness", joined(advisory.cwes));
  say("fixed by", joined(advisory.fix_commits));
  say("read", link_of(advisory.id));
  for (const advisory::Record& record : advisory.records) out += "\n" + record_text(record, line);
  return out;
}

std::string advisory_document(const advisory::Advisory& advisory) {
  return to_document(advisory_json(advisory));
}

}  // namespace stowaway::report
