// Verdicts of patch presence for people and programs. As writer.h: pure, everything foreign
// escaped.
#pragma once

#include <span>
#include <string>

#include "advisory/patch_presence.h"

namespace stowaway::report {

// A line for each verdict: the advisory, its form, what shows it. With `items` a line for each
// function as well.
std::string patches_text(std::span<const advisory::PatchVerdict> verdicts, bool items);

// "stowaway-patches-1", which `stowaway audit --evidence` takes: docs/patch-presence.md.
std::string patches_json(std::span<const advisory::PatchVerdict> verdicts,
                         const std::string& component);

}  // namespace stowaway::report
