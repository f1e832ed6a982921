// What strangers' programs may try, and what they must not get.
#include "testcase/sandbox.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "testcase/compiler.h"
#include "testcase/testing/support.h"

namespace stowaway::testcase {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::TempDirectory;

// Every hostile program says "held" or "escaped" and what.
constexpr const char* kPrelude = R"(
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <sched.h>
#include <unistd.h>
static void must_fail(const char *what, long result) {
  printf("%s: %s\n", result < 0 ? "held" : "escaped", what);
  fflush(stdout);
}
)";

struct Hostile {
  BoxResult result;
  unsigned left_behind = 0;  // processes of the box's user, after it ended
  std::string work;          // what of the work directory changed
};

// Those that live; what has ended may wait for the machine's first process to take notice.
unsigned processes_of(unsigned user) {
  unsigned count = 0;
  std::error_code failed;
  for (const auto& item : fs::directory_iterator("/proc", failed)) {
    std::ifstream in(item.path() / "status");
    bool alive = true;
    for (std::string line; std::getline(in, line);) {
      if (line.starts_with("State:")) alive = line.find_first_of("ZX") == std::string::npos;
      if (!line.starts_with("Uid:")) continue;
      unsigned real = 0;
      std::istringstream(line.substr(4)) >> real;
      count += alive && real == user;
    }
  }
  return count;
}

// The kernel takes a moment to end what was killed.
unsigned left_behind(unsigned user) {
  for (int i = 0; i < 200 && processes_of(user) > 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  return processes_of(user);
}

class SandboxTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string why;
    bench_ = testing::Bench::open(why);
    if (bench_ != nullptr) return;
    ASSERT_FALSE(testing::sandbox_is_required()) << why;
    GTEST_SKIP() << "SKIPPED: the sandbox was NOT tested here: " << why;
  }

  // Compiles in one box, runs in a second.
  Hostile attack(const std::string& code, BoxLimits limits = small_limits()) {
    Hostile hostile;
    const auto work = bench_->sandbox.make_directory();
    if (!work || !work->make("in", false) || !work->make("out", true)) {
      ADD_FAILURE() << "no work directory";
      return hostile;
    }
    std::ofstream(work->path() + "/in/hostile.c") << kPrelude << code;
    const Compiler compiler(bench_->sandbox, bench_->tools, *work, {});
    const auto compiled =
        compiler.compile({"/in/hostile.c", "/out/hostile.o", false, true, {}, {}});
    const auto linked = compiler.link({"/out/hostile.o"}, "/out/hostile", {}, false);
    EXPECT_TRUE(compiled && compiled->done && linked && linked->done)
        << (compiled ? ::testing::PrintToString(compiled->errors) : compiled.error().message);
    Box box;
    box.arguments = {"/out/hostile"};
    box.environment = {"ASAN_OPTIONS=detect_leaks=0"};
    box.readable = {{work->path() + "/in", "/in"}, {work->path() + "/out", "/out"}};
    box.limits = limits;
    auto result = bench_->sandbox.run(*work, box);
    EXPECT_TRUE(result) << (result ? "" : result.error().message);
    if (result) hostile.result = *std::move(result);
    if (::geteuid() == 0) hostile.left_behind = left_behind(work->user());
    for (const auto& item : fs::recursive_directory_iterator(work->path()))
      hostile.work += item.path().filename().string() + " ";
    return hostile;
  }

  static BoxLimits small_limits() {
    BoxLimits limits;
    limits.cpu_seconds = 2;
    limits.wall = std::chrono::seconds(30);
    limits.memory_bytes = std::uint64_t{256} << 20;
    limits.file_bytes = 1 << 20;
    limits.tmp_bytes = 8 << 20;
    limits.output_bytes = 1 << 20;
    return limits;
  }

  void expect_held(const Hostile& hostile, int checks) {
    EXPECT_EQ(hostile.result.status, 0) << hostile.result.errors;
    EXPECT_THAT(hostile.result.output, Not(HasSubstr("escaped")));
    int held = 0;
    for (std::size_t at = 0; (at = hostile.result.output.find("held: ", at)) != std::string::npos;
         ++at)
      ++held;
    EXPECT_EQ(held, checks) << hostile.result.output << hostile.result.errors;
    EXPECT_EQ(hostile.left_behind, 0U);
  }

  std::unique_ptr<testing::Bench> bench_;
};

