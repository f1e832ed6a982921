#include "kb/miner/version_rule.h"

#include <algorithm>
#include <array>

namespace stowaway::kb {
namespace {

std::string mapped(const std::string& map, std::string text) {
  if (map == "us" || map == "usdash") std::ranges::replace(text, '_', '.');
  if (map == "dash" || map == "usdash") std::ranges::replace(text, '-', '.');
  if (map == "stripv" && text.starts_with('v')) text.erase(0, 1);
  const bool digits =
      map == "digits" && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) return text;
  std::string dotted;
  for (const char c : text) dotted.append(dotted.empty() ? "" : ".").push_back(c);
  return dotted;
}

bool is_map(std::string_view map) {
  static constexpr std::array<std::string_view, 6> kMaps{"id",     "us",     "dash",
                                                         "usdash", "digits", "stripv"};
  return std::ranges::find(kMaps, map) != kMaps.end();
}

}  // namespace

Result<VersionRule> VersionRule::parse(const std::string& rule, const std::string& regex) {
  VersionRule out;
  const std::size_t first = rule.find(':'), last = rule.rfind(':');
  const std::string head = rule.substr(0, first);
  if (rule == "rolling") {
    out.where_ = Where::rolling;
    return out;
  }
  if (head == "fixed" && first != std::string::npos) {
    out.where_ = Where::fixed;
    out.argument_ = rule.substr(first + 1);
    return out;
  }
  out.map_ = first == std::string::npos ? rule : rule.substr(last + 1);
  if (head == "subject" && first == last) out.where_ = Where::subjects;
  if (head == "filehist" && first != last) {
    out.where_ = Where::file_history;
    out.argument_ = rule.substr(first + 1, last - first - 1);
  }
  if (!is_map(out.map_) || (first != std::string::npos && out.where_ == Where::tags))
    return fail(ErrorCode::invalid_argument, "unknown version rule \"{}\"", rule);

  STOWAWAY_TRY(out.expression_, Expression::compile(regex, out.where_ == Where::file_history));
  if (out.expression_->groups() < 1)
    return fail(ErrorCode::invalid_argument, "expression \"{}\" captures no version", regex);
  return out;
}

std::optional<std::string> VersionRule::version_of(std::string_view text) const {
  const auto found = expression_ ? expression_->first_group(text) : std::nullopt;
  return found ? std::optional(mapped(map_, std::string(*found))) : std::nullopt;
}

}  // namespace stowaway::kb
