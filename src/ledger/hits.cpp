#include "ledger/hits.h"

#include <algorithm>
#include <map>
#include <utility>

#include "ledger/acceptance.h"

namespace stowaway::ledger {
namespace {

using FindComponent = std::function<std::optional<advisory::Component>(const std::string&)>;
using VersionSet = std::pair<std::string, std::vector<std::string>>;  // of a component

Result<std::vector<std::string>> known_components(const Ledger& ledger) {
  STOWAWAY_TRY(sql::Statement select,
               ledger.database().prepare("SELECT name FROM component ORDER BY name"));
  std::vector<std::string> names;
  for (;;) {
    STOWAWAY_TRY(const bool row, select.step());
    if (!row) return names;
    names.push_back(select.text(0));
  }
}

bool is_about(const advisory::Advisory& advisory, const advisory::Component& component) {
  const auto keys = advisory::keys_of(component);
  return std::ranges::any_of(advisory.records, [&](const advisory::Record& record) {
    return std::ranges::any_of(record.affected, [&](const advisory::Affected& affected) {
      return advisory::concerns(affected, keys);
    });
  });
}

Result<std::vector<std::string>> components_of(const Ledger& ledger,
                                               const advisory::Advisory& advisory,
                                               const FindComponent& component) {
  STOWAWAY_TRY(auto names, known_components(ledger));
  std::erase_if(names, [&](const std::string& name) {
    std::optional<advisory::Component> known;
    if (component) known = component(name);
    if (!known)
      known = advisory::Component{
          .name = name, .purl = {}, .language = {}, .aliases = {}, .releases = {}};
    return !is_about(advisory, *known);
  });
  return names;
}

// One copy for each set of versions: what is said of it holds for all of that set.
advisory::AuditSubject distinct(const std::vector<Embedder>& embedders,
                                std::map<VersionSet, std::size_t>& position) {
  advisory::AuditSubject subject;
  for (const Embedder& one : embedders) {
    const auto [at, is_new] =
        position.try_emplace({one.component, one.versions}, subject.copies.size());
    if (!is_new) continue;
    advisory::AuditedCopy& copy = subject.copies.emplace_back();
    copy.component = one.component;
    copy.versions = one.versions;
    copy.version_note = one.version_note;
  }
  return subject;
}

class Acceptances {
 public:
  Acceptances(const Ledger& ledger, const advisory::Advisory& advisory, Seconds now)
      : ledger_(&ledger), advisory_(&advisory), now_(now) {}

  Result<std::optional<advisory::Acceptance>> of(const Embedder& embedder) {
    auto at = known_.find(embedder.subject);
    if (at == known_.end()) {
      STOWAWAY_TRY(auto all, acceptances_in(ledger_->database(), embedder.subject, now_));
      at = known_.emplace(embedder.subject, std::move(all)).first;
    }
    for (const advisory::Acceptance& one : at->second)
      if (is_named(one.advisory) && (one.path.empty() || one.path == embedder.path) &&
          (one.component.empty() || one.component == embedder.component))
        return std::optional(one);
    return std::optional<advisory::Acceptance>();
  }

 private:
  bool is_named(const std::string& name) const {
    return name == advisory_->id ||
           std::ranges::find(advisory_->aliases, name) != advisory_->aliases.end();
  }

  const Ledger* ledger_;
  const advisory::Advisory* advisory_;
  Seconds now_;
  std::map<std::string, std::vector<advisory::Acceptance>> known_;
};

}  // namespace

Result<Hits> hits_of(const Ledger& ledger, const advisory::Advisories& advisories,
                     const std::string& name, const FindComponent& component, Seconds now) {
  Hits found;
  STOWAWAY_TRY(const auto advisory, advisories.named(name));
  if (!advisory) return fail(ErrorCode::not_found, "no advisory {}", name);
  STOWAWAY_TRY(found.components, components_of(ledger, *advisory, component));
  if (found.components.empty()) return found;
  STOWAWAY_TRY(const auto embedders, who_embeds(ledger, {}, found.components, false));
  std::map<VersionSet, std::size_t> position;
  advisory::AuditOptions options;
  options.component = component;
  STOWAWAY_TRY(const auto audit,
               advisory::audit(distinct(embedders, position), advisories, options));
  std::map<std::size_t, const advisory::Finding*> by_copy;
  for (const advisory::Finding& finding : audit.findings)
    if (audit.advisories[finding.advisory].id == advisory->id) by_copy[finding.copy] = &finding;
  Acceptances acceptances(ledger, *advisory, now);
  for (const Embedder& embedder : embedders) {
    const auto at = by_copy.find(position.at({embedder.component, embedder.versions}));
    if (at == by_copy.end()) continue;
    STOWAWAY_TRY(auto accepted, acceptances.of(embedder));
    found.hits.push_back({embedder, at->second->status, at->second->because, at->second->fixed,
                          std::move(accepted)});
  }
  constexpr auto urgency = [](const Hit& hit) {
    switch (hit.status) {
      case advisory::Status::affected: return 0;
      case advisory::Status::unknown: return 1;
      case advisory::Status::not_affected: return 2;
    }
    return 3;
  };
  std::ranges::stable_sort(found.hits, {}, urgency);
  return found;
}

}  // namespace stowaway::ledger
