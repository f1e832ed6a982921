// Outcomes as text for people and JSON for programs (schema/testcase-*.schema.json). Pure.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "testcase/control.h"
#include "testcase/sweep.h"

namespace stowaway::testcase {

std::string list_text(std::span<const Case> cases);
// `records` of the controls of each case, in their order: a case is "verified_with" the compilers
// of those that hold for it as it is now.
std::string list_json(std::span<const Case> cases,
                      std::span<const std::vector<ControlRecord>> records);

std::string outcomes_text(const std::string& subject, std::span<const CaseOutcome> outcomes);
std::string outcomes_json(const std::string& subject, std::span<const CaseOutcome> outcomes);

std::string verification_text(const Case& test, const Verification& verification);

std::string sweep_text(const Case& test, const Sweep& sweep);
std::string sweep_json(const Case& test, const Sweep& sweep);
// The same without the releases' single outcomes: what is kept beside a case.
std::string sweep_record(const Case& test, const Sweep& sweep);

}  // namespace stowaway::testcase
