// RowBinary, ClickHouse's plainest format: columns one after the other, integers little-endian,
// texts and arrays behind their length as LEB128. The reader takes what a node sent: it never goes
// past its end, and fails once.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace stowaway::kb::clickhouse {

static_assert(std::endian::native == std::endian::little);

class RowWriter {
 public:
  template <class T>
  RowWriter& put(const T& value) {
    static_assert(std::is_trivially_copyable_v<T> && std::has_unique_object_representations_v<T>);
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
    return *this;
  }
  RowWriter& text(std::string_view value) {
    std::size_t size = value.size();
    for (; size >= 0x80; size >>= 7) bytes_.push_back(static_cast<char>(size | 0x80));
    bytes_.push_back(static_cast<char>(size));
    bytes_ += value;
    return *this;
  }
  const std::string& bytes() const { return bytes_; }
  void clear() { bytes_ = {}; }

 private:
  std::string bytes_;
};

class RowReader {
 public:
  explicit RowReader(std::string_view bytes) : left_(bytes) {}
  bool ok() const { return ok_; }
  bool at_end() const { return left_.empty(); }
  std::size_t left() const { return left_.size(); }

  template <class T>
  T take() {
    static_assert(std::is_trivially_copyable_v<T>);
    T value{};
    if (left_.size() < sizeof value) {
      stop();
      return value;
    }
    std::memcpy(&value, left_.data(), sizeof value);
    left_.remove_prefix(sizeof value);
    return value;
  }
  std::uint64_t length() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 63; shift += 7) {
      const auto byte = take<std::uint8_t>();
      value |= std::uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80) return value;
    }
    stop();
    return 0;
  }
  std::string_view text() {
    const std::uint64_t size = length();
    if (size > left_.size()) {
      stop();
      return {};
    }
    const std::string_view value = left_.substr(0, size);
    left_.remove_prefix(size);
    return value;
  }

 private:
  void stop() {
    ok_ = false;
    left_ = {};
  }
  std::string_view left_;
  bool ok_ = true;
};

}  // namespace stowaway::kb::clickhouse
