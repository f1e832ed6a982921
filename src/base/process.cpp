#include "base/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <utility>

namespace stowaway {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kPollMilliseconds = 20;  // how late a stop or the end of time may be noticed

class Pipe {
 public:
  Pipe() { open_ = ::pipe2(ends_.data(), O_CLOEXEC) == 0; }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  bool is_open() const { return open_; }
  int reader() const { return ends_[0]; }
  int writer() const { return ends_[1]; }
  void close_reader() { close_end(0); }
  void close_writer() { close_end(1); }

 private:
  void close_end(std::size_t end) {
    if (ends_[end] >= 0) ::close(ends_[end]);
    ends_[end] = -1;
  }
  std::array<int, 2> ends_{-1, -1};
  bool open_ = false;
};

// A running child; its whole process group is killed when this goes out of scope.
class Child {
 public:
  explicit Child(pid_t id) : id_(id) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    ::kill(-id_, SIGKILL);
    if (!status_) wait(0);
  }
  // True once the child has ended.
  bool ended() { return status_ || wait(WNOHANG); }
  int status() const {
    if (WIFSIGNALED(*status_)) return 128 + WTERMSIG(*status_);
    return WEXITSTATUS(*status_);
  }

 private:
  bool wait(int flags) {
    int status = 0;
    pid_t got = 0;
    do got = ::waitpid(id_, &status, flags);
    while (got < 0 && errno == EINTR);
    if (got == id_) status_ = status;
    return got == id_;
  }
  pid_t id_;
  std::optional<int> status_;
};

struct SpawnSettings {
  posix_spawn_file_actions_t files{};
  posix_spawnattr_t attributes{};
  SpawnSettings() {
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawnattr_init(&attributes);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;
  ~SpawnSettings() {
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&files);
  }
};

std::vector<std::string> environment_of(const ProcessRequest& request) {
  std::vector<std::string> all;
  if (request.inherit_environment) {
    for (char** item = environ; item != nullptr && *item != nullptr; ++item)
      all.emplace_back(*item);
  } else {
    all.emplace_back("LC_ALL=C.UTF-8");
    for (const char* name : {"PATH", "HOME", "TMPDIR"})
      if (const char* value = std::getenv(name); value != nullptr)
        all.push_back(std::string(name) + "=" + value);
  }
  all.insert(all.end(), request.environment.begin(), request.environment.end());
  return all;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

Result<pid_t> spawn(const ProcessRequest& request, const Pipe& output, const Pipe& errors) {
  SpawnSettings settings;
  ::posix_spawn_file_actions_addopen(&settings.files, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&settings.files, output.writer(), 1);
  ::posix_spawn_file_actions_adddup2(&settings.files, errors.writer(), 2);
  if (!request.directory.empty())
    ::posix_spawn_file_actions_addchdir_np(&settings.files, request.directory.c_str());
  // First out of the way, so that no number is overwritten before it was copied.
  const int count = static_cast<int>(request.descriptors.size()), high = 100;
  for (int i = 0; i < count; ++i)
    ::posix_spawn_file_actions_adddup2(&settings.files, request.descriptors[i], high + i);
  for (int i = 0; i < count; ++i) {
    ::posix_spawn_file_actions_adddup2(&settings.files, high + i, 3 + i);
    ::posix_spawn_file_actions_addclose(&settings.files, high + i);
  }
  sigset_t none, all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  ::posix_spawnattr_setflags(
      &settings.attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  ::posix_spawnattr_setpgroup(&settings.attributes, 0);
  ::posix_spawnattr_setsigmask(&settings.attributes, &none);
  ::posix_spawnattr_setsigdefault(&settings.attributes, &all);

  std::vector<std::string> arguments = request.arguments, environment = environment_of(request);
  pid_t id = 0;
  const int failed =
      ::posix_spawnp(&id, arguments[0].c_str(), &settings.files, &settings.attributes,
                     pointers_to(arguments).data(), pointers_to(environment).data());
  if (failed == 0) return id;
  const ErrorCode code = failed == ENOENT ? ErrorCode::not_found : ErrorCode::io;
  return fail(code, "cannot start {}: {}", arguments[0], std::strerror(failed));
}

// Appends what is there; closes the pipe at its end.
void drain(Pipe& pipe, std::string& text) {
  std::array<char, 65536> buffer;
  const ssize_t got = ::read(pipe.reader(), buffer.data(), buffer.size());
  if (got > 0) text.append(buffer.data(), static_cast<std::size_t>(got));
  if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN)) pipe.close_reader();
}

