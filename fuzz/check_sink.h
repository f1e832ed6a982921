// A sink for fuzz targets that checks what the door of `source` promises about paths.
#pragma once

#include <string_view>

#include "base/result.h"
#include "source/source.h"

namespace stowaway::fuzz {

class CheckSink final : public source::Sink {
 public:
  void on_file(unsigned, const source::FileView& file) override {
    check_path(file.path);
    std::size_t sum = 0;  // touches every byte, for the sanitizer
    for (const std::byte byte : file.bytes) sum += static_cast<std::size_t>(byte);
    sum_ = sum_ + sum;
  }
  void on_identity(unsigned, std::string_view path, const fingerprint::Md5&) override {
    check_path(path);
  }
  void on_gap(unsigned, source::Gap) override {}

 private:
  static void check_path(std::string_view path) {
    STOWAWAY_CHECK(!path.empty() && path.front() != '/' && path.back() != '/', "path shape");
    STOWAWAY_CHECK(path.find('\0') == std::string_view::npos, "NUL in a path");
    for (;;) {
      const std::size_t slash = path.find('/');
      const std::string_view part = path.substr(0, slash);
      STOWAWAY_CHECK(!part.empty() && part != "." && part != "..", "path part");
      if (slash == std::string_view::npos) return;
      path.remove_prefix(slash + 1);
    }
  }
  volatile std::size_t sum_ = 0;
};

}  // namespace stowaway::fuzz
