#include "base/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace stowaway {
namespace {

// A piece of the file, at a multiple of its size: Linux then keeps the file in pages of 2 MiB, and
// whoever maps it takes a fault for each of these instead of each 64 KiB. Looking keys up in an
// index of 9 GB makes a scan of 100,000 files 1.06 times as long as in one of 84 MB, otherwise 1.3.
constexpr std::size_t kPieceBytes = std::size_t{4} << 20;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int get() const { return number_; }

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

// Where a chain of links ends; `file` itself when nothing is there yet.
std::string resolved(const std::string& file) {
  char* path = ::realpath(file.c_str(), nullptr);
  if (path == nullptr) return file;
  std::string text = path;
  std::free(path);  // NOLINT(cppcoreguidelines-no-malloc): realpath allocates with malloc
  return text;
}

}  // namespace

Result<AtomicWriter> AtomicWriter::create(const std::string& named_file) {
  std::string file = resolved(named_file);
  struct stat status {};
  if (::stat(file.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_CLOEXEC);
    if (descriptor < 0)
      return fail(ErrorCode::io, "cannot write {}: {}", file, std::strerror(errno));
    return AtomicWriter(std::move(file), "", descriptor);
  }
  std::string temporary = file + ".XXXXXX";
  const int descriptor = ::mkostemp(temporary.data(), O_CLOEXEC);
  if (descriptor < 0)
    return fail(ErrorCode::io, "cannot write beside {}: {}", file, std::strerror(errno));
  return AtomicWriter(std::move(file), std::move(temporary), descriptor);
}

AtomicWriter::AtomicWriter(std::string file, std::string temporary, int descriptor)
    : file_(std::move(file)), temporary_(std::move(temporary)), descriptor_(descriptor) {}

AtomicWriter::AtomicWriter(AtomicWriter&& other) noexcept
    : file_(std::move(other.file_)),
      temporary_(std::move(other.temporary_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      buffer_(std::move(other.buffer_)) {}

AtomicWriter::~AtomicWriter() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

Result<void> AtomicWriter::failed() const {
  return fail(ErrorCode::io, "cannot write {}: {}", file_, std::strerror(errno));
}

Result<void> AtomicWriter::flush() {
  const bool written = write_all(descriptor_, buffer_);
  buffer_.clear();
  if (!written) return failed();
  return {};
}

Result<void> AtomicWriter::append(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const auto some = bytes.first(std::min(bytes.size(), kPieceBytes - buffer_.size()));
    buffer_.insert(buffer_.end(), some.begin(), some.end());
    bytes = bytes.subspan(some.size());
    if (buffer_.size() == kPieceBytes) STOWAWAY_TRY_VOID(flush());
  }
  return {};
}

Result<void> AtomicWriter::overwrite_start(std::span<const std::byte> bytes) {
  STOWAWAY_TRY_VOID(flush());
  for (off_t at = 0; !bytes.empty();) {
    const ssize_t written = ::pwrite(descriptor_, bytes.data(), bytes.size(), at);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failed();
    bytes = bytes.subspan(static_cast<std::size_t>(written));
    at += written;
  }
  return {};
}

Result<void> AtomicWriter::commit(Durability durability) {
  STOWAWAY_TRY_VOID(flush());
  const bool sync = durability == Durability::synced;
  if (temporary_.empty()) {
    if (::close(std::exchange(descriptor_, -1)) != 0) return failed();
    return {};
  }
  if (::fchmod(descriptor_, 0644) != 0 || (sync && ::fsync(descriptor_) != 0) ||
      ::rename(temporary_.c_str(), file_.c_str()) != 0)
    return failed();
  const int descriptor = std::exchange(descriptor_, -1);  // from here on the file stays
  if (::close(descriptor) != 0) return failed();
  if (sync) sync_directory_of(file_);
  return {};
}

Result<void> write_file_atomically(const std::string& file, std::span<const std::byte> bytes) {
  STOWAWAY_TRY(auto writer, AtomicWriter::create(file));
  STOWAWAY_TRY_VOID(writer.append(bytes));
  return writer.commit();
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
