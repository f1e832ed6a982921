#include "ledger/names.h"

#include <algorithm>

#include "base/text.h"
#include "base/versions.h"

namespace stowaway::ledger {
namespace {

constexpr std::size_t kMaxNameBytes = 200;

Result<void> check_name(std::string_view what, std::string_view name) {
  if (name.empty() || name.size() > kMaxNameBytes)
    return fail(ErrorCode::invalid_argument, "{} has 1 to {} bytes", what, kMaxNameBytes);
  // A backslash is printable and yet escaped.
  std::string plain(name);
  std::erase(plain, '\\');
  if (escape_for_terminal(plain) != plain || trimmed(name).size() != name.size())
    return fail(ErrorCode::invalid_argument, "{} \"{}\" is not printable text", what,
                escape_for_terminal(name));
  return {};
}

bool is_semantic(std::string_view version) {
  return std::ranges::count(version.substr(0, version.find_first_of("-+")), '.') == 2;
}

}  // namespace

std::string_view name_of(VersionOrder order) {
  switch (order) {
    case VersionOrder::upstream: return "upstream";
    case VersionOrder::debian: return "debian";
    case VersionOrder::semver: return "semver";
    case VersionOrder::tracked: return "tracked";
  }
  return "";
}

std::optional<VersionOrder> version_order_named(std::string_view name) {
  for (const auto order :
       {VersionOrder::upstream, VersionOrder::debian, VersionOrder::semver, VersionOrder::tracked})
    if (name == name_of(order)) return order;
  return std::nullopt;
}

Result<void> check_subject(std::string_view name) {
  STOWAWAY_TRY_VOID(check_name("a subject's name", name));
  if (name.find('=') != std::string_view::npos)
    return fail(ErrorCode::invalid_argument,
                "a subject's name holds no '=', which stands before a version: \"{}\"", name);
  return {};
}

Result<void> check_version(std::string_view version) {
  return check_name("a subject's version", version);
}

std::string joined(const std::vector<std::string>& versions) {
  std::string out;
  for (const std::string& version : versions) out += (out.empty() ? "" : "\n") + version;
  return out;
}

std::vector<std::string> parted(std::string_view versions) {
  std::vector<std::string> out;
  if (versions.empty()) return out;
  for (const std::string_view version : split(versions, '\n')) out.emplace_back(version);
  return out;
}

std::weak_ordering compare(VersionOrder order, std::string_view a, std::string_view b) {
  switch (order) {
    case VersionOrder::upstream: return compare_versions(a, b);
    case VersionOrder::debian: return compare_debian(a, b);
    case VersionOrder::semver: return compare_semver(a, b);
    case VersionOrder::tracked: break;
  }
  return std::weak_ordering::equivalent;
}

std::weak_ordering compare_component_versions(std::string_view purl, std::string_view a,
                                              std::string_view b) {
  return purl.starts_with("pkg:npm/") && is_semantic(a) && is_semantic(b) ? compare_semver(a, b)
                                                                          : compare_versions(a, b);
}

}  // namespace stowaway::ledger