TEST_F(SandboxTest, a_fork_bomb_ends_with_its_box) {
  BoxLimits limits = small_limits();
  limits.wall = std::chrono::seconds(3);
  const Hostile hostile = attack("int main(void) { for (;;) fork(); }", limits);
  EXPECT_TRUE(hostile.result.out_of_cpu() || hostile.result.end != BoxEnd::exited)
      << hostile.result.status;
  EXPECT_EQ(hostile.left_behind, 0U);
}

TEST_F(SandboxTest, processes_are_counted) {
  const Hostile hostile = attack(R"(int main(void) {
    int made = 0;
    while (made < 1000) {
      const pid_t child = fork();
      if (child == 0) { pause(); _exit(0); }
      if (child < 0) break;
      ++made;
    }
    printf("made %d\n", made);
    must_fail("more than 63 processes", made > 63 ? 0 : -1);
    return 0;  /* the children are left to the box */
  })");
  expect_held(hostile, 1);
}

TEST_F(SandboxTest, a_daemon_ends_with_its_box) {
  const Hostile hostile = attack(R"(int main(void) {
    if (fork() == 0) { setsid(); if (fork() == 0) { close(1); close(2); for (;;) pause(); } _exit(0); }
    must_fail("nothing to see", -1);
    return 0;
  })");
  expect_held(hostile, 1);
}

TEST_F(SandboxTest, a_disk_filler_fills_its_own_tmp) {
  const Hostile hostile = attack(R"(int main(void) {
    static char block[65536];
    long total = 0;
    signal(SIGXFSZ, SIG_IGN);
    for (int i = 0; i < 64; ++i) {
      char name[32];
      snprintf(name, sizeof name, "/tmp/fill%d", i);
      const int file = open(name, O_CREAT | O_WRONLY, 0600);
      for (ssize_t put; file >= 0 && (put = write(file, block, sizeof block)) > 0;) total += put;
      if (file >= 0) close(file);
    }
    must_fail("more than 8 MiB in /tmp", total > (8 << 20) ? 0 : -1);
    const int big = open("/tmp/fill0", O_WRONLY);
    must_fail("a file of 2 MiB", ftruncate(big, 2 << 20));
    must_fail("a file in /", open("/x", O_CREAT | O_WRONLY, 0600));
    must_fail("a file in /in", open("/in/x", O_CREAT | O_WRONLY, 0600));
    must_fail("a file in /out", open("/out/x", O_CREAT | O_WRONLY, 0600));
    must_fail("a file in /dev/shm", open("/dev/shm/x", O_CREAT | O_WRONLY, 0600));
    must_fail("a file in /dev", open("/dev/x", O_CREAT | O_WRONLY, 0600));
    must_fail("a file in /usr", open("/usr/x", O_CREAT | O_WRONLY, 0600));
    must_fail("the program itself", open("/out/hostile", O_WRONLY));
    must_fail("memory as a file", syscall(SYS_memfd_create, "x", 0));
    return 0;
  })");
  expect_held(hostile, 10);
  EXPECT_THAT(hostile.work, Not(HasSubstr("fill")));
}

// Listeners of ours that a program without a box would reach.
class Listeners {
 public:
  Listeners() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(tcp_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(tcp_, 4), 0);
    ::getsockname(tcp_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    sockaddr_un abstract{};
    abstract.sun_family = AF_UNIX;
    name_ = "stowaway-test-" + std::to_string(::getpid());
    name_.copy(abstract.sun_path + 1, name_.size());
    EXPECT_EQ(::bind(local_, reinterpret_cast<sockaddr*>(&abstract), sizeof abstract), 0);
    EXPECT_EQ(::listen(local_, 4), 0);
  }
  Listeners(const Listeners&) = delete;
  Listeners& operator=(const Listeners&) = delete;
  ~Listeners() {
    ::close(tcp_);
    ::close(local_);
  }
  std::string definitions() const {
    return "#define PORT " + std::to_string(port_) + "\n#define NAME \"" + name_ + "\"\n";
  }

 private:
  int tcp_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0),
      local_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int port_ = 0;
  std::string name_;
};

