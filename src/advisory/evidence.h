// What was found out about copies besides their versions, as JSON: the outcomes of `stowaway
// testcase run --format json`, and patch presence. Foreign input: bounded, fuzzed
// (fuzz/fuzz_evidence.cpp). Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "advisory/audit.h"

namespace stowaway::advisory {

inline constexpr std::size_t kMaxEvidenceBytes = std::size_t{64} << 20;

// Reads {"format": "stowaway-testcase-run-1", "outcomes": […]}, or {"format": "stowaway-patches-1",
// "copies": [{"path", "component", "advisory", "form", "detail"}]}. An entry without component,
// advisory or a known verdict is read over. Fails with corrupt, unsupported (another format) or
// limit_exceeded.
Result<std::vector<Observation>> read_evidence(std::string_view json);

}  // namespace stowaway::advisory
