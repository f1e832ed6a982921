// The only file that sees toml++, which throws: what it throws becomes an Error here.
#include <fmt/core.h>

#include <algorithm>
#include <exception>
#include <set>
#include <stdexcept>

#include "base/text.h"
#include "report/policy.h"

namespace {
[[noreturn]] void refuse_toml() { throw std::logic_error("this is no TOML"); }
}  // namespace

// toml++ 3.3 asserts what hostile input can break, and without assertions takes it for granted
// (found by fuzzing).
#undef NDEBUG
#define TOML_ASSERT(condition) static_cast<void>((condition) ? void() : refuse_toml())
#include <toml++/toml.h>

namespace stowaway::report {
namespace {

constexpr std::size_t kMaxPolicyBytes = std::size_t{1} << 20;

unsigned line_of(const toml::node& node) { return node.source().begin.line; }

// toml++ 3.3 stumbles over control characters, and beyond ASCII over what is no TOML (both found by
// fuzzing), so that it sees neither: texts have escapes for the latter.
Result<> check_characters(std::string_view text) {
  unsigned line = 1;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte == '\n') ++line;
    if (byte >= 0x80)
      return fail(ErrorCode::corrupt, "line {}: write what is not ASCII as \\u00e9", line);
    if ((byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7F)
      return fail(ErrorCode::corrupt, "line {}: a control character", line);
  }
  return {};
}

// What a key holds that should hold something else.
tl::unexpected<Error> wrong(const toml::node& node, std::string_view key, std::string_view wanted) {
  return fail(ErrorCode::corrupt, "line {}: \"{}\" has to be {}", line_of(node), key, wanted);
}

bool is_comparison(std::string_view word) {
  static const std::set<std::string_view> kAll{"=", "!=", "<", "<=", ">", ">="};
  return kAll.contains(word);
}

// Comparisons stand alone: ">=1.2" becomes ">=", "1.2".
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words(1);
  char before = ' ';
  for (const char c : text) {
    const auto is_sign = [](char one) {
      return one == '<' || one == '>' || one == '=' || one == '!';
    };
    if (c == ' ' || c == '\t' || c == ',' || is_sign(c) != is_sign(before)) words.emplace_back();
    if (c != ' ' && c != '\t' && c != ',') words.back() += c;
    before = c;
  }
  std::erase(words, "");
  return words;
}

Result<Requirement> requirement_of(const toml::node& node, std::string_view key) {
  const auto* text = node.as_string();
  if (text == nullptr) return wrong(node, key, "a list of texts like \"zlib >= 1.2.11\"");
  Requirement requirement{
      .component = {}, .bounds = {}, .text = text->get(), .line = line_of(node)};
  const std::vector<std::string> words = words_of(requirement.text);
  if (words.empty() || is_comparison(words.front()) || words.size() % 2 == 0)
    return wrong(node, key, "a component, and comparisons like >= 1.2.11 behind it");
  requirement.component = words.front();
  for (std::size_t i = 1; i < words.size(); i += 2) {
    if (!is_comparison(words[i]) || is_comparison(words[i + 1]))
      return wrong(node, key, "a component, and comparisons like >= 1.2.11 behind it");
    requirement.bounds.push_back({words[i], words[i + 1]});
  }
  return requirement;
}

Result<std::vector<Requirement>> requirements_of(const toml::node& node, std::string_view key) {
  const auto* list = node.as_array();
  if (list == nullptr) return wrong(node, key, "a list of texts like \"zlib >= 1.2.11\"");
  std::vector<Requirement> requirements;
  for (const toml::node& item : *list) {
    STOWAWAY_TRY(Requirement requirement, requirement_of(item, key));
    requirements.push_back(std::move(requirement));
  }
  return requirements;
}

