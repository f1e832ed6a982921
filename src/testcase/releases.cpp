#include "testcase/releases.h"

#include <algorithm>
#include <optional>

#include "base/versions.h"
#include "source/source.h"

namespace stowaway::testcase {
namespace {

std::optional<kb::ComponentView> find_component(const kb::Kb& kb, std::string_view name) {
  for (kb::ComponentId id = 0; id < kb.component_count(); ++id)
    if (kb.component(id).name == name) return kb.component(id);
  return std::nullopt;
}

// "" or what stands behind the '#' of a purl.
std::string_view subpath_of(std::string_view purl) {
  const std::size_t hash = purl.find('#');
  return hash == std::string_view::npos ? std::string_view() : purl.substr(hash + 1);
}

// The needed libraries that the same repository holds at its top.
std::map<std::string, CopyPlace> neighbours_of(const kb::Kb& kb, const Case& test,
                                               std::string_view purl, const std::string& subject) {
  std::map<std::string, CopyPlace> neighbours;
  for (const Need& need : test.needs)
    if (const auto component = find_component(kb, need.component);
        component && component->purl == purl.substr(0, purl.find('#')))
      neighbours[need.component] = {subject, ""};
  return neighbours;
}

std::string subject_with(const std::vector<std::string>& clones, std::string_view revision) {
  for (const std::string& clone : clones)
    if (const std::string subject = clone + "@" + std::string(revision);
        source::open_subject(subject))
      return subject;
  return {};
}

}  // namespace

Release named_release(const Case& test, const std::string& version, const std::string& subject) {
  return {version, {{subject, ""}, test.component, {version}, {}}};
}

Result<std::vector<Release>> releases_in_clones(const kb::Kb& kb, const Case& test,
                                                const std::vector<std::string>& clones) {
  const auto component = find_component(kb, test.component);
  if (!component)
    return fail(ErrorCode::not_found,
                "the knowledge base does not know {}; name releases with --release VERSION=SUBJECT",
                test.component);
  std::vector<Release> releases;
  for (std::uint32_t i = component->releases.first; i < component->releases.end; ++i) {
    const kb::ReleaseView known = kb.release(i);
    const std::string subject = subject_with(clones, known.revision);
    if (subject.empty()) continue;
    Release release = named_release(test, std::string(known.version), subject);
    release.copy.place.root = subpath_of(component->purl);
    if (!release.copy.place.root.empty())
      release.copy.neighbours = neighbours_of(kb, test, component->purl, subject);
    releases.push_back(std::move(release));
  }
  if (releases.empty())
    return fail(ErrorCode::not_found,
                "no clone holds a release of {}; name a directory of clones with --mirror, or one "
                "with --upstream",
                test.component);
  std::ranges::stable_sort(releases, [](const Release& a, const Release& b) {
    return compare_versions(a.version, b.version) < 0;
  });
  return releases;
}

}  // namespace stowaway::testcase
