// What a policy says of a scan, in the formats that tell it: table, JSON, SARIF. Private to
// `report`.
#pragma once

#include <string>

#include "report/json_text.h"
#include "report/policy.h"
#include "report/style.h"

namespace stowaway::report {

// "Policy stowaway.toml: 2 rules broken", and each; ends with an empty line above the rest.
std::string policy_part(const match::ScanResult& result, const Judgement& judgement,
                        const Style& style, std::size_t line);

// The member "policy" of the JSON report.
Json policy_json(const match::ScanResult& result, const Judgement& judgement);

// "stowaway.toml, line 4: require zlib >= 1.2.13"
std::string rule_text(const Judgement& judgement, const Violation& violation);

}  // namespace stowaway::report
