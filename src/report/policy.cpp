#include "report/policy.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include "base/versions.h"
#include "report/common.h"
#include "report/licence.h"

namespace stowaway::report {
namespace {

// "*" stands for any characters. Cost: at most the product of both lengths.
bool matches(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = pattern.npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p, ++t;
    } else if (star != pattern.npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == pattern.npos;
}

bool holds(const Requirement::Bound& bound, std::string_view version) {
  const auto order = compare_versions(version, bound.version);
  if (bound.comparison == "=") return order == 0;
  if (bound.comparison == "!=") return order != 0;
  if (bound.comparison == "<") return order < 0;
  if (bound.comparison == "<=") return order <= 0;
  if (bound.comparison == ">") return order > 0;
  return order >= 0;
}

bool satisfied_by(const Requirement& requirement, std::string_view version) {
  return std::ranges::all_of(requirement.bounds,
                             [&](const auto& bound) { return holds(bound, version); });
}

// Whatever version the copy has. For one of unknown version only where any will do.
bool surely(const Requirement& requirement, const match::Copy& copy) {
  if (requirement.bounds.empty()) return true;
  return !copy.versions.empty() &&
         std::ranges::all_of(copy.versions, [&](const std::string& version) {
           return satisfied_by(requirement, version);
         });
}

bool perhaps(const Requirement& requirement, const match::Copy& copy) {
  return copy.versions.empty() ||
         std::ranges::any_of(copy.versions, [&](const std::string& version) {
           return satisfied_by(requirement, version);
         });
}

std::string bounds_text(const Requirement& requirement) {
  std::string text;
  for (const auto& bound : requirement.bounds)
    text += (text.empty() ? "" : " ") + bound.comparison + " " + bound.version;
  return text;
}

std::string name_of(const match::Copy& copy) {
  return copy.component + " " +
         (copy.versions.empty() ? "of unknown version" : version_text(copy.versions));
}

class Judge {
 public:
  Judge(const Policy& policy, std::string_view today) : policy_(policy), today_(today) {}

  std::vector<Violation> violations_of(const match::Copy& copy, std::size_t index) const {
    std::vector<Violation> found;
    if (policy_.has_allow) add_unless_allowed(copy, index, found);
    for (const Requirement& rule : policy_.deny)
      if (matches(rule.component, copy.component) && perhaps(rule, copy))
        found.push_back(
            {index, "deny", rule.text, rule.line,
             fmt::format("{} {} denied", name_of(copy), surely(rule, copy) ? "is" : "may be")});
    for (const Requirement& rule : policy_.require)
      if (matches(rule.component, copy.component) && !surely(rule, copy))
        found.push_back({index, "require", rule.text, rule.line,
                         fmt::format("{} has to be {}", name_of(copy), bounds_text(rule))});
    for (const DeniedLicence& rule : policy_.deny_licences)
      if (is_denied(rule, copy.licence))
        found.push_back({index, "deny-licences", rule.id, rule.line, licence_message(copy)});
    return found;
  }

  std::optional<std::size_t> acceptance_of(const match::Copy& copy) const {
    for (std::size_t i = 0; i < policy_.accept.size(); ++i) {
      const PathAcceptance& one = policy_.accept[i];
      const bool in_time = one.until.empty() || today_ <= one.until;
      const bool same = one.component.empty() || matches(one.component, copy.component);
      if (in_time && same && is_at_or_below(one.path, copy.path)) return i;
    }
    return std::nullopt;
  }

 private:
  void add_unless_allowed(const match::Copy& copy, std::size_t index,
                          std::vector<Violation>& found) const {
    const Requirement* nearest = nullptr;
    for (const Requirement& rule : policy_.allow) {
      if (!matches(rule.component, copy.component)) continue;
      if (surely(rule, copy)) return;
      if (nearest == nullptr) nearest = &rule;
    }
    if (nearest == nullptr)
      found.push_back({index, "allow", "", 0, name_of(copy) + " is not among what is allowed"});
    else
      found.push_back({index, "allow", nearest->text, nearest->line,
                       fmt::format("{} is allowed only {}", name_of(copy), bounds_text(*nearest))});
  }

  static bool is_denied(const DeniedLicence& rule, std::string_view licence) {
    if (licence.empty()) return rule.id == "unknown";
    return !can_be_had_without(licence, [&](std::string_view id) { return matches(rule.id, id); });
  }

  static std::string licence_message(const match::Copy& copy) {
    return copy.licence.empty()
               ? name_of(copy) + " has no known licence"
               : fmt::format("{} is under {}, which is denied", name_of(copy), copy.licence);
  }

  static bool is_at_or_below(std::string_view pattern, std::string_view path) {
    if (pattern == ".") return path.empty();
    for (std::size_t end = path.size(); end != 0 && end != path.npos;
         end = path.rfind('/', end - 1))
      if (matches(pattern, path.substr(0, end))) return true;
    return false;
  }

  const Policy& policy_;
  std::string_view today_;
};

}  // namespace

Judgement judge(const Policy& policy, const match::ScanResult& result, std::string_view today) {
  const Judge judge(policy, today);
  Judgement judgement{.policy = policy, .violations = {}, .accepted = {}};
  for (std::size_t i = 0; i < result.copies.size(); ++i) {
    std::vector<Violation> found = judge.violations_of(result.copies[i], i);
    if (found.empty()) continue;
    if (const auto acceptance = judge.acceptance_of(result.copies[i]))
      judgement.accepted.push_back({i, *acceptance});
    else
      std::ranges::move(found, std::back_inserter(judgement.violations));
  }
  return judgement;
}

}  // namespace stowaway::report
