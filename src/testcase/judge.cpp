#include "testcase/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "testcase/compiler.h"
#include "testcase/sanitizer.h"
#include "testcase/staged_tree.h"

namespace stowaway::testcase {
namespace {

constexpr std::string_view kSays = "stowaway-case: ";  // as support.cpp's programs write it

struct Said {
  bool armed = false;
  std::string word, rest;  // the last one but "armed": "bad", "clean", …
};

Said what_was_said(std::string_view output) {
  Said said;
  for (const std::string_view line : split(output, '\n')) {
    if (!line.starts_with(kSays)) continue;
    const std::string_view words = line.substr(kSays.size());
    const std::size_t space = words.find(' ');
    if (words.substr(0, space) == "armed") {
      said.armed = true;
      continue;
    }
    said.word = words.substr(0, space);
    said.rest = space == std::string_view::npos ? "" : trimmed(words.substr(space + 1));
  }
  return said;
}

bool lies_inside(const std::string& path, std::string_view inside) {
  return inside.ends_with('/') ? path.starts_with(inside) : path == inside;
}

bool is_expected(const Expectation& expect, const SanitizerReport& report) {
  if (report.kind == "assertion") return expect.assertion;
  if (!expect.files.empty() && std::ranges::none_of(expect.files, [&](const std::string& file) {
        return ends_with_name(report.path, file);
      }))
    return false;
  return std::ranges::any_of(expect.reports, [&](const std::string& kind) {
    return kind == report.kind || (kind == "memory-error" && report.from_address_sanitizer);
  });
}

// Where, as the subject names it.
std::string describe(const SanitizerReport& report, std::string_view inside) {
  std::string_view path = report.path;
  if (inside.ends_with('/') && path.starts_with(inside)) path.remove_prefix(inside.size());
  std::string text = report.kind == "assertion" ? report.message : report.kind;
  if (!report.function.empty()) text += " in " + report.function;
  if (!path.empty()) text += fmt::format(" ({}:{})", path, report.line);
  if (!report.from_address_sanitizer && report.kind != "assertion") text += ": " + report.message;
  return escape_for_terminal(text);
}

std::string touched(const SanitizerReport& report, std::span<const std::string> absent) {
  const std::size_t index = (report.address - kFirstAbsent) / kAbsentStep;
  return escape_for_terminal(absent[std::min(index, absent.size() - 1)]);
}

// The program's own word, once no report has decided.
Judgement judge_words(const Expectation& expect, const BoxResult& seen, const Said& said) {
  const std::string rest = escape_for_terminal(said.rest);
  if (said.word == "bad" && seen.status == 99)
    return expect.wrong_result
               ? Judgement{Verdict::vulnerable, rest}
               : Judgement{Verdict::error,
                           "the program saw what the case does not expect: " + rest};
  if (said.word == "clean" && seen.status == 0)
    return {Verdict::not_vulnerable, rest.empty() ? "came to its end; nothing bad was seen" : rest};
  if (said.word == "not-applicable" && seen.status == 98) return {Verdict::not_applicable, rest};
  if (said.word == "cannot-load" && seen.status == 96)
    return {Verdict::needs_variant, "the copy cannot be loaded: " + rest};
  if (said.word == "broken" && seen.status == 97)
    return {Verdict::error, "the test could not be set up: " + rest};
  return {Verdict::error, fmt::format("ended with status {} and no word that counts", seen.status)};
}

}  // namespace

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::vulnerable: return "vulnerable";
    case Verdict::not_vulnerable: return "not-vulnerable";
    case Verdict::not_applicable: return "not-applicable";
    case Verdict::needs_variant: return "needs-variant";
    case Verdict::error: return "error";
  }
  return "";
}

Judgement judge(const Expectation& expect, const BoxResult& seen, std::string_view inside,
                std::span<const std::string> absent) {
  if (seen.end != BoxEnd::exited) return {Verdict::error, seen.detail};
  std::optional<SanitizerReport> foreign;  // a fault that ended the program, but is not the one
  for (const SanitizerReport& report : read_reports(seen.errors)) {
    if (!absent.empty() && report.address >= kFirstAbsent && report.address < kEndAbsent)
      return {Verdict::error, "the copy needs what lies outside it: " + touched(report, absent)};
    const bool in_copy = lies_inside(report.path, inside);
    if (in_copy && is_expected(expect, report))
      return {Verdict::vulnerable, describe(report, inside)};
    if (report.from_address_sanitizer || report.kind == "assertion") foreign = report;
  }
  if (foreign) {
    const bool in_copy = lies_inside(foreign->path, inside);
    return {Verdict::error,
            (in_copy ? "another fault than the expected one: " : "a fault outside the copy: ") +
                describe(*foreign, inside)};
  }
  const Said said = what_was_said(seen.output);
  if (seen.out_of_cpu()) {
    if (expect.hang && said.armed)
      return {Verdict::vulnerable, "does not come to an end: the processor time was used up"};
    return {Verdict::error, "the processor time was used up"};
  }
  return judge_words(expect, seen, said);
}

}  // namespace stowaway::testcase
