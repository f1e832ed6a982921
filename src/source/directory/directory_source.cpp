#include "source/directory/directory_source.h"

#include <fcntl.h>

#include <cerrno>

#include "source/directory/walk.h"
#include "source/open_file.h"

namespace stowaway::source {

Result<Summary> DirectorySource::deliver(Sink& sink, const Options& options) {
  // The one place where a link is followed: the user named it.
  const Descriptor root(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!root) {
    return fail(errno == ENOENT ? ErrorCode::not_found : ErrorCode::io,
                "cannot open directory {}: {}", path_, text_of_errno(errno));
  }
  Delivery delivery(sink, options);
  Team team(delivery);
  DirectoryWalk walk(root.get(), delivery, team);
  return team.run(make_task([&walk](Worker& worker) { walk.walk(worker, "", 0); }));
}

}  // namespace stowaway::source
