// The lists that md5sum(1) and dpkg write. Bytes in, identities out; no files. Private to `source`.
//
// A line is  HASH "  " PATH  or  HASH " *" PATH.  One that begins with a backslash has a path in
// which "\\", "\n" and
// "\r" stand for themselves' escapes. BSD's  MD5 (PATH) = HASH  is understood too. Empty lines and
// lines that begin with '#' are passed over; a carriage return before the line's end belongs to the
// end.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "source/delivery.h"

namespace stowaway::source {

// Puts the path as listed, unescaped, into `path`. Fails with corrupt.
Result<fingerprint::Md5> parse_md5_line(std::string_view line, std::string& path);

// Takes a list in pieces of any size. One thread.
class Md5ListParser {
 public:
  // `prefix` is put before every path; gaps about bad lines are reported at `gap_path`.
  Md5ListParser(Delivery& delivery, Worker& worker, std::string prefix, std::string gap_path)
      : delivery_(delivery),
        worker_(worker),
        prefix_(std::move(prefix)),
        gap_path_(std::move(gap_path)) {}

  void feed(std::string_view bytes);
  // The last line needs no end. Reports how many bad lines were not listed.
  void finish();

 private:
  static constexpr std::uint64_t kMaxListedFaults = 20;  // enough to see what is wrong with a list

  void take(std::string_view line);
  void fault(std::string_view why);

  Delivery& delivery_;
  Worker& worker_;
  const std::string prefix_;
  const std::string gap_path_;
  std::string pending_;           // the start of a line whose end has not come
  bool pending_is_over_ = false;  // that line is too long: the rest of it is passed over
  std::string listed_;
  std::uint64_t line_ = 0;
  std::uint64_t faults_ = 0;
};

}  // namespace stowaway::source
