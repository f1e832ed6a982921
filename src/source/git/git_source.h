// A revision of a git repository as a subject. Private to `source`.
#pragma once

#include <git2.h>

#include <memory>
#include <string>

#include "source/source.h"

namespace stowaway::source {

// "REPO@REV": REPO is a work tree or a bare repository on this machine, REV whatever names a
// commit, tag or tree. Either may hold an '@' itself: the shortest REPO that is a repository
// counts. Fails with not_found, and with unsupported if REV names a single file.
Result<std::unique_ptr<Source>> open_git_revision(const std::string& subject);

// What "REPO@REV" means. Fails as open_git_revision does.
struct GitRevision {
  std::string repository;
  git_oid tree;
};
Result<GitRevision> find_git_revision(const std::string& subject);

}  // namespace stowaway::source
