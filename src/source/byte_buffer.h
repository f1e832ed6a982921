// A growable run of bytes that is reused from file to file. Unlike std::vector it does not clear
// what it grows by: that memory is about to be filled by read(2), and clearing it costs as much as
// reading a cached file. One owner, one thread.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <utility>

#include "fingerprint/identity.h"

namespace stowaway::source {

class ByteBuffer {
 public:
  ByteBuffer() = default;
  ByteBuffer(ByteBuffer&& other) noexcept
      : data_(std::move(other.data_)),
        size_(std::exchange(other.size_, 0)),
        capacity_(std::exchange(other.capacity_, 0)) {}
  ByteBuffer& operator=(ByteBuffer&& other) noexcept {
    data_ = std::move(other.data_);
    size_ = std::exchange(other.size_, 0);
    capacity_ = std::exchange(other.capacity_, 0);
    return *this;
  }

  std::size_t size() const { return size_; }
  std::size_t capacity() const { return capacity_; }
  std::byte* data() { return data_.get(); }
  fingerprint::Bytes view() const { return {data_.get(), size_}; }
  fingerprint::Bytes view_from(std::size_t offset) const {
    return {data_.get() + offset, size_ - offset};
  }

  // Room for `extra` bytes behind the present ones, not counted in size() until grow().
  std::byte* room(std::size_t extra) {
    if (capacity_ - size_ < extra) enlarge(size_ + extra);
    return data_.get() + size_;
  }
  void grow(std::size_t by) { size_ += by; }
  void shrink_to(std::size_t size) { size_ = size; }
  void append(const void* bytes, std::size_t count) {
    if (count == 0) return;
    std::memcpy(room(count), bytes, count);
    size_ += count;
  }
  void append_zeros(std::size_t count) {
    if (count == 0) return;
    std::memset(room(count), 0, count);
    size_ += count;
  }

  // Empties it. Gives memory back above kKeptBytes, so that one huge file does not cost its size
  // until the end.
  void clear() {
    size_ = 0;
    if (capacity_ > kKeptBytes) {
      data_.reset();
      capacity_ = 0;
    }
  }

 private:
  static constexpr std::size_t kKeptBytes = std::size_t{16} << 20;
  static constexpr std::size_t kFirstBytes = std::size_t{64} << 10;

  void enlarge(std::size_t wanted) {
    std::size_t capacity = capacity_ < kFirstBytes ? kFirstBytes : capacity_ * 2;
    if (capacity < wanted) capacity = wanted;
    auto data = std::make_unique_for_overwrite<std::byte[]>(capacity);
    if (size_ != 0) std::memcpy(data.get(), data_.get(), size_);
    data_ = std::move(data);
    capacity_ = capacity;
  }

  std::unique_ptr<std::byte[]> data_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace stowaway::source
