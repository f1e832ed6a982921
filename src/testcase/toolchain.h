// The compilers and the interpreter that boxes use: where they are, and who they are, because a
// verdict only counts beside a control that the same one passed.
#pragma once

#include <string>

#include "base/result.h"
#include "testcase/case.h"

namespace stowaway::testcase {

struct Toolchain {
  std::string c, cpp;       // absolute paths below /usr, links resolved; empty: there is none
  std::string node, nm;     // the same
  std::string compiler_id;  // "gcc 12.2.0 x86_64-linux-gnu"
  std::string node_id;      // "node 20"

  // Whoever runs a case of this language; empty when there is none.
  const std::string& id_for(Language language) const {
    return language == Language::javascript ? node_id : compiler_id;
  }
};

// Looks in PATH for `cc` (cc, gcc or clang if none is named), its C++ sister, node and nm, and asks
// them who they are.
// Fails with not_found if `cc` is named and not there, or lies outside /usr, where a box could not
// see it. What is missing otherwise is empty.
Result<Toolchain> find_toolchain(const std::string& cc = "");

}  // namespace stowaway::testcase
