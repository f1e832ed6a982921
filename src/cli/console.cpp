#include "cli/console.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <thread>

#include "base/atomic_file.h"
#include "base/text.h"

namespace stowaway::cli {
namespace {

constexpr auto kMovingInterval = std::chrono::milliseconds(100);
constexpr auto kPlainInterval = std::chrono::seconds(5);
constexpr unsigned kBarWidth = 24;

// Signals reach a thread through a pipe: a handler may do no more than write.
int signal_pipe[2] = {-1, -1};
std::atomic<std::int64_t> first_signal_ms{0};
// A signal to a process and to its group (a terminal's, a wrapper's) is one wish, not two.
constexpr std::int64_t kSamePressMs = 250;
static_assert(std::atomic<std::int64_t>::is_always_lock_free, "a signal handler uses it");

std::int64_t monotonic_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);  // safe in a signal handler
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

volatile std::sig_atomic_t state_wanted = 0;

void on_state_wanted(int) { state_wanted = 1; }

void on_signal(int number) {
  std::int64_t first = 0;
  if (!first_signal_ms.compare_exchange_strong(first, monotonic_ms())) {
    if (monotonic_ms() - first > kSamePressMs) ::_exit(128 + number);
    return;
  }
  const char byte = static_cast<char>(number);
  [[maybe_unused]] const ssize_t written = ::write(signal_pipe[1], &byte, 1);
}

}  // namespace

ProgressLine::ProgressLine(bool quiet) : quiet_(quiet), terminal_(is_terminal(STDERR_FILENO)) {
  const char* term = std::getenv("TERM");
  if (term == nullptr || std::strcmp(term, "dumb") == 0) terminal_ = false;
  next_ = std::chrono::steady_clock::now() +
          (terminal_ ? kMovingInterval : std::chrono::milliseconds(kPlainInterval));
}

ProgressLine::~ProgressLine() { clear(); }

void ProgressLine::clear() {
  const std::lock_guard lock(guard_);
  if (shown_) std::fputs("\r\x1b[K", stderr);
  shown_ = false;
}

void ProgressLine::advance(std::string_view stage, std::uint64_t done, std::uint64_t total) {
  const bool asked = state_wanted != 0;
  if (quiet_ && !asked) return;
  const std::unique_lock lock(guard_, std::try_to_lock);
  const auto now = std::chrono::steady_clock::now();
  if (!lock.owns_lock() || (now < next_ && !asked)) return;
  if (asked) state_wanted = 0;
  next_ = now + (terminal_ ? kMovingInterval : std::chrono::milliseconds(kPlainInterval));
  std::string line = fmt::format("{} {}", stage, done);
  if (total > 0 && terminal_) {
    const auto filled = static_cast<unsigned>(kBarWidth * std::min(done, total) / total);
    line =
        fmt::format("{} [{:-<{}}] {}/{}", stage, std::string(filled, '#'), kBarWidth, done, total);
  } else if (total > 0) {
    line += fmt::format("/{}", total);
  }
  if (terminal_)
    fmt::print(stderr, "\r\x1b[K{}", line);
  else
    fmt::print(stderr, "stowaway: {}\n", line);
  std::fflush(stderr);
  shown_ = terminal_;
}

void print_error(const Error& error) {
  fmt::print(stderr, "stowaway: {}\n", escape_for_terminal(error.message));
}
void print_note(std::string_view text) {
  fmt::print(stderr, "stowaway: {}\n", escape_for_terminal(text));
}

bool is_terminal(int descriptor) { return ::isatty(descriptor) == 1; }

unsigned terminal_width() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40) return size.ws_col;
  return 80;
}

bool wants_colour(std::string_view choice) {
  if (choice != "auto") return choice == "always";
  const char* no_colour = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  if (no_colour != nullptr && *no_colour != 0) return false;
  return is_terminal(STDOUT_FILENO) && term != nullptr && std::strcmp(term, "dumb") != 0;
}

std::stop_token stop_on_signals() {
  static std::stop_source source;
  if (signal_pipe[0] >= 0 || ::pipe2(signal_pipe, O_CLOEXEC) != 0) return source.get_token();
  std::signal(SIGPIPE, SIG_DFL);
  struct sigaction action {};
  action.sa_handler = on_signal;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
  struct sigaction state {};
  state.sa_handler = on_state_wanted;
  state.sa_flags = SA_RESTART;
  ::sigaction(SIGUSR1, &state, nullptr);
  // The waiting thread takes no signals: they must interrupt the thread that works.
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, &before);
  std::thread([] {
    char byte = 0;
    while (::read(signal_pipe[0], &byte, 1) < 0 && errno == EINTR) {
    }
    source.request_stop();
  }).detach();
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return source.get_token();
}

bool write_result(std::string_view text, const std::string& file) {
  if (!file.empty() && file != "-") {
    const auto written =
        write_file_atomically(file, std::as_bytes(std::span(text.data(), text.size())));
    if (!written) print_error(written.error());
    return written.has_value();
  }
  const bool written =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (!written) fmt::print(stderr, "stowaway: cannot write the result: {}\n", std::strerror(errno));
  return written;
}

}  // namespace stowaway::cli
