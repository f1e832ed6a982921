#include "base/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace stowaway {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int get() const { return number_; }
  int close_now() {
    const int result = ::close(number_);
    number_ = -1;
    return result;
  }

 private:
  int number_;
};

bool write_all(int descriptor, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

void sync_directory_of(const std::string& file) {
  const std::size_t slash = file.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : file.substr(0, slash + 1);
  const Descriptor opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.get() >= 0) ::fsync(opened.get());
}

Result<void> write_in_place(const std::string& file, std::span<const std::byte> bytes) {
  Descriptor out(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
  if (out.get() < 0 || !write_all(out.get(), bytes) || out.close_now() != 0)
    return fail(ErrorCode::io, "cannot write {}: {}", file, std::strerror(errno));
  return {};
}

// Where a chain of links ends; `file` itself when nothing is there yet.
std::string resolved(const std::string& file) {
  char* path = ::realpath(file.c_str(), nullptr);
  if (path == nullptr) return file;
  std::string text = path;
  std::free(path);  // NOLINT(cppcoreguidelines-no-malloc): realpath allocates with malloc
  return text;
}

}  // namespace

Result<void> write_file_atomically(const std::string& named_file,
                                   std::span<const std::byte> bytes) {
  const std::string file = resolved(named_file);
  struct stat status {};
  if (::stat(file.c_str(), &status) == 0 && !S_ISREG(status.st_mode))
    return write_in_place(file, bytes);
  std::string temporary = file + ".XXXXXX";
  Descriptor out(::mkostemp(temporary.data(), O_CLOEXEC));
  if (out.get() < 0)
    return fail(ErrorCode::io, "cannot write beside {}: {}", file, std::strerror(errno));
  const bool written = write_all(out.get(), bytes) && ::fchmod(out.get(), 0644) == 0 &&
                       ::fsync(out.get()) == 0 && out.close_now() == 0 &&
                       ::rename(temporary.c_str(), file.c_str()) == 0;
  if (!written) {
    const int reason = errno;
    ::unlink(temporary.c_str());
    return fail(ErrorCode::io, "cannot write {}: {}", file, std::strerror(reason));
  }
  sync_directory_of(file);
  return {};
}

Result<std::vector<std::byte>> read_whole_file(const std::string& file, std::uint64_t max_bytes) {
  const Descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (in.get() < 0) {
    const ErrorCode code = errno == ENOENT ? ErrorCode::not_found : ErrorCode::io;
    return fail(code, "cannot open {}: {}", file, std::strerror(errno));
  }
  struct stat status {};
  if (::fstat(in.get(), &status) != 0)
    return fail(ErrorCode::io, "cannot look at {}: {}", file, std::strerror(errno));
  if (!S_ISREG(status.st_mode)) return fail(ErrorCode::io, "{} is not a regular file", file);
  if (static_cast<std::uint64_t>(status.st_size) > max_bytes)
    return fail(ErrorCode::limit_exceeded, "{} is longer than {} bytes", file, max_bytes);
  std::vector<std::byte> bytes(static_cast<std::size_t>(status.st_size));
  std::size_t at = 0;
  while (at < bytes.size()) {
    const ssize_t got = ::read(in.get(), bytes.data() + at, bytes.size() - at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(ErrorCode::io, "cannot read {}: {}", file, std::strerror(errno));
    if (got == 0) break;
    at += static_cast<std::size_t>(got);
  }
  bytes.resize(at);
  return bytes;
}

}  // namespace stowaway
