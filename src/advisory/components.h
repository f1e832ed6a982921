// What the knowledge base knows of a component, for finding its advisories. Safe from any thread.
#pragma once

#include <optional>
#include <string>

#include "advisory/keys.h"
#include "kb/kb.h"

namespace stowaway::advisory {

// By canonical name; nothing for one that the knowledge base does not know. Cost: linear in the
// number of components.
std::optional<Component> component_of(const kb::Kb& kb, const std::string& name);

}  // namespace stowaway::advisory
