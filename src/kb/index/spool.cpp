#include "kb/index/spool.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace stowaway::kb::index {
namespace {

constexpr std::size_t kWriteBytes = std::size_t{1} << 18;

int open_nameless(const std::string& directory) {
  const int descriptor = ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
    return descriptor;
  std::string name = directory + "/.stowaway-XXXXXX";  // file systems without nameless files
  const int named = ::mkostemp(name.data(), O_CLOEXEC);
  if (named >= 0) ::unlink(name.c_str());
  return named;
}

}  // namespace

Result<Spool> Spool::create(const std::string& directory) {
  const int descriptor = open_nameless(directory);
  if (descriptor < 0)
    return fail(ErrorCode::io, "cannot write a temporary file in {}: {}", directory,
                std::strerror(errno));
  return Spool(descriptor);
}

Spool::Spool(Spool&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      reason_(other.reason_),
      size_(other.size_),
      buffer_(std::move(other.buffer_)) {}

Spool& Spool::operator=(Spool&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(reason_, other.reason_);
  std::swap(size_, other.size_);
  std::swap(buffer_, other.buffer_);
  return *this;
}

Spool::~Spool() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void Spool::append(std::span<const std::byte> bytes) {
  size_ += bytes.size();
  if (bytes.size() >= kWriteBytes) {  // a sorter's whole run: no second copy of it
    static_cast<void>(flush());
    return write(bytes);
  }
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  if (buffer_.size() >= kWriteBytes) static_cast<void>(flush());
}

void Spool::write(std::span<const std::byte> left) {
  while (!left.empty() && reason_ == 0) {
    const ssize_t written = ::write(descriptor_, left.data(), left.size());
    if (written >= 0) left = left.subspan(static_cast<std::size_t>(written));
    if (written < 0 && errno != EINTR) reason_ = errno;
  }
}

Result<void> Spool::flush() {
  write(buffer_);
  buffer_.clear();
  if (reason_ != 0)
    return fail(ErrorCode::io, "cannot write a temporary file: {}", std::strerror(reason_));
  return {};
}

Result<void> Spool::read_at(std::uint64_t offset, std::span<std::byte> bytes) const {
  while (!bytes.empty()) {
    const ssize_t got =
        ::pread(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0)
      return fail(ErrorCode::io, "cannot read a temporary file: {}",
                  got == 0 ? "it is too short" : std::strerror(errno));
    bytes = bytes.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
  return {};
}

SpoolReader::SpoolReader(const Spool& spool, std::uint64_t from, std::uint64_t end,
                         std::size_t buffer_bytes)
    : spool_(&spool), at_(from), end_(end), buffer_bytes_(buffer_bytes) {}

bool SpoolReader::take(std::span<std::byte> out) {
  while (!out.empty()) {
    if (used_ == buffer_.size()) {
      if (at_ == end_ || !result_) return false;
      buffer_.resize(std::min<std::uint64_t>(buffer_bytes_, end_ - at_));
      used_ = 0;
      result_ = spool_->read_at(at_, buffer_);
      if (!result_) return false;
      at_ += buffer_.size();
    }
    const std::size_t size = std::min(out.size(), buffer_.size() - used_);
    std::memcpy(out.data(), buffer_.data() + used_, size);
    used_ += size;
    out = out.subspan(size);
  }
  return true;
}

Result<SpoolMap> SpoolMap::of(const Spool& spool) {
  if (spool.size_ == 0) return SpoolMap(nullptr, 0);
  void* base = ::mmap(nullptr, spool.size_, PROT_READ, MAP_SHARED, spool.descriptor_, 0);
  if (base == MAP_FAILED)
    return fail(ErrorCode::io, "cannot map a temporary file: {}", std::strerror(errno));
  return SpoolMap(static_cast<const std::byte*>(base), spool.size_);
}

SpoolMap::SpoolMap(SpoolMap&& other) noexcept
    : base_(std::exchange(other.base_, nullptr)), size_(std::exchange(other.size_, 0)) {}

SpoolMap::~SpoolMap() {
  if (base_ != nullptr) ::munmap(const_cast<std::byte*>(base_), size_);
}

}  // namespace stowaway::kb::index
