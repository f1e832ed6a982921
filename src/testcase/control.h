// The positive control: a verdict counts only if the same case, with the same compiler, told a
// vulnerable and a fixed release apart. What was told apart is kept in records, beside the case or
// with the user's own.
#pragma once

#include <string>
#include <vector>

#include "testcase/releases.h"

namespace stowaway::testcase {

struct ControlRecord {
  std::string key;                // control_key() when it passed
  std::string ran_with;           // Toolchain::id_for
  std::string vulnerable, fixed;  // the releases
};

// Hex SHA-256 over all files of the case, the words that programs use, and the compiler's flags:
// whatever could change a verdict but the compiler.
std::string control_key(const Case& test);

// A JSON file of records, of several cases or one. A file that is not there has none; a damaged one
// fails with corrupt. At most 4 MiB.
Result<std::vector<ControlRecord>> read_records(const std::string& file);
// Adds or replaces the record of this key and compiler; with `only_this_key` the records of all
// other keys, which no longer hold, go. Makes the directories.
Result<void> write_record(const std::string& file, const ControlRecord& record,
                          bool only_this_key = false);

bool is_controlled(const std::vector<ControlRecord>& records, const Case& test,
                   const std::string& ran_with);

// The compilers with which it is; sorted.
std::vector<std::string> verified_with(const std::vector<ControlRecord>& records, const Case& test);

struct Verification {
  CaseOutcome vulnerable, fixed;
  bool told_apart() const {
    return vulnerable.verdict == Verdict::vulnerable && fixed.verdict == Verdict::not_vulnerable;
  }
};
// Runs the case against both releases of its control. Fails with not_found if `releases` lacks one,
// or as Runner::run does.
Result<Verification> verify(const Runner& runner, const Case& test,
                            const std::vector<Release>& releases);

}  // namespace stowaway::testcase
