// The names of the enumerations of audit.h, as reports print and read them.
#include <algorithm>
#include <array>

#include "advisory/audit.h"

namespace stowaway::advisory {
namespace {

template <class Enum, std::size_t N>
using Names = std::array<std::pair<Enum, std::string_view>, N>;

constexpr Names<PatchForm, 5> kForms{{{PatchForm::vulnerable_form, "vulnerable form"},
                                      {PatchForm::fixed_form, "fixed form"},
                                      {PatchForm::mixed, "mixed"},
                                      {PatchForm::unknown_form, "unknown form"},
                                      {PatchForm::absent, "absent"}}};
constexpr Names<TestcaseVerdict, 5> kVerdicts{{{TestcaseVerdict::vulnerable, "vulnerable"},
                                               {TestcaseVerdict::not_vulnerable, "not-vulnerable"},
                                               {TestcaseVerdict::not_applicable, "not-applicable"},
                                               {TestcaseVerdict::needs_variant, "needs-variant"},
                                               {TestcaseVerdict::error, "error"}}};
constexpr Names<Reason, 14> kReasons{
    {{Reason::in_range, "in_range"},
     {Reason::not_after_fix, "not_after_fix"},
     {Reason::straddles_fix, "straddles_fix"},
     {Reason::version_unknown, "version_unknown"},
     {Reason::commit_unknown, "commit_unknown"},
     {Reason::distribution_fix, "distribution_fix"},
     {Reason::sources_disagree, "sources_disagree"},
     {Reason::before_introduced, "before_introduced"},
     {Reason::after_fix, "after_fix"},
     {Reason::outside, "outside"},
     {Reason::fixed_form, "fixed_form"},
     {Reason::vulnerable_form, "vulnerable_form"},
     {Reason::testcase_vulnerable, "testcase_vulnerable"},
     {Reason::testcase_not_vulnerable, "testcase_not_vulnerable"}}};

template <class Enum, std::size_t N>
std::string_view name_in(const Names<Enum, N>& names, Enum value) {
  const auto found = std::ranges::find(names, value, &std::pair<Enum, std::string_view>::first);
  return found == names.end() ? names.front().second : found->second;
}

template <class Enum, std::size_t N>
std::optional<Enum> value_in(const Names<Enum, N>& names, std::string_view name) {
  const auto found = std::ranges::find(names, name, &std::pair<Enum, std::string_view>::second);
  return found == names.end() ? std::nullopt : std::optional(found->first);
}

}  // namespace

std::string_view name_of(Status status) {
  switch (status) {
    case Status::affected: return "affected";
    case Status::not_affected: return "not affected";
    case Status::unknown: return "unknown";
  }
  return "unknown";
}

std::string_view name_of(PatchForm form) { return name_in(kForms, form); }
std::string_view name_of(TestcaseVerdict verdict) { return name_in(kVerdicts, verdict); }
std::string_view name_of(Reason reason) { return name_in(kReasons, reason); }

std::optional<PatchForm> patch_form_named(std::string_view name) { return value_in(kForms, name); }
std::optional<TestcaseVerdict> testcase_verdict_named(std::string_view name) {
  return value_in(kVerdicts, name);
}

}  // namespace stowaway::advisory
