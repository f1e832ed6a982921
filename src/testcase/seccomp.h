// The system calls that a box refuses: a filter in the kernel's own language, for bwrap --seccomp.
#pragma once

#include "base/result.h"

namespace stowaway::testcase {

// An open descriptor of an anonymous file that holds the filter, at its start; the caller closes
// it. Refused with EPERM: what reaches into other processes (ptrace, process_vm_*), what makes
// memory that no process's size shows (memfd, System V shared memory), sockets of any family but
// AF_UNIX (a network namespace does not hold AF_VSOCK back), namespaces, mounts, keys, and the
// doors through which most kernel flaws were reached (bpf, io_uring, perf, userfaultfd). A call in
// another architecture's convention ends the process.
// Fails with unsupported on a processor that this program does not know, or io.
Result<int> open_filter();

}  // namespace stowaway::testcase
