#include "advisory/components.h"

#include "base/text.h"

namespace stowaway::advisory {

std::optional<Component> component_of(const kb::Kb& kb, const std::string& name) {
  for (kb::ComponentId id = 0; id < kb.component_count(); ++id) {
    const kb::ComponentView view = kb.component(id);
    if (view.name != name) continue;
    Component component{
        std::string(view.name), std::string(view.purl), std::string(view.language), {}, {}};
    for (const std::string_view alias : split(view.aliases, ','))
      if (!trimmed(alias).empty()) component.aliases.emplace_back(trimmed(alias));
    for (std::uint32_t r = view.releases.first; r < view.releases.end; ++r) {
      const kb::ReleaseView release = kb.release(r);
      component.releases.push_back({std::string(release.version), std::string(release.revision)});
    }
    return component;
  }
  return std::nullopt;
}

}  // namespace stowaway::advisory
