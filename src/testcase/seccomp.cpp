#include "testcase/seccomp.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace stowaway::testcase {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#elif defined(__riscv) && __riscv_xlen == 64
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_RISCV64;
#else
constexpr std::uint32_t kArchitecture = 0;
#endif
constexpr std::uint32_t kX32Bit = 0x40000000;  // x86-64's other convention

// Numbers that Debian 12's headers all know, on each of the architectures above.
constexpr std::array kRefused{SYS_ptrace,
                              SYS_process_vm_readv,
                              SYS_process_vm_writev,
                              SYS_kcmp,
                              SYS_pidfd_getfd,
                              SYS_memfd_create,
                              SYS_shmget,
                              SYS_shmat,
                              SYS_semget,
                              SYS_msgget,
                              SYS_mq_open,
                              SYS_userfaultfd,
                              SYS_bpf,
                              SYS_perf_event_open,
                              SYS_io_uring_setup,
                              SYS_io_uring_enter,
                              SYS_io_uring_register,
                              SYS_keyctl,
                              SYS_add_key,
                              SYS_request_key,
                              SYS_unshare,
                              SYS_setns,
                              SYS_mount,
                              SYS_umount2,
                              SYS_pivot_root,
                              SYS_chroot,
                              SYS_open_tree,
                              SYS_move_mount,
                              SYS_fsopen,
                              SYS_fsconfig,
                              SYS_fsmount,
                              SYS_fspick,
                              SYS_name_to_handle_at,
                              SYS_open_by_handle_at,
                              SYS_init_module,
                              SYS_finit_module,
                              SYS_delete_module,
                              SYS_kexec_load,
                              SYS_reboot,
                              SYS_swapon,
                              SYS_swapoff,
                              SYS_acct,
                              SYS_quotactl,
                              SYS_sethostname,
                              SYS_setdomainname,
                              SYS_settimeofday,
                              SYS_clock_settime,
                              SYS_adjtimex,
                              SYS_syslog};

std::vector<sock_filter> filter() {
  const auto statement = [](int code, std::uint32_t value) {
    return sock_filter{static_cast<std::uint16_t>(code), 0, 0, value};
  };
  const auto unless_equal_skip = [](std::uint32_t value, std::uint8_t skip) {
    return sock_filter{BPF_JMP | BPF_JEQ | BPF_K, 0, skip, value};
  };
  constexpr std::uint32_t kRefuse = SECCOMP_RET_ERRNO | EPERM;
  constexpr int kLoad = BPF_LD | BPF_W | BPF_ABS, kReturn = BPF_RET | BPF_K;
  std::vector<sock_filter> program{
      statement(kLoad, offsetof(seccomp_data, arch)),
      sock_filter{BPF_JMP | BPF_JEQ | BPF_K, 1, 0, kArchitecture},
      statement(kReturn, SECCOMP_RET_KILL_PROCESS),
      statement(kLoad, offsetof(seccomp_data, nr)),
  };
  if (kArchitecture == AUDIT_ARCH_X86_64) {
    program.push_back(sock_filter{BPF_JMP | BPF_JGE | BPF_K, 0, 1, kX32Bit});
    program.push_back(statement(kReturn, SECCOMP_RET_KILL_PROCESS));
  }
  for (const long number : kRefused) {
    program.push_back(unless_equal_skip(static_cast<std::uint32_t>(number), 1));
    program.push_back(statement(kReturn, kRefuse));
  }
  // socket(family, …): the family is the low half of the first argument, little end first.
  program.push_back(unless_equal_skip(SYS_socket, 3));
  program.push_back(statement(kLoad, offsetof(seccomp_data, args)));
  program.push_back(sock_filter{BPF_JMP | BPF_JEQ | BPF_K, 1, 0, AF_UNIX});
  program.push_back(statement(kReturn, kRefuse));
  program.push_back(statement(kReturn, SECCOMP_RET_ALLOW));
  return program;
}

}  // namespace

Result<int> open_filter() {
  if (kArchitecture == 0)
    return fail(ErrorCode::unsupported, "no system call filter is written for this processor");
  const std::vector<sock_filter> program = filter();
  const std::size_t bytes = program.size() * sizeof(sock_filter);
  const int file = ::memfd_create("stowaway-seccomp", MFD_CLOEXEC);
  if (file < 0) return fail(ErrorCode::io, "cannot make a filter: {}", std::strerror(errno));
  if (::write(file, program.data(), bytes) != static_cast<ssize_t>(bytes) ||
      ::lseek(file, 0, SEEK_SET) != 0) {
    ::close(file);
    return fail(ErrorCode::io, "cannot write the filter: {}", std::strerror(errno));
  }
  return file;
}

}  // namespace stowaway::testcase