// Waits a little for output. False when nothing came.
bool read_some(Pipe& output, Pipe& errors, ProcessResult& result, int wait_ms) {
  std::array<pollfd, 2> watched{pollfd{output.reader(), POLLIN, 0},
                                pollfd{errors.reader(), POLLIN, 0}};
  if (::poll(watched.data(), watched.size(), wait_ms) <= 0) return false;
  if (watched[0].revents != 0) drain(output, result.output);
  if (watched[1].revents != 0) drain(errors, result.errors);
  return true;
}

Result<void> check(const ProcessRequest& request, const ProcessResult& result,
                   Clock::time_point started) {
  const std::string& name = request.arguments[0];
  if (request.stop.stop_requested()) return fail(ErrorCode::cancelled, "{} was stopped", name);
  if (request.timeout.count() > 0 && Clock::now() - started > request.timeout)
    return fail(ErrorCode::unavailable, "{} took longer than {} ms", name, request.timeout.count());
  if (result.output.size() + result.errors.size() > request.max_output_bytes)
    return fail(ErrorCode::limit_exceeded, "{} wrote more than {} bytes", name,
                request.max_output_bytes);
  return {};
}

// Samples the memory of a child's whole tree, at most once in kPollMilliseconds.
class MemoryWatch {
 public:
  MemoryWatch(const ProcessRequest& request, pid_t id) : request_(request), id_(id) {}
  Result<void> check() {
    if (request_.max_memory_bytes == 0 || Clock::now() < next_) return {};
    next_ = Clock::now() + std::chrono::milliseconds(kPollMilliseconds);
    if (memory_of_tree(id_) <= request_.max_memory_bytes) return {};
    return fail(ErrorCode::limit_exceeded, "{} used more than {} bytes of memory",
                request_.arguments[0], request_.max_memory_bytes);
  }

 private:
  const ProcessRequest& request_;
  pid_t id_;
  Clock::time_point next_{};
};

// Text of a small file of /proc; empty when there is none, or when its process ends meanwhile:
// then reading fails, and a stream's iterator would throw.
std::string proc_text(const std::string& file) {
  std::ifstream in(file);
  std::string text;
  std::getline(in, text, '\0');
  return text;
}

std::vector<int> children_of(int process) {
  std::vector<int> children;
  std::error_code failed;
  const std::string tasks = "/proc/" + std::to_string(process) + "/task";
  for (std::filesystem::directory_iterator task(tasks, failed), end; !failed && task != end;
       task.increment(failed)) {
    std::istringstream list(proc_text(task->path().string() + "/children"));
    for (int child = 0; list >> child;) children.push_back(child);
  }
  return children;
}

}  // namespace

std::uint64_t memory_of_tree(int process) {
  std::uint64_t pages = 0;
  std::vector<int> pending{process};
  while (!pending.empty()) {
    const int one = pending.back();
    pending.pop_back();
    std::uint64_t size = 0, resident = 0;
    std::istringstream(proc_text("/proc/" + std::to_string(one) + "/statm")) >> size >> resident;
    pages += resident;
    const std::vector<int> children = children_of(one);
    pending.insert(pending.end(), children.begin(), children.end());
  }
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

Result<ProcessResult> run_process(const ProcessRequest& request) {
  if (request.arguments.empty()) return fail(ErrorCode::invalid_argument, "no program to run");
  Pipe output, errors;
  if (!output.is_open() || !errors.is_open())
    return fail(ErrorCode::io, "cannot make a pipe: {}", std::strerror(errno));
  const auto started = Clock::now();
  STOWAWAY_TRY(const pid_t id, spawn(request, output, errors));
  Child child(id);
  output.close_writer();
  errors.close_writer();

  ProcessResult result;
  // A grandchild may hold the pipes open for ever: what counts is the end of the child, and then
  // what is in the pipes.
  MemoryWatch memory(request, id);
  while (!child.ended()) {
    STOWAWAY_TRY_VOID(check(request, result, started));
    STOWAWAY_TRY_VOID(memory.check());
    const bool both_closed = output.reader() < 0 && errors.reader() < 0;
    read_some(output, errors, result, both_closed ? 1 : kPollMilliseconds);
  }
  while ((output.reader() >= 0 || errors.reader() >= 0) && read_some(output, errors, result, 0))
    STOWAWAY_TRY_VOID(check(request, result, started));
  result.status = child.status();
  return result;
}

}  // namespace stowaway
