// Statements of others about vulnerabilities in a product: OpenVEX (openvex.dev, 0.2.0 and the
// lists of strings of 0.0) and CycloneDX VEX (1.4 and later), JSON. Foreign input: bounded, fuzzed
// (fuzz/fuzz_vex.cpp). Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace stowaway::advisory {

enum class StatementStatus { not_affected, affected, fixed, under_investigation };
std::string_view name_of(StatementStatus status);  // as OpenVEX writes it

struct Statement {
  std::vector<std::string> vulnerabilities;  // its names, at least one
  std::string product;  // a package URL or another identifier; "": whatever was audited
  std::string part;  // of the product: a package URL, or "copy:PATH#COMPONENT" as our own reports
                     // write it; "": the product as a whole
  StatementStatus status = StatementStatus::under_investigation;
  std::string justification;            // "vulnerable_code_not_present"; may be empty
  std::string detail;                   // for people; may be empty
  std::string author, timestamp, file;  // file: where it was read
};

inline constexpr std::size_t kMaxVexBytes = std::size_t{64} << 20;
inline constexpr std::size_t kMaxStatements = 200'000;

// One statement for each vulnerability, product and part. Fails with corrupt (no JSON), unsupported
// (neither of the two formats), or limit_exceeded.
Result<std::vector<Statement>> read_vex(std::string_view json, const std::string& file);

// The reference of a copy, as our reports write it: "copy:Utilities/cmzlib#zlib".
std::string copy_reference(std::string_view path, std::string_view component);

// A package URL against another: equal but for case and the version; where `wanted` has a version,
// it must be `version`. An empty `version` (not exactly known) meets no version.
bool is_same_package(std::string_view wanted, std::string_view purl, std::string_view version);

}  // namespace stowaway::advisory