TEST_F(SandboxTest, there_is_nobody_to_call) {
  const Listeners listeners;
  const Hostile hostile = attack(listeners.definitions() + R"(int main(void) {
    must_fail("a TCP socket", socket(AF_INET, SOCK_STREAM, 0));
    must_fail("an IPv6 socket", socket(AF_INET6, SOCK_DGRAM, 0));
    must_fail("a netlink socket", socket(AF_NETLINK, SOCK_RAW, 0));
    must_fail("a socket to the host of a virtual machine", socket(40 /* AF_VSOCK */, SOCK_STREAM, 0));
    must_fail("a packet socket", socket(AF_PACKET, SOCK_RAW, 0));
    struct sockaddr_un local = {.sun_family = AF_UNIX};
    strcpy(local.sun_path + 1, NAME);
    must_fail("our abstract socket", connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&local, sizeof local));
    must_fail("the system's bus", access("/run/dbus/system_bus_socket", F_OK));
    DIR *const links = opendir("/sys/class/net");
    must_fail("the machine's network devices", links == NULL ? -1 : 0);
    return 0;
  })");
  expect_held(hostile, 8);
}

TEST_F(SandboxTest, proc_leads_nowhere) {
  const Hostile hostile = attack("#define OUR_PID " + std::to_string(::getpid()) + R"(
  int main(void) {
    char path[64];
    int strangers = 0;
    DIR *const list = opendir("/proc");
    for (struct dirent *item; (item = readdir(list)) != NULL;) strangers += atoi(item->d_name) > 20;
    must_fail("processes outside", strangers > 0 ? 0 : -1);
    snprintf(path, sizeof path, "/proc/%d/environ", OUR_PID);
    must_fail("our environment", OUR_PID > 20 ? open(path, O_RDONLY) : -1);
    must_fail("the root of the box's first process", open("/proc/1/root/etc/passwd", O_RDONLY));
    must_fail("the machine's files through our own root", open("/proc/self/root/etc/passwd", O_RDONLY));
    must_fail("a way up", open("../../../../etc/passwd", O_RDONLY));
    must_fail("the name of core files", open("/proc/sys/kernel/core_pattern", O_WRONLY));
    must_fail("the system request key", open("/proc/sysrq-trigger", O_WRONLY));
    must_fail("kernel memory", open("/proc/kcore", O_RDONLY));
    must_fail("another mapping of users", open("/proc/self/uid_map", O_WRONLY) >= 0 && write(open("/proc/self/uid_map", O_WRONLY), "0 0 1", 5) > 0 ? 0 : -1);
    must_fail("disks", access("/dev/vda", F_OK) == 0 || access("/dev/sda", F_OK) == 0 || access("/dev/kmsg", F_OK) == 0 ? 0 : -1);
    return 0;
  })");
  expect_held(hostile, 10);
}

TEST_F(SandboxTest, nobody_is_traced_and_nothing_is_gained) {
  const Hostile hostile = attack(R"(int main(void) {
    must_fail("to trace the first process", ptrace(PTRACE_ATTACH, 1, 0, 0));
    must_fail("to trace the parent", ptrace(PTRACE_SEIZE, getppid(), 0, 0));
    must_fail("to be traced", ptrace(PTRACE_TRACEME, 0, 0, 0));
    must_fail("to read another process", syscall(SYS_process_vm_readv, 1, 0, 0, 0, 0, 0));
    must_fail("a user namespace", unshare(CLONE_NEWUSER));
    must_fail("a clone in a user namespace", (long)syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0));
    must_fail("a mount", mount("none", "/tmp", "tmpfs", 0, ""));
    must_fail("another root", chroot("/tmp"));
    must_fail("to be root", setuid(0));
    must_fail("a BPF program", syscall(SYS_bpf, 0, 0, 0));
    must_fail("io_uring", syscall(SYS_io_uring_setup, 1, 0));
    must_fail("a key ring", syscall(SYS_keyctl, 0, 0, 0, 0, 0));
    must_fail("shared memory that outlives us", shmget(1, 4096, IPC_CREAT | 0600));
    must_fail("a real time clock of ours", syscall(SYS_settimeofday, 0, 0));
    return 0;
  })");
  expect_held(hostile, 14);
}

