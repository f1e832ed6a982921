// From what a box saw to a verdict. Pure; safe from any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "testcase/case.h"
#include "testcase/sandbox.h"

namespace stowaway::testcase {

enum class Verdict {
  vulnerable,      // the bad behaviour was seen
  not_vulnerable,  // the program ran to its end and did not see it
  not_applicable,  // the entry is not in this copy
  needs_variant,   // no variant could be built; says nothing about safety
  error,           // anything else; says nothing about safety
};
std::string_view name_of(Verdict verdict);  // "not-vulnerable"

struct Judgement {
  Verdict verdict = Verdict::error;
  std::string evidence;  // one line for people: what was seen, and where
};

// `inside` is where the box saw the copy: a directory with a slash at its end, or a file. Only a
// report whose first frame lies there, of a kind that the case expects, makes a copy vulnerable;
// only a program that says that it came to its end clears one. `absent`: what the copy was built
// without; whoever touches one of these proves nothing.
Judgement judge(const Expectation& expect, const BoxResult& seen, std::string_view inside,
                std::span<const std::string> absent = {});

}  // namespace stowaway::testcase
