#include "testcase/sandbox.h"

#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <sstream>

#include "base/process.h"
#include "base/text.h"
#include "testcase/seccomp.h"

namespace stowaway::testcase {
namespace {

namespace fs = std::filesystem;

// Printed by the box's first program, so that what bwrap says is never taken for what that one did.
constexpr const char* kStarted = "stowaway-box-started";
constexpr const char* kInsideUser = "65534";

// systemd's UIDS-GIDS page lists 1879048192 … 2147483647 as used by nobody.
constexpr unsigned kFirstUser = 1'879'048'192, kUserCount = 268'000'000;

// Each process counts from a place of its own choice: made of its id, which was tried, the many
// boxes of a sweep reached the users of the process with the next id, and could have been reached.
unsigned next_user() {
  static const unsigned start = [] {
    unsigned bytes = 0;
    const bool chosen = ::getrandom(&bytes, sizeof bytes, 0) == sizeof bytes;
    return chosen ? bytes : static_cast<unsigned>(::getpid()) * 64U;
  }();
  static std::atomic<unsigned> count{0};
  return kFirstUser + (start % kUserCount + count++) % kUserCount;
}

bool is_root() { return ::geteuid() == 0; }

// True if a user without rights of its own may pass through `path` and all above it.
bool lets_others_through(const fs::path& path) {
  for (fs::path one = path; !one.empty(); one = one.parent_path()) {
    std::error_code failed;
    const fs::perms rights = fs::status(one, failed).permissions();
    if (failed || (rights & fs::perms::others_exec) == fs::perms::none) return false;
    if (one == one.parent_path()) break;
  }
  return true;
}

// TMPDIR, or another one where a box's user, which is not ours if we are root, may enter.
Result<fs::path> temporary_directory() {
  std::error_code failed;
  const fs::path usual = fs::temp_directory_path(failed);
  for (const fs::path& place : {usual, fs::path("/tmp"), fs::path("/var/tmp")})
    if (!place.empty() && (!is_root() || lets_others_through(place))) return place;
  return fail(ErrorCode::unavailable,
              "no directory for temporary files can be entered by others; set TMPDIR");
}

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { ::close(value_); }
  int get() const { return value_; }

 private:
  int value_;
};

void append(std::vector<std::string>& all, std::initializer_list<std::string> more) {
  all.insert(all.end(), more);
}

// /bin, /lib … are links into /usr, or directories of older systems.
void show_system(std::vector<std::string>& arguments) {
  append(arguments, {"--ro-bind", "/usr", "/usr"});
  for (const char* name : {"/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"}) {
    std::error_code failed;
    if (fs::is_symlink(name, failed))
      append(arguments, {"--symlink", fs::read_symlink(name, failed).string(), name});
    else if (fs::is_directory(name, failed))
      append(arguments, {"--ro-bind", name, name});
  }
}

std::vector<std::string> bwrap_line(const std::string& bwrap, const Box& box) {
  std::vector<std::string> line{bwrap,
                                "--unshare-all",
                                "--unshare-user",
                                "--disable-userns",
                                "--uid",
                                kInsideUser,
                                "--gid",
                                kInsideUser,
                                "--hostname",
                                "box",
                                "--die-with-parent",
                                "--new-session",
                                "--clearenv",
                                "--cap-drop",
                                "ALL",
                                "--seccomp",
                                "3"};
  append(line, {"--setenv", "PATH", "/usr/bin:/bin", "--setenv", "LC_ALL", "C.UTF-8", "--setenv",
                "HOME", "/tmp", "--setenv", "TMPDIR", "/tmp"});
  for (const std::string& item : box.environment) {
    const std::size_t equals = item.find('=');
    append(line, {"--setenv", item.substr(0, equals),
                  equals == std::string::npos ? "" : item.substr(equals + 1)});
  }
  show_system(line);
  append(line, {"--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev", "--size",
                std::to_string(box.limits.tmp_bytes), "--tmpfs", "/tmp"});
  for (const Shown& shown : box.readable) append(line, {"--ro-bind", shown.outside, shown.inside});
  for (const Shown& shown : box.writable) append(line, {"--bind", shown.outside, shown.inside});
  append(line, {"--remount-ro", "/", "--chdir", box.directory, "--"});
  return line;
}

// A constant script: says that it runs, then becomes the program. What it starts it finds as "$@".
constexpr const char* kEntrance = "echo stowaway-box-started >&2; exec \"$@\"";

std::vector<std::string> limit_line(const BoxLimits& limits) {
  return {
      "/usr/bin/prlimit",
      "--cpu=" + std::to_string(limits.cpu_seconds) + ":" + std::to_string(limits.cpu_seconds + 1),
      "--fsize=" + std::to_string(limits.file_bytes),
      "--nofile=" + std::to_string(limits.open_files),
      "--nproc=" + std::to_string(limits.processes),
      "--core=0",
      "--memlock=65536",
      "/bin/sh",
      "-c",
      kEntrance,
      "sh"};
}

std::string name_space(const char* name) {
  std::error_code failed;
  return fs::read_symlink(std::string("/proc/self/ns/") + name, failed);
}

constexpr std::array kNamespaces{"user", "pid", "net", "mnt", "ipc", "uts"};

// "Name:\tvalue" lines of /proc/self/status.
std::map<std::string, std::string> status_lines(const std::string& text) {
  std::map<std::string, std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);)
    if (const std::size_t colon = line.find(':'); colon != std::string::npos)
      lines[line.substr(0, colon)] = trimmed(std::string_view(line).substr(colon + 1));
  return lines;
}

