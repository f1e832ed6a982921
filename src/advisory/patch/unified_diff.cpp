#include "advisory/patch/unified_diff.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/text.h"

namespace stowaway::advisory::patch {
namespace {

struct Lengths {
  std::size_t old_line = 0, old_count = 1, new_line = 0, new_count = 1;
  std::string_view heading;
};

bool take_number(std::string_view& text, std::size_t& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || out > 1'000'000'000) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

bool take_range(std::string_view& text, std::size_t& line, std::size_t& count) {
  if (!take_number(text, line)) return false;
  if (!text.starts_with(',')) return true;
  text.remove_prefix(1);
  return take_number(text, count);
}

// "@@ -12,7 +12,9 @@ heading"
std::optional<Lengths> hunk_head(std::string_view line) {
  Lengths lengths;
  if (!line.starts_with("@@ -")) return std::nullopt;
  line.remove_prefix(4);
  if (!take_range(line, lengths.old_line, lengths.old_count)) return std::nullopt;
  if (!line.starts_with(" +")) return std::nullopt;
  line.remove_prefix(2);
  if (!take_range(line, lengths.new_line, lengths.new_count)) return std::nullopt;
  if (!line.starts_with(" @@")) return std::nullopt;
  lengths.heading = trimmed(line.substr(3));
  return lengths;
}

// The path of a "--- " or "+++ " line: up to a tab, or to what looks like a time.
std::string path_of(std::string_view rest) {
  rest = rest.substr(0, rest.find('\t'));
  if (const std::size_t time = rest.find(" 20");
      time != std::string_view::npos && rest.size() > time + 6 && rest[time + 5] == '-')
    rest = rest.substr(0, time);
  rest = trimmed(rest);
  if (rest.size() > 1 && rest.front() == '"' && rest.back() == '"')
    rest = rest.substr(1, rest.size() - 2);
  return rest == "/dev/null" ? std::string() : std::string(rest);
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Result<Diff> run() {
    while (at_ < text_.size()) STOWAWAY_TRY_VOID(step());
    std::erase_if(diff_.files, [](const FileDiff& file) {
      return file.hunks.empty() &&
             without_first_part(file.old_path) == without_first_part(file.new_path);
    });
    if (diff_.files.empty())
      return fail(ErrorCode::corrupt, "{}",
                  context_ ? "a context diff; make it with diff -u" : "no unified diff in it");
    return std::move(diff_);
  }

 private:
  // Without its end; `at_` moves behind it.
  std::string_view take_line() {
    const std::size_t end = std::min(text_.find('\n', at_), text_.size());
    std::string_view line = text_.substr(at_, end - at_);
    at_ = end + 1;
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }
  std::string_view peek_line() {
    const std::size_t back = at_;
    const std::string_view line = at_ < text_.size() ? take_line() : std::string_view();
    at_ = back;
    return line;
  }

  Result<void> step() {
    const std::size_t begin = at_;
    const std::string_view line = take_line();
    if (line.starts_with("*** ") && peek_line().starts_with("--- ")) context_ = true;
    if (line.starts_with("rename from ") || line.starts_with("rename to ")) {
      rename(line);
    } else if (line.starts_with("--- ") && peek_line().starts_with("+++ ")) {
      const std::string_view new_line = take_line();
      STOWAWAY_TRY_VOID(
          add_file(begin, {path_of(line.substr(4)), path_of(new_line.substr(4)), {}}));
    } else if (const auto head = hunk_head(line); head && has_paths_) {
      STOWAWAY_TRY_VOID(read_hunk(*head));
    } else if (line.starts_with("diff --git ")) {
      has_paths_ = false;
    }
    return {};
  }

  void rename(std::string_view line) {
    if (line.starts_with("rename from ")) {
      renamed_ = line.substr(12);
      return;
    }
    if (renamed_.empty()) return;
    static_cast<void>(
        add_file(at_, {"a/" + std::string(renamed_), "b/" + std::string(line.substr(10)), {}}));
    renamed_ = {};
    has_paths_ = false;
  }

  Result<void> add_file(std::size_t begin, FileDiff file) {
    if (diff_.files.size() >= kMaxDiffFiles)
      return fail(ErrorCode::limit_exceeded, "more than {} files", kMaxDiffFiles);
    // git names a renamed file twice
    const bool known = !diff_.files.empty() && diff_.files.back().hunks.empty() &&
                       diff_.files.back().new_path == file.new_path;
    if (diff_.files.empty()) diff_.preamble = text_.substr(0, begin);
    if (known)
      diff_.files.back() = std::move(file);
    else
      diff_.files.push_back(std::move(file));
    has_paths_ = true;
    return {};
  }

  Result<void> read_hunk(const Lengths& head) {
    if (++hunks_ > kMaxDiffHunks)
      return fail(ErrorCode::limit_exceeded, "more than {} hunks", kMaxDiffHunks);
    Hunk hunk{head.old_line, head.new_line, head.heading, {}};
    std::size_t old_left = head.old_count, new_left = head.new_count;
    while ((old_left > 0 || new_left > 0) && at_ < text_.size()) {
      const std::string_view line = peek_line();
      // editors strip the blank of an empty line of context
      const char sign = line.empty() ? ' ' : line.front();
      if (sign == '\\') {
        take_line();
        continue;
      }
      const bool in_old = sign == ' ' || sign == '-', in_new = sign == ' ' || sign == '+';
      if (!in_old && !in_new) break;
      if ((in_old && old_left == 0) || (in_new && new_left == 0)) break;
      take_line();
      hunk.lines.push_back({sign, line.empty() ? line : line.substr(1)});
      old_left -= in_old;
      new_left -= in_new;
    }
    if (!hunk.lines.empty()) diff_.files.back().hunks.push_back(std::move(hunk));
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0, hunks_ = 0;
  bool has_paths_ = false, context_ = false;
  std::string_view renamed_;
  Diff diff_;
};

std::string text_of(const Hunk& hunk, char sign) {
  std::string out;
  for (const DiffLine& line : hunk.lines) {
    if (line.sign != ' ' && line.sign != sign) continue;
    out += line.text;
    out += '\n';
  }
  return out;
}

}  // namespace

Result<Diff> read_diff(std::string_view text) {
  if (text.size() > kMaxDiffBytes)
    return fail(ErrorCode::limit_exceeded, "over {} bytes", kMaxDiffBytes);
  return Reader(text).run();
}

std::string_view without_first_part(std::string_view path) {
  const std::size_t slash = path.find('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string text_before(const Hunk& hunk) { return text_of(hunk, '-'); }
std::string text_after(const Hunk& hunk) { return text_of(hunk, '+'); }

}  // namespace stowaway::advisory::patch
