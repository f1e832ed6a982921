// Which releases of a component there are to test, and where they are to be had: those that the
// knowledge base knows, in git clones on this machine. Nothing is fetched.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "kb/kb.h"
#include "testcase/case.h"
#include "testcase/runner.h"

namespace stowaway::testcase {

struct Release {
  std::string version;
  CopyUnderTest copy;
};

// The component's releases, oldest first, that one of `clones` (git directories) holds. A component
// that is a folder or a file of another one's repository ("…#contrib/minizip") is taken from there,
// and what the case needs of that other component too. Fails with not_found if the knowledge base
// does not know the component, or no clone holds any release.
Result<std::vector<Release>> releases_in_clones(const kb::Kb& kb, const Case& test,
                                                const std::vector<std::string>& clones);

// A release that the user names: any subject whose top is the component's.
Release named_release(const Case& test, const std::string& version, const std::string& subject);

}  // namespace stowaway::testcase
