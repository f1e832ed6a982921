#include "report/policy_report.h"

#include <fmt/core.h>

#include "report/common.h"
#include "report/text.h"

namespace stowaway::report {

std::string rule_text(const Judgement& judgement, const Violation& violation) {
  if (violation.line == 0) return fmt::format("{}: {}", judgement.policy.file, violation.rule);
  return fmt::format("{}, line {}: {} {}", judgement.policy.file, violation.line, violation.rule,
                     violation.text);
}

std::string policy_part(const match::ScanResult& result, const Judgement& judgement,
                        const Style& style, std::size_t line) {
  const std::string broken =
      judgement.violations.empty()
          ? "kept"
          : count_text(judgement.violations.size(), "rule", "rules") + " broken";
  std::string out = "\n" +
                    style(judgement.violations.empty() ? Paint::strong : Paint::bad,
                          fmt::format("Policy {}: {}", to_line(judgement.policy.file), broken)) +
                    "\n";
  for (const Violation& violation : judgement.violations) {
    const std::string& path = result.copies[violation.copy].path;
    out +=
        indented(fmt::format("{}: {} ({})", path.empty() ? "." : to_line(path),
                             to_line(violation.message), to_line(rule_text(judgement, violation))),
                 2, line);
  }
  for (const AcceptedCopy& accepted : judgement.accepted) {
    const PathAcceptance& why = judgement.policy.accept[accepted.acceptance];
    const std::string& path = result.copies[accepted.copy].path;
    out += indented(fmt::format("{}: {} accepted (line {}){}", path.empty() ? "." : to_line(path),
                                to_line(result.copies[accepted.copy].component), why.line,
                                why.because.empty() ? "" : ": " + to_line(why.because)),
                    2, line);
  }
  return out;
}

Json policy_json(const match::ScanResult& result, const Judgement& judgement) {
  Json out;
  set_bytes(out, "file", judgement.policy.file);
  out["violations"] = Json::array();
  for (const Violation& violation : judgement.violations) {
    Json one;
    one["rule"] = violation.rule;
    one["text"] = json_text(violation.text);
    one["line"] = violation.line == 0 ? Json(nullptr) : Json(violation.line);
    one["copy"] = violation.copy;
    set_bytes(one, "path", result.copies[violation.copy].path);
    one["component"] = json_text(result.copies[violation.copy].component);
    one["message"] = json_text(violation.message);
    out["violations"].push_back(std::move(one));
  }
  out["accepted"] = Json::array();
  for (const AcceptedCopy& accepted : judgement.accepted) {
    const PathAcceptance& why = judgement.policy.accept[accepted.acceptance];
    out["accepted"].push_back({{"copy", accepted.copy},
                               {"line", why.line},
                               {"until", json_text(why.until)},
                               {"because", json_text(why.because)}});
  }
  return out;
}

}  // namespace stowaway::report
