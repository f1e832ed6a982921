// Advisories for people and programs. As writer.h: pure, everything foreign escaped.
#pragma once

#include <string>
#include <vector>

#include "advisory/keys.h"
#include "advisory/merge.h"
#include "report/writer.h"

namespace stowaway::report {

// A line for each: id, severity, what fixes it, summary. `component_keys` (advisory/keys.h) chooses
// the packages whose fixes are told; empty: all.
std::string advisories_text(const std::vector<advisory::Advisory>& advisories,
                            const std::vector<std::string>& component_keys, const Options& options);
std::string advisories_json(const std::vector<advisory::Advisory>& advisories);

// One, with what each of its records says.
std::string advisory_text(const advisory::Advisory& advisory, const Options& options);
std::string advisory_document(const advisory::Advisory& advisory);

}  // namespace stowaway::report