Result<void> judge_view(const std::string& output) {
  const auto lines = status_lines(output);
  const auto value = [&](const std::string& key) {
    return lines.contains(key) ? lines.at(key) : std::string();
  };
  for (const char* name : kNamespaces)
    if (value(std::string("ns-") + name).empty() ||
        value(std::string("ns-") + name) == name_space(name))
      return fail(ErrorCode::unavailable, "the box shares our {} namespace", name);
  for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"})
    if (value(set) != "0000000000000000")
      return fail(ErrorCode::unavailable, "the box has capabilities ({} is {})", set, value(set));
  if (value("NoNewPrivs") != "1")
    return fail(ErrorCode::unavailable, "programs in the box could gain privileges");
  if (value("Seccomp") != "2")
    return fail(ErrorCode::unavailable, "the box has no filter of system calls");
  if (value("processes") != "64")
    return fail(ErrorCode::unavailable, "the box has no limit of processes");
  if (value("watched") != "yes")
    return fail(ErrorCode::unavailable,
                "/proc does not list the children of a process, so memory could not be limited");
  const std::string root = value("root");
  for (const std::string_view name : split(root, ' '))
    if (const std::string known = " bin dev lib lib32 lib64 libx32 proc sbin tmp usr ";
        known.find(" " + std::string(name) + " ") == std::string::npos)
      return fail(ErrorCode::unavailable, "the box sees /{}", name);
  return {};
}

}  // namespace

WorkDirectory::WorkDirectory(WorkDirectory&& other) noexcept
    : path_(std::move(other.path_)), user_(other.user_) {
  other.path_.clear();
}

WorkDirectory::~WorkDirectory() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

Result<std::string> WorkDirectory::make(const std::string& name, bool writable) const {
  const std::string made = path_ + "/" + name;
  std::error_code failed;
  fs::create_directories(made, failed);
  if (failed) return fail(ErrorCode::io, "cannot make {}: {}", made, failed.message());
  if (writable && is_root() && ::chown(made.c_str(), user_, user_) != 0)
    return fail(ErrorCode::io, "cannot give {} away: {}", made, std::strerror(errno));
  return made;
}