TEST_F(SandboxTest, links_lead_nowhere) {
  const Hostile hostile = attack(R"(int main(void) {
    must_fail("a link to a secret", symlink("/etc/shadow", "/tmp/a") == 0 ? open("/tmp/a", O_RDONLY) : -1);
    must_fail("a link to the subject's neighbours", symlink("/in/..", "/tmp/b") == 0 ? open("/tmp/b/etc/passwd", O_RDONLY) : -1);
    must_fail("a link in the work directory", symlink("/etc", "/out/c"));
    must_fail("a hard link to a program", link("/usr/bin/env", "/tmp/env"));
    must_fail("the program's own place", rename("/out/hostile", "/out/other"));
    return 0;
  })");
  expect_held(hostile, 5);
}

TEST_F(SandboxTest, sources_read_nothing_of_the_machine) {
  const auto work = bench_->sandbox.make_directory();
  ASSERT_TRUE(work && work->make("in", false) && work->make("out", true));
  std::ofstream(work->path() + "/in/a.c") << "#include \"/etc/passwd\"\n";
  std::ofstream(work->path() + "/in/b.c") << "__asm__(\".incbin \\\"/etc/passwd\\\"\");\n";
  const Compiler compiler(bench_->sandbox, bench_->tools, *work, {});
  for (const char* source : {"/in/a.c", "/in/b.c"}) {
    const auto done = compiler.compile({source, "/out/x.o", false, false, {}, {}});
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_FALSE(done->done) << source;
    EXPECT_THAT(::testing::PrintToString(done->errors), Not(HasSubstr("root:")));
  }
}

TEST_F(SandboxTest, memory_is_limited_over_all_processes) {
  const Hostile hostile = attack(R"(int main(void) {
    for (int i = 0; i < 8; ++i)
      if (fork() == 0) {
        char *const part = mmap(0, 100 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        memset(part, 1, 100 << 20);
        pause();
      }
    while (wait(NULL) > 0) {}
    return 0;
  })");
  EXPECT_EQ(hostile.result.end, BoxEnd::over_limit);
  EXPECT_THAT(hostile.result.detail, HasSubstr("memory"));
  EXPECT_EQ(hostile.left_behind, 0U);
}

TEST_F(SandboxTest, time_and_output_are_limited) {
  const Hostile busy = attack("int main(void) { signal(SIGXCPU, SIG_IGN); for (;;) {} }");
  EXPECT_TRUE(busy.result.out_of_cpu()) << busy.result.status;
  BoxLimits limits = small_limits();
  limits.wall = std::chrono::milliseconds(500);
  const Hostile idle = attack("int main(void) { for (;;) pause(); }", limits);
  EXPECT_EQ(idle.result.end, BoxEnd::out_of_time);
  const Hostile loud = attack(
      "int main(void) { for (;;) puts(\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"); }");
  EXPECT_EQ(loud.result.end, BoxEnd::over_limit);
  EXPECT_EQ(busy.left_behind + idle.left_behind + loud.left_behind, 0U);
}

TEST_F(SandboxTest, a_box_cannot_pose_as_one_that_was_never_set_up) {
  const auto work = bench_->sandbox.make_directory();
  ASSERT_TRUE(work);
  Box box;
  box.arguments = {"/bin/true"};
  box.readable = {{work->path() + "/not-there", "/in"}};
  const auto result = bench_->sandbox.run(*work, box);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::unavailable);
}

// These need no sandbox: they are about refusing.
TEST(SandboxRefusal, no_program_no_box) {
  const auto sandbox = Sandbox::open("stowaway-no-such-bwrap");
  ASSERT_FALSE(sandbox);
  EXPECT_EQ(sandbox.error().code, ErrorCode::unavailable);
  EXPECT_THAT(sandbox.error().message, HasSubstr("nothing is run"));
  EXPECT_FALSE(Sandbox::open("/bin/false"));
}

TEST(SandboxRefusal, a_program_that_only_runs_the_rest_is_found_out) {
  const TempDirectory directory;
  fs::permissions(directory.path(), fs::perms(0755));
  directory.write("fake",
                  "#!/bin/sh\nwhile [ \"$1\" != -- ]; do shift; done\nshift\nexec \"$@\"\n");
  fs::permissions(directory / "fake", fs::perms(0755));
  const auto sandbox = Sandbox::open(directory / "fake");
  ASSERT_FALSE(sandbox);
  EXPECT_EQ(sandbox.error().code, ErrorCode::unavailable);
  EXPECT_THAT(sandbox.error().message, HasSubstr("shares our user namespace"));
}

}  // namespace
}  // namespace stowaway::testcase
