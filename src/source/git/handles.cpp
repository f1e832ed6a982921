#include "source/git/handles.h"

namespace stowaway::source {

void start_libgit2() {
  static const int started = [] {
    const int count = git_libgit2_init();
    // We read objects and run nothing, so whose repository it is does not matter: a scan as root of
    // a user's repository is an everyday case.
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    return count;
  }();
  static_cast<void>(started);
}

std::string git_error_text() {
  const git_error* error = git_error_last();
  return error == nullptr || error->message == nullptr ? "no reason given" : error->message;
}

}  // namespace stowaway::source