Result<Sandbox> Sandbox::open(const std::string& bwrap) {
  Sandbox sandbox(bwrap);
  const auto checked = sandbox.look_from_inside();
  if (!checked)
    return fail(ErrorCode::unavailable,
                "no sandbox, so nothing is run: {}. It takes bubblewrap (Debian: bubblewrap) and a "
                "kernel that lets it make user namespaces; "
                "inside a container they are often forbidden",
                checked.error().message);
  return sandbox;
}

Result<WorkDirectory> Sandbox::make_directory() const {
  STOWAWAY_TRY(const fs::path above, temporary_directory());
  std::string name = (above / "stowaway-box-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr)
    return fail(ErrorCode::io, "cannot make {}: {}", name, std::strerror(errno));
  WorkDirectory work(name, is_root() ? next_user() : ::geteuid());
  if (is_root() && ::chown(name.c_str(), work.user(), work.user()) != 0)
    return fail(ErrorCode::io, "cannot give {} away: {}", name, std::strerror(errno));
  return work;
}

Result<BoxResult> Sandbox::run(const WorkDirectory& work, const Box& box) const {
  STOWAWAY_TRY(const int opened, open_filter());
  const Descriptor filter(opened);
  ProcessRequest request;
  if (is_root()) {
    const std::string user = std::to_string(work.user());
    request.arguments = {"setpriv",        "--reuid",       user, "--regid", user,
                         "--clear-groups", "--no-new-privs"};
  }
  for (auto& argument : bwrap_line(bwrap_, box)) request.arguments.push_back(std::move(argument));
  for (auto& argument : limit_line(box.limits)) request.arguments.push_back(std::move(argument));
  request.arguments.insert(request.arguments.end(), box.arguments.begin(), box.arguments.end());
  request.directory = "/";
  request.descriptors = {filter.get()};
  request.max_output_bytes = box.limits.output_bytes;
  request.max_memory_bytes = box.limits.memory_bytes;
  request.timeout = box.limits.wall;
  request.stop = box.stop;
  auto done = run_process(request);
  if (!done && done.error().code == ErrorCode::unavailable)
    return BoxResult{BoxEnd::out_of_time,
                     0,
                     {},
                     {},
                     fmt::format("not done after {} ms", box.limits.wall.count())};
  if (!done && done.error().code == ErrorCode::limit_exceeded)
    return BoxResult{BoxEnd::over_limit, 0, {}, {}, done.error().message};
  if (!done && done.error().code == ErrorCode::not_found)
    return fail(ErrorCode::unavailable, "{}", done.error().message);
  if (!done) return tl::unexpected<Error>(done.error());
  const std::string mark = std::string(kStarted) + "\n";
  const std::size_t started = done->errors.find(mark);
  if (started == std::string::npos)
    return fail(ErrorCode::unavailable, "bubblewrap could not set up a box: {}",
                trimmed(done->errors.empty() ? "it said nothing" : done->errors));
  done->errors.erase(0, started + mark.size());
  return BoxResult{
      BoxEnd::exited, done->status, std::move(done->output), std::move(done->errors), {}};
}

Result<void> Sandbox::look_from_inside() const {
  STOWAWAY_TRY(const WorkDirectory work, make_directory());
  Box box;
  box.arguments = {"/bin/sh", "-c",
                   "cat /proc/self/status; for n in user pid net mnt ipc uts; do echo ns-$n: "
                   "$(readlink /proc/self/ns/$n); done;"
                   "echo processes: $(ulimit -p 2>/dev/null || ulimit -u); echo root: $(ls /);"
                   "[ -r /proc/$$/task/$$/children ] && echo watched: yes"};
  box.limits.wall = std::chrono::seconds(20);
  STOWAWAY_TRY(const BoxResult seen, run(work, box));
  if (seen.end != BoxEnd::exited) return fail(ErrorCode::unavailable, "{}", seen.detail);
  return judge_view(seen.output);
}

}  // namespace stowaway::testcase
