#include "testcase/sanitizer.h"

#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "base/text.h"

namespace stowaway::testcase {
namespace {

constexpr std::size_t kMaxReports = 64;
constexpr std::string_view kInside = "/in/";  // where boxes see what is tested

struct Frame {
  std::string path, function;
  unsigned line = 0;
};

// "/in/tree/a.c:12:3" or "/in/tree/a.c:12"
std::optional<Frame> frame_at(std::string_view place) {
  if (!place.starts_with(kInside)) return std::nullopt;
  const std::size_t colon = place.find(':');
  Frame frame;
  frame.path = place.substr(0, colon);
  if (colon != std::string_view::npos) {
    const std::string_view number = place.substr(colon + 1);
    std::from_chars(number.data(), number.data() + number.size(), frame.line);
  }
  return frame;
}

// "    #0 0x5581 in inflate /in/tree/inflate.c:763"; std::nullopt for any other line, an empty
// frame for one that lies elsewhere.
std::optional<Frame> stack_line(std::string_view line) {
  line = trimmed(line);
  if (!line.starts_with('#')) return std::nullopt;
  const std::size_t in = line.find(" in "), space = line.rfind(' ');
  if (in == std::string_view::npos || space == std::string_view::npos || space < in + 4)
    return Frame{};
  auto frame = frame_at(line.substr(space + 1));
  if (!frame) return Frame{};
  frame->function = line.substr(in + 4, space - in - 4);
  return frame;
}

std::string undefined_kind(std::string_view message) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kWords{{
      {"out of bounds", "index-out-of-bounds"},
      {"signed integer overflow", "signed-overflow"},
      {"negation of", "signed-overflow"},
      {"cannot be represented", "signed-overflow"},
      {"division by zero", "division-by-zero"},
      {"null pointer", "null-pointer"},
      {"unreachable", "unreachable"},
      {"variable length array", "vla-bound"},
      {"not a valid value", "invalid-value"},
  }};
  for (const auto& [words, kind] : kWords)
    if (message.find(words) != std::string_view::npos) return std::string(kind);
  return "other-undefined";
}

// "==2==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x60 …"
std::optional<SanitizerReport> address_line(std::string_view line) {
  static constexpr std::string_view kMark = "ERROR: AddressSanitizer: ";
  const std::size_t at = line.find(kMark);
  if (!line.starts_with("==") || at == std::string_view::npos) return std::nullopt;
  std::string_view rest = line.substr(at + kMark.size());
  SanitizerReport report;
  report.from_address_sanitizer = true;
  report.message = rest;
  if (rest.starts_with("attempting ")) rest.remove_prefix(11);  // "attempting double-free on …"
  report.kind = rest.substr(0, rest.find_first_of(" :"));
  static constexpr std::string_view kAddress = "SEGV on unknown address 0x";
  if (rest.starts_with(kAddress)) {
    const std::string_view digits = rest.substr(kAddress.size());
    std::from_chars(digits.data(), digits.data() + digits.size(), report.address, 16);
  }
  return report;
}

// "/in/tree/trees.c:12:3: runtime error: index 573 out of bounds …"
std::optional<SanitizerReport> undefined_line(std::string_view line) {
  static constexpr std::string_view kMark = ": runtime error: ";
  const std::size_t at = line.find(kMark);
  if (at == std::string_view::npos || line.find(": ") != at) return std::nullopt;
  SanitizerReport report;
  report.message = line.substr(at + kMark.size());
  report.kind = undefined_kind(report.message);
  if (const auto frame = frame_at(line.substr(0, at)))
    report.path = frame->path, report.line = frame->line;
  return report;
}

// "program: /in/tree/a.cpp:12: void f(): Assertion `x' failed."
std::optional<SanitizerReport> assertion_line(std::string_view line) {
  const std::size_t at = line.find(": Assertion `"), name = line.find(": ");
  if (at == std::string_view::npos || name >= at || !line.ends_with("failed.")) return std::nullopt;
  SanitizerReport report;
  report.kind = "assertion";
  report.message = line.substr(at + 2);
  const std::string_view place =
      line.substr(name + 2, at - name - 2);  // "/in/tree/a.cpp:12: void f()"
  const std::size_t colon = place.find(": ");
  if (const auto frame = frame_at(place.substr(0, colon))) {
    report.path = frame->path, report.line = frame->line;
    if (colon != std::string_view::npos) report.function = place.substr(colon + 2);
  }
  return report;
}

// The report's stack, line by line: its first frame below /in/ tells the place, or only the
// function where the message itself has told the place.
void take_frame(const Frame& frame, SanitizerReport& report) {
  if (frame.path.empty()) return;
  if (report.path.empty()) {
    report.path = frame.path;
    report.line = frame.line;
    report.function = frame.function;
  } else if (report.function.empty() && report.path == frame.path && report.line == frame.line) {
    report.function = frame.function;
  }
}

}  // namespace

std::vector<SanitizerReport> read_reports(std::string_view errors) {
  std::vector<SanitizerReport> reports;
  bool in_stack = false, open = false;  // of the last report: its first stack
  for (const std::string_view line : split(errors, '\n')) {
    if (open) {
      const auto frame = stack_line(line);
      if (frame) take_frame(*frame, reports.back());
      if (in_stack && !frame) open = false;  // what follows tells of allocation and release
      in_stack = frame.has_value();
      if (frame) continue;
    }
    auto report = address_line(line);
    if (!report) report = undefined_line(line);
    if (!report) report = assertion_line(line);
    if (!report) continue;
    if (reports.size() == kMaxReports) break;
    open = report->kind != "assertion";
    in_stack = false;
    reports.push_back(*std::move(report));
  }
  return reports;
}

}  // namespace stowaway::testcase
