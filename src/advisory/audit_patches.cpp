#include "advisory/audit_patches.h"

#include <algorithm>
#include <map>
#include <utility>

#include "advisory/patch_presence.h"

namespace stowaway::advisory {
namespace {

bool is_called(const Advisory& advisory, const std::string& name) {
  return advisory.id == name || std::ranges::find(advisory.aliases, name) != advisory.aliases.end();
}

// The names under which the forms know the advisory.
std::vector<std::string> known_names(const Advisory& advisory, const std::vector<Forms>& forms) {
  std::vector<std::string> names;
  for (const Forms& one : forms)
    if (is_called(advisory, one.advisory)) names.push_back(one.advisory);
  return names;
}

// Lists of checksums have no code to look at.
bool holds_code(std::string_view subject_kind) {
  return subject_kind != "md5-list" && subject_kind != "dpkg-installed";
}

// Of one place and advisory under several names: what decides counts.
bool decides(PatchForm form) {
  return form == PatchForm::vulnerable_form || form == PatchForm::fixed_form;
}

}  // namespace

Result<std::vector<Observation>> observe_patches(const Audit& audit, std::vector<Forms> forms,
                                                 const std::string& subject,
                                                 const source::Options& options) {
  struct Wanted {
    std::size_t copy = 0, place = 0;
    std::vector<std::string> names;
  };
  std::vector<Observation> observations;
  if (!holds_code(audit.subject.kind)) return observations;
  std::vector<Wanted> wanted;
  std::map<std::string, std::size_t> place_of;  // by root: two components may share one
  std::vector<JudgedPlace> places;
  for (const Finding& finding : audit.findings) {
    if (finding.status_by_version == Status::not_affected) continue;
    auto names = known_names(audit.advisories[finding.advisory], forms);
    if (names.empty()) continue;
    const std::string& root = audit.subject.copies[finding.copy].path;
    const auto [place, is_new] = place_of.emplace(root, places.size());
    if (is_new) places.push_back({root, {}});
    auto& all = places[place->second].advisories;
    all.insert(all.end(), names.begin(), names.end());
    wanted.push_back({finding.copy, place->second, std::move(names)});
  }
  if (wanted.empty()) return observations;

  // A copy inside of another one is a place of its own, though nothing be asked about it.
  for (const AuditedCopy& copy : audit.subject.copies)
    if (place_of.emplace(copy.path, places.size()).second)
      places.push_back({copy.path, {std::string()}});
  STOWAWAY_TRY(const auto source, source::open_subject(subject));
  const PatchJudge judge(std::move(forms));
  STOWAWAY_TRY(const auto verdicts, judge.judge(*source, places, options));
  std::map<std::pair<std::string, std::string>, const PatchVerdict*> by_place;
  for (const PatchVerdict& verdict : verdicts)
    by_place[{verdict.root, verdict.advisory}] = &verdict;

  for (const Wanted& one : wanted) {
    const AuditedCopy& copy = audit.subject.copies[one.copy];
    const PatchVerdict* best = nullptr;
    for (const std::string& name : one.names) {
      const auto found = by_place.find({copy.path, name});
      if (found == by_place.end()) continue;
      if (best == nullptr || (decides(found->second->form) && !decides(best->form)))
        best = found->second;
    }
    if (best == nullptr) continue;
    Observation seen;
    seen.path = copy.path;
    seen.component = copy.component;
    seen.advisory = best->advisory;
    seen.patch_form = best->form;
    seen.patch_detail = best->detail;
    observations.push_back(std::move(seen));
  }
  return observations;
}

}  // namespace stowaway::advisory
