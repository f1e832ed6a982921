#include "source/md5sums/md5_list_source.h"

#include <fcntl.h>
#include <poll.h>

#include <array>
#include <cerrno>

#include "source/md5sums/md5_list.h"
#include "source/open_file.h"
#include "source/team.h"

namespace stowaway::source {
namespace {

constexpr std::size_t kReadBytes = std::size_t{64} << 10;
// How long to wait for a slow writer before looking again whether to stop: an interrupted read
// would block anew if the request came a moment after the signal.
constexpr int kWaitMs = 100;

void parse_stream(int fd, Delivery& delivery, Worker& worker) {
  Md5ListParser parser(delivery, worker, "", "");
  std::array<char, kReadBytes> piece;
  while (!delivery.stopped()) {
    pollfd waiting{fd, POLLIN, 0};
    const int ready = ::poll(&waiting, 1, kWaitMs);
    if (ready == 0 || (ready < 0 && errno == EINTR)) continue;
    const ssize_t size = ::read(fd, piece.data(), piece.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) delivery.gap(worker, "", GapReason::unreadable, text_of_errno(errno));
    if (size <= 0) break;
    parser.feed({piece.data(), static_cast<std::size_t>(size)});
  }
  parser.finish();
}

// A list is read by one worker: taking a line apart costs far less than what a second thread would.
Options with_one_job(Options options) {
  options.jobs = 1;
  return options;
}

}  // namespace

Result<Summary> Md5ListSource::deliver(Sink& sink, const Options& options) {
  Descriptor file;
  if (path_ != "-") {
    file = Descriptor(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    if (!file) {
      return fail(errno == ENOENT ? ErrorCode::not_found : ErrorCode::io, "cannot open {}: {}",
                  path_, text_of_errno(errno));
    }
  }
  const Options single = with_one_job(options);
  Delivery delivery(sink, single);
  Team team(delivery);
  return team.run(make_task(
      [&](Worker& worker) { parse_stream(file ? file.get() : STDIN_FILENO, delivery, worker); }));
}

Result<Summary> deliver_md5_list(std::string_view list, Sink& sink, const Options& options) {
  const Options single = with_one_job(options);
  Delivery delivery(sink, single);
  Team team(delivery);
  return team.run(make_task([&](Worker& worker) {
    Md5ListParser parser(delivery, worker, "", "");
    parser.feed(list);
    parser.finish();
  }));
}

}  // namespace stowaway::source
