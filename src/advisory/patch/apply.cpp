#include "advisory/patch/apply.h"

#include <algorithm>

#include "base/text.h"

namespace stowaway::advisory::patch {
namespace {

// Lines that are tried around where a hunk says it lies, in all: a hostile patch is given up.
constexpr std::size_t kMaxComparisons = 20'000'000;

using Lines = std::vector<std::string_view>;

Lines lines_of(std::string_view text) {
  Lines lines = split(text, '\n');
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  for (std::string_view& line : lines)
    if (line.ends_with('\r')) line.remove_suffix(1);
  return lines;
}

struct Side {
  Lines from, to;
  std::size_t line = 0;            // where `from` begins, from 0
  std::size_t head = 0, tail = 0;  // lines of context at the ends
};

Side side_of(const Hunk& hunk, Direction direction) {
  Side side;
  const char gone = direction == Direction::forward ? '-' : '+';
  const std::size_t line = direction == Direction::forward ? hunk.old_line : hunk.new_line;
  for (const DiffLine& one : hunk.lines) {
    if (one.sign == ' ' || one.sign == gone) side.from.push_back(one.text);
    if (one.sign == ' ' || one.sign != gone) side.to.push_back(one.text);
  }
  side.line = line > 0 && !side.from.empty() ? line - 1 : line;
  const auto changed = [](const DiffLine& one) { return one.sign != ' '; };
  const auto first = std::ranges::find_if(hunk.lines, changed);
  const auto last = std::find_if(hunk.lines.rbegin(), hunk.lines.rend(), changed);
  side.head = static_cast<std::size_t>(first - hunk.lines.begin());
  side.tail = static_cast<std::size_t>(last - hunk.lines.rbegin());
  if (first == hunk.lines.end()) side.tail = 0;
  return side;
}

class Applier {
 public:
  Applier(std::string_view text, std::size_t max_fuzz)
      : lines_(lines_of(text)), max_fuzz_(max_fuzz) {}

  bool add(const Hunk& hunk, Direction direction) {
    Side side = side_of(hunk, direction);
    for (std::size_t fuzz = 0; fuzz <= max_fuzz_; ++fuzz) {
      const std::size_t head = std::min(fuzz, side.head), tail = std::min(fuzz, side.tail);
      if (fuzz > 0 && head < fuzz && tail < fuzz) break;
      if (place(side, head, tail)) return true;
    }
    return false;
  }

  std::string finish() {
    copy_until(lines_.size());
    return std::move(out_);
  }

 private:
  bool place(const Side& side, std::size_t head, std::size_t tail) {
    const Lines want(side.from.begin() + static_cast<std::ptrdiff_t>(head),
                     side.from.end() - static_cast<std::ptrdiff_t>(tail));
    if (want.size() > lines_.size()) return false;
    const std::size_t last = lines_.size() - want.size();
    const std::ptrdiff_t expected = static_cast<std::ptrdiff_t>(side.line + head) + shift_;
    const std::size_t middle = static_cast<std::size_t>(
        std::clamp<std::ptrdiff_t>(expected, 0, static_cast<std::ptrdiff_t>(last)));
    for (std::size_t distance = 0; distance <= last; ++distance) {
      if (middle + distance <= last && fits(middle + distance, want))
        return take(middle + distance, side, head, tail, want.size());
      if (distance > 0 && distance <= middle && fits(middle - distance, want))
        return take(middle - distance, side, head, tail, want.size());
    }
    return false;
  }

  bool fits(std::size_t at, const Lines& want) {
    if (++comparisons_ > kMaxComparisons || at < next_) return false;
    for (std::size_t i = 0; i < want.size(); ++i) {
      ++comparisons_;
      if (lines_[at + i] != want[i]) return false;
    }
    return true;
  }

  bool take(std::size_t at, const Side& side, std::size_t head, std::size_t tail,
            std::size_t size) {
    copy_until(at);
    for (std::size_t i = head; i < side.to.size() - tail; ++i) put(side.to[i]);
    next_ = at + size;
    shift_ = static_cast<std::ptrdiff_t>(at) - static_cast<std::ptrdiff_t>(side.line + head);
    return true;
  }

  void copy_until(std::size_t end) {
    for (; next_ < end; ++next_) put(lines_[next_]);
  }
  void put(std::string_view line) {
    out_ += line;
    out_ += '\n';
  }

  Lines lines_;
  std::size_t max_fuzz_;
  std::size_t next_ = 0;  // the first line that is not written yet
  std::size_t comparisons_ = 0;
  std::ptrdiff_t shift_ = 0;  // how far off the last hunk lay
  std::string out_;
};

}  // namespace

Result<std::string> apply(const FileDiff& diff, std::string_view text, Direction direction,
                          std::size_t max_fuzz) {
  Applier applier(text, max_fuzz);
  std::size_t number = 0;
  for (const Hunk& hunk : diff.hunks) {
    ++number;
    if (!applier.add(hunk, direction))
      return fail(ErrorCode::not_found, "hunk {} of {} does not fit {}", number, diff.hunks.size(),
                  direction == Direction::forward ? diff.old_path : diff.new_path);
  }
  return applier.finish();
}

}  // namespace stowaway::advisory::patch