Result<std::vector<DeniedLicence>> licences_of(const toml::node& node, std::string_view key) {
  const auto* list = node.as_array();
  if (list == nullptr) return wrong(node, key, "a list of SPDX licence ids");
  std::vector<DeniedLicence> licences;
  for (const toml::node& item : *list) {
    if (!item.is_string() || item.as_string()->get().empty())
      return wrong(item, key, "a list of SPDX licence ids");
    licences.push_back({item.as_string()->get(), line_of(item)});
  }
  return licences;
}

Result<> set_acceptance(std::string_view key, const toml::node& value, PathAcceptance& acceptance) {
  if (key == "until") {
    const auto* date = value.as_date();
    if (date == nullptr) return wrong(value, key, "a date: 2027-01-31");
    acceptance.until =
        fmt::format("{:04}-{:02}-{:02}", date->get().year, date->get().month, date->get().day);
    return {};
  }
  std::string* place = key == "path"        ? &acceptance.path
                       : key == "component" ? &acceptance.component
                       : key == "because"   ? &acceptance.because
                                            : nullptr;
  if (place == nullptr)
    return fail(ErrorCode::corrupt,
                "line {}: \"{}\" means nothing; [[accept]] takes path, component, until, because",
                line_of(value), escape_for_terminal(key));
  if (!value.is_string() || value.as_string()->get().empty()) return wrong(value, key, "a text");
  *place = value.as_string()->get();
  return {};
}

Result<std::vector<PathAcceptance>> acceptances_of(const toml::node& node) {
  const auto* list = node.as_array();
  if (list == nullptr) return wrong(node, "accept", "tables: [[accept]]");
  std::vector<PathAcceptance> acceptances;
  for (const toml::node& item : *list) {
    if (!item.is_table()) return wrong(item, "accept", "tables: [[accept]]");
    PathAcceptance acceptance;
    acceptance.line = line_of(item);
    for (const auto& [key, value] : *item.as_table())
      STOWAWAY_TRY_VOID(set_acceptance(key.str(), value, acceptance));
    if (acceptance.path.empty())
      return fail(ErrorCode::corrupt, "line {}: [[accept]] without a path", acceptance.line);
    while (acceptance.path.size() > 1 && acceptance.path.ends_with('/')) acceptance.path.pop_back();
    acceptances.push_back(std::move(acceptance));
  }
  return acceptances;
}

Result<> set_key(std::string_view key, const toml::node& value, Policy& policy) {
  std::vector<Requirement>* requirements = key == "allow"     ? &policy.allow
                                           : key == "deny"    ? &policy.deny
                                           : key == "require" ? &policy.require
                                                              : nullptr;
  if (requirements != nullptr) {
    STOWAWAY_TRY(*requirements, requirements_of(value, key));
    policy.has_allow = policy.has_allow || key == "allow";
  } else if (key == "deny-licences") {
    STOWAWAY_TRY(policy.deny_licences, licences_of(value, key));
  } else if (key == "accept") {
    STOWAWAY_TRY(policy.accept, acceptances_of(value));
  } else {
    return fail(ErrorCode::corrupt,
                "line {}: \"{}\" means nothing; there are allow, deny, require, deny-licences and "
                "[[accept]]",
                line_of(value), escape_for_terminal(key));
  }
  return {};
}

}  // namespace

Result<Policy> parse_policy(std::string_view text, std::string file) {
  if (text.size() > kMaxPolicyBytes)
    return fail(ErrorCode::limit_exceeded, "a policy of more than {} bytes", kMaxPolicyBytes);
  STOWAWAY_TRY_VOID(check_characters(text));
  Policy policy;
  policy.file = std::move(file);
  try {
    const toml::table table = toml::parse(text);
    for (const auto& [key, value] : table) STOWAWAY_TRY_VOID(set_key(key.str(), value, policy));
  } catch (const toml::parse_error& error) {
    return fail(ErrorCode::corrupt, "line {}: {}", error.source().begin.line,
                escape_for_terminal(error.description()));
  } catch (const std::exception& error) {
    return fail(ErrorCode::corrupt, "{}", escape_for_terminal(error.what()));
  }
  return policy;
}

}  // namespace stowaway::report
