// Temporary files for building in bounded memory: bytes are appended, then read in order or mapped.
// The files have no name: they are gone when closed, however the process ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "base/result.h"

namespace stowaway::kb::index {

// Appending never fails at once: what went wrong is kept, and flush() says so. One thread.
class Spool {
 public:
  // A file in `directory`. Fails with io.
  static Result<Spool> create(const std::string& directory);
  Spool(Spool&& other) noexcept;
  Spool& operator=(Spool&& other) noexcept;
  ~Spool();

  void append(std::span<const std::byte> bytes);
  template <class T>
  void put(const T& record) {
    static_assert(std::is_trivially_copyable_v<T>);
    append(std::as_bytes(std::span<const T, 1>(&record, 1)));
  }
  std::uint64_t size() const { return size_; }

  // Call before reading. Fails with io when anything could not be written.
  Result<void> flush();

  // Reads `bytes.size()` bytes at `offset`. Fails with io.
  Result<void> read_at(std::uint64_t offset, std::span<std::byte> bytes) const;

 private:
  friend class SpoolMap;
  explicit Spool(int descriptor) : descriptor_(descriptor) {}
  void write(std::span<const std::byte> left);

  int descriptor_ = -1;
  int reason_ = 0;  // errno of what went wrong
  std::uint64_t size_ = 0;
  std::vector<std::byte> buffer_;
};

// Reads a flushed spool from `from` to `end`, in pieces of `buffer_bytes`. One thread.
class SpoolReader {
 public:
  SpoolReader(const Spool& spool, std::uint64_t from, std::uint64_t end,
              std::size_t buffer_bytes = std::size_t{1} << 18);

  // The next record; false at the end, or when reading failed: ask result().
  template <class T>
  bool next(T& record) {
    static_assert(std::is_trivially_copyable_v<T>);
    return take(std::as_writable_bytes(std::span<T, 1>(&record, 1)));
  }
  const Result<void>& result() const { return result_; }

 private:
  bool take(std::span<std::byte> out);

  const Spool* spool_;
  std::uint64_t at_, end_;
  std::size_t buffer_bytes_;
  std::vector<std::byte> buffer_;
  std::size_t used_ = 0;
  Result<void> result_;
};

// All of a flushed spool as one array, by pages that the system may take back.
class SpoolMap {
 public:
  // Fails with io.
  static Result<SpoolMap> of(const Spool& spool);
  SpoolMap(SpoolMap&& other) noexcept;
  SpoolMap& operator=(SpoolMap&&) = delete;
  ~SpoolMap();

  std::span<const std::byte> bytes() const { return {base_, size_}; }
  template <class T>
  std::span<const T> as() const {
    return {reinterpret_cast<const T*>(base_), size_ / sizeof(T)};
  }

 private:
  SpoolMap(const std::byte* base, std::size_t size) : base_(base), size_(size) {}
  const std::byte* base_;
  std::size_t size_;
};

}  // namespace stowaway::kb::index
