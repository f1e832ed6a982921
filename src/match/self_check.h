// Whether a knowledge base answers correctly: releases that it holds are put together again as the
// fingerprints of an embedded copy, matched, and must be found where they lie, at their version.
// Pure; safe from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "kb/kb.h"

namespace stowaway::match {

struct SelfTestFailure {
  std::string component, version, what;
};

struct SelfTest {
  std::uint64_t copies = 0, files = 0;  // that were asked for
  std::uint64_t strangers = 0;          // identities that no release has
  std::vector<SelfTestFailure> failures;
};

// Of at most `components` of them, evenly spread, the newest release that has enough code of its
// own. Reads the index whole once. Fails with corrupt.
Result<SelfTest> self_test(const kb::Kb& kb, std::uint32_t components);

}  // namespace stowaway::match
