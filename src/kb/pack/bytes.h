// Little-endian integers and variable-length numbers, written to and read from byte sequences. The
// reader never goes past its end: it fails once and then returns zeros, so that a loop can check
// `ok()` at its end.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stowaway::kb {

class ByteWriter {
 public:
  void u8(std::uint8_t value) { bytes_.push_back(std::byte{value}); }
  void fixed(std::uint64_t value, unsigned width_bytes) {
    for (unsigned i = 0; i < width_bytes; ++i) u8(static_cast<std::uint8_t>(value >> (8 * i)));
  }
  // LEB128: seven bits a byte, low first, the top bit says that more follows.
  void varint(std::uint64_t value) {
    while (value >= 0x80) {
      u8(static_cast<std::uint8_t>(value | 0x80));
      value >>= 7;
    }
    u8(static_cast<std::uint8_t>(value));
  }
  void zigzag(std::int64_t value) {
    varint((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
  }
  void text(std::string_view text) {
    varint(text.size());
    raw(std::as_bytes(std::span<const char>(text.data(), text.size())));
  }
  void raw(std::span<const std::byte> bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  }
  std::vector<std::byte>& bytes() { return bytes_; }

 private:
  std::vector<std::byte> bytes_;
};

class ByteReader {
 public:
  explicit ByteReader(std::span<const std::byte> bytes) : bytes_(bytes) {}
  bool ok() const { return ok_; }
  bool at_end() const { return at_ == bytes_.size(); }
  std::size_t left() const { return bytes_.size() - at_; }

  std::uint64_t fixed(unsigned width_bytes) {
    if (left() < width_bytes) return stop();
    std::uint64_t value = 0;
    for (unsigned i = 0; i < width_bytes; ++i)
      value |= std::to_integer<std::uint64_t>(bytes_[at_++]) << (8 * i);
    return value;
  }
  std::uint8_t u8() { return static_cast<std::uint8_t>(fixed(1)); }
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (at_ == bytes_.size()) return stop();
      const auto byte = std::to_integer<std::uint64_t>(bytes_[at_++]);
      if (shift == 63 && byte > 1) return stop();
      value |= (byte & 0x7F) << shift;
      if (byte < 0x80) return value;
    }
    return stop();
  }
  std::int64_t zigzag() {
    const std::uint64_t value = varint();
    return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
  }
  std::string_view text(std::size_t max_bytes) {
    const std::uint64_t size = varint();
    if (size > max_bytes || size > left()) return stop(), std::string_view();
    const auto* data = reinterpret_cast<const char*>(bytes_.data() + at_);
    at_ += size;
    return {data, static_cast<std::size_t>(size)};
  }
  std::span<const std::byte> raw(std::size_t size) {
    if (size > left()) return stop(), std::span<const std::byte>();
    at_ += size;
    return bytes_.subspan(at_ - size, size);
  }

 private:
  std::uint64_t stop() {
    ok_ = false;
    at_ = bytes_.size();
    return 0;
  }
  std::span<const std::byte> bytes_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace stowaway::kb
