#include "source/md5sums/md5_list.h"

#include <fmt/format.h>

#include "source/member_path.h"

namespace stowaway::source {
namespace {

constexpr std::size_t kHexDigits = 32;

// A path may double in length by escaping, and a hash stands before it.
std::uint64_t max_line_bytes(const Limits& limits) { return 2 * limits.max_path_bytes + 64; }

Result<> unescape(std::string_view text, std::string& out) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    if (++i == text.size()) return fail(ErrorCode::corrupt, "a backslash at the end of the name");
    switch (text[i]) {
      case '\\': out += '\\'; break;
      case 'n': out += '\n'; break;
      case 'r': out += '\r'; break;
      default: return fail(ErrorCode::corrupt, "an unknown escape in the name");
    }
  }
  return {};
}

Result<fingerprint::Md5> parse_bsd_line(std::string_view line, std::string& path) {
  constexpr std::string_view kMiddle = ") = ";
  const std::size_t middle = line.rfind(kMiddle);
  if (middle == std::string_view::npos) return fail(ErrorCode::corrupt, "no hash behind the name");
  STOWAWAY_TRY(const fingerprint::Md5 md5,
               fingerprint::parse_md5(line.substr(middle + kMiddle.size())));
  path = line.substr(0, middle);
  return md5;
}

}  // namespace

Result<fingerprint::Md5> parse_md5_line(std::string_view line, std::string& path) {
  path.clear();
  if (line.find('\0') != std::string_view::npos) {
    return fail(ErrorCode::corrupt, "a NUL byte in the line");
  }
  constexpr std::string_view kBsd = "MD5 (";
  if (line.starts_with(kBsd)) return parse_bsd_line(line.substr(kBsd.size()), path);
  const bool escaped = line.starts_with('\\');
  if (escaped) line.remove_prefix(1);
  if (line.size() < kHexDigits + 2 || line[kHexDigits] != ' ') {
    return fail(ErrorCode::corrupt, "not \"MD5  path\"");
  }
  STOWAWAY_TRY(const fingerprint::Md5 md5, fingerprint::parse_md5(line.substr(0, kHexDigits)));
  line.remove_prefix(kHexDigits + 1);
  if (line.front() == ' ' || line.front() == '*') line.remove_prefix(1);
  if (escaped) {
    STOWAWAY_TRY_VOID(unescape(line, path));
  } else {
    path = line;
  }
  if (path.empty()) return fail(ErrorCode::corrupt, "no path");
  return md5;
}

void Md5ListParser::feed(std::string_view bytes) {
  const std::uint64_t most = max_line_bytes(delivery_.limits());
  while (!bytes.empty() && !delivery_.stopped()) {
    const std::size_t end = bytes.find('\n');
    const std::string_view part = bytes.substr(0, end);
    const bool complete = end != std::string_view::npos;
    bytes = complete ? bytes.substr(end + 1) : std::string_view{};
    if (pending_is_over_ || pending_.size() + part.size() > most) {
      if (!pending_is_over_) {
        ++line_;
        fault("longer than a path may be");
      }
      pending_is_over_ = !complete;
      pending_.clear();
    } else if (!complete) {
      pending_ += part;
    } else if (pending_.empty()) {
      take(part);
    } else {
      pending_ += part;
      take(pending_);
      pending_.clear();
    }
  }
}

void Md5ListParser::finish() {
  if (!pending_.empty() && !delivery_.stopped()) take(pending_);
  pending_.clear();
  if (faults_ > kMaxListedFaults) {
    delivery_.gap(worker_, gap_path_, GapReason::corrupt,
                  fmt::format("{} more lines cannot be used", faults_ - kMaxListedFaults));
  }
}

void Md5ListParser::take(std::string_view line) {
  ++line_;
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.empty() || line.front() == '#') return;
  const Result<fingerprint::Md5> md5 = parse_md5_line(line, listed_);
  if (!md5) return fault(md5.error().message);
  std::string_view path = listed_;
  // `find / -exec md5sum` lists absolute paths; nothing is opened here, so the root is simply the
  // subject's.
  while (path.starts_with('/')) path.remove_prefix(1);
  worker_.path = prefix_;
  switch (append_normal_path(path, delivery_.limits().max_path_bytes, worker_.path)) {
    case PathFault::none: delivery_.identity(worker_, worker_.path, *md5); return;
    case PathFault::escapes: return fault("\"..\" in the path");
    case PathFault::empty: return fault("no path");
    case PathFault::too_long: return fault("longer than a path may be");
  }
}

void Md5ListParser::fault(std::string_view why) {
  if (++faults_ > kMaxListedFaults) return;
  delivery_.gap(worker_, gap_path_, GapReason::corrupt, fmt::format("line {}: {}", line_, why));
}

}  // namespace stowaway::source
