#include "kb/index/mapping.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <utility>

namespace stowaway::kb::index {
namespace {

// What the handler may look at: no locks, no memory of its own.
struct Guard {
  std::atomic<bool> taken{false}, torn{false};
  std::atomic<std::uintptr_t> base{0}, end{0};  // both 0: guards nothing
};
std::array<Guard, 64> guards;
struct sigaction previous_action;

Guard* guard_of(std::uintptr_t address) {
  for (Guard& guard : guards)
    if (address >= guard.base.load() && address < guard.end.load()) return &guard;
  return nullptr;
}

// From the page on that is gone, all of the file is: it was cut short.
bool put_zeros(Guard& guard, std::uintptr_t address) {
  const std::uintptr_t page = address & ~(static_cast<std::uintptr_t>(::getpagesize()) - 1);
  guard.torn.store(true);
  void* place = reinterpret_cast<void*>(page);  // NOLINT: an address is what the system gives us
  return ::mmap(place, guard.end.load() - page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
                -1, 0) != MAP_FAILED;
}

void on_bus_error(int signal, siginfo_t* info, void* context) {
  const int kept = errno;
  const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
  Guard* guard = info->si_code > 0 ? guard_of(address) : nullptr;  // > 0: the system's, not kill()
  const bool helped = guard != nullptr && put_zeros(*guard, address);
  errno = kept;
  if (helped) return;
  if ((previous_action.sa_flags & SA_SIGINFO) != 0)
    return previous_action.sa_sigaction(signal, info, context);
  if (previous_action.sa_handler != SIG_DFL && previous_action.sa_handler != SIG_IGN)
    return previous_action.sa_handler(signal);
  ::sigaction(signal, &previous_action, nullptr);
  if (info->si_code <= 0) ::raise(signal);  // else it comes again by itself
}

void install_handler() {
  static std::once_flag once;
  std::call_once(once, [] {
    struct sigaction action {};
    action.sa_sigaction = on_bus_error;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    ::sigemptyset(&action.sa_mask);
    ::sigaction(SIGBUS, &action, &previous_action);
  });
}

int take_guard(const std::byte* base, std::size_t size) {
  install_handler();
  for (std::size_t i = 0; i < guards.size(); ++i) {
    if (guards[i].taken.exchange(true)) continue;
    guards[i].torn.store(false);
    const auto start = reinterpret_cast<std::uintptr_t>(base);
    guards[i].end.store(start + size);
    guards[i].base.store(start);
    return static_cast<int>(i);
  }
  return -1;
}

void give_back(int number) {
  if (number < 0) return;
  Guard& guard = guards[static_cast<std::size_t>(number)];
  guard.end.store(0);
  guard.base.store(0);
  guard.taken.store(false);
}

// Asks Linux for pages of 2 MiB, where the file system has them: a scan of a large subject touches
// keys all over the file, and a fault for each 64 KiB is a third of what that costs, warm or cold.
// Not where the file does not fit in memory: there each touch would bring in what nobody asks for.
// Elsewhere this does nothing.
void want_large_pages(void* base, std::size_t size) {
  const long pages = ::sysconf(_SC_PHYS_PAGES), page = ::sysconf(_SC_PAGESIZE);
  if (pages > 0 && page > 0 &&
      size / static_cast<std::size_t>(page) < static_cast<std::size_t>(pages) / 2)
    ::madvise(base, size, MADV_HUGEPAGE);
}

}  // namespace

Result<Mapping> Mapping::open(const std::string& file, std::size_t least_bytes) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    return fail(errno == ENOENT ? ErrorCode::not_found : ErrorCode::io, "cannot open {}: {}", file,
                std::strerror(errno));
  struct stat status {};
  std::size_t size = 0;
  if (::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode))
    size = static_cast<std::size_t>(status.st_size);
  if (size < least_bytes) {
    ::close(descriptor);
    return fail(ErrorCode::corrupt, "{}: too short for a knowledge base index", file);
  }
  void* base = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, descriptor, 0);
  const int reason = errno;
  ::close(descriptor);
  if (base == MAP_FAILED)
    return fail(ErrorCode::io, "cannot map {}: {}", file, std::strerror(reason));
  want_large_pages(base, size);
  return Mapping(file, static_cast<const std::byte*>(base), size);
}

Mapping::Mapping(std::string file, const std::byte* base, std::size_t size)
    : file_(std::move(file)), base_(base), size_(size), guard_(take_guard(base, size)) {}

Mapping::Mapping(Mapping&& other) noexcept
    : file_(std::move(other.file_)),
      base_(std::exchange(other.base_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      guard_(std::exchange(other.guard_, -1)) {}

Mapping::~Mapping() {
  give_back(guard_);
  if (base_ != nullptr) ::munmap(const_cast<std::byte*>(base_), size_);
}

bool Mapping::intact() const {
  return guard_ < 0 || !guards[static_cast<std::size_t>(guard_)].torn.load();
}

}  // namespace stowaway::kb::index
