#define PCRE2_CODE_UNIT_WIDTH 8
#include "kb/miner/version_rule.h"

#include <pcre2.h>

#include <algorithm>
#include <array>

namespace stowaway::kb {
namespace {

constexpr std::uint32_t kMatchLimit = 1'000'000;  // steps; catalogue expressions need a few hundred

std::string mapped(const std::string& map, std::string text) {
  if (map == "us" || map == "usdash") std::ranges::replace(text, '_', '.');
  if (map == "dash" || map == "usdash") std::ranges::replace(text, '-', '.');
  if (map == "stripv" && text.starts_with('v')) text.erase(0, 1);
  const bool digits =
      map == "digits" && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) return text;
  std::string dotted;
  for (const char c : text) dotted.append(dotted.empty() ? "" : ".").push_back(c);
  return dotted;
}

bool is_map(std::string_view map) {
  static constexpr std::array<std::string_view, 6> kMaps{"id",     "us",     "dash",
                                                         "usdash", "digits", "stripv"};
  return std::ranges::find(kMaps, map) != kMaps.end();
}

}  // namespace

struct VersionRule::Code {
  pcre2_code* code = nullptr;
  pcre2_match_data* match = nullptr;
  pcre2_match_context* context = nullptr;
  Code() = default;
  Code(const Code&) = delete;
  Code& operator=(const Code&) = delete;
  ~Code() {
    pcre2_match_context_free(context);
    pcre2_match_data_free(match);
    pcre2_code_free(code);
  }
};

Result<VersionRule> VersionRule::parse(const std::string& rule, const std::string& regex) {
  VersionRule out;
  const std::size_t first = rule.find(':'), last = rule.rfind(':');
  const std::string head = rule.substr(0, first);
  if (rule == "rolling") {
    out.where_ = Where::rolling;
    return out;
  }
  if (head == "fixed" && first != std::string::npos) {
    out.where_ = Where::fixed;
    out.argument_ = rule.substr(first + 1);
    return out;
  }
  out.map_ = first == std::string::npos ? rule : rule.substr(last + 1);
  if (head == "subject" && first == last) out.where_ = Where::subjects;
  if (head == "filehist" && first != last) {
    out.where_ = Where::file_history;
    out.argument_ = rule.substr(first + 1, last - first - 1);
  }
  if (!is_map(out.map_) || (first != std::string::npos && out.where_ == Where::tags))
    return fail(ErrorCode::invalid_argument, "unknown version rule \"{}\"", rule);

  out.code_ = std::make_shared<Code>();
  int error = 0;
  PCRE2_SIZE offset = 0;
  const std::uint32_t flags = out.where_ == Where::file_history ? PCRE2_MULTILINE : 0;
  out.code_->code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(regex.data()), regex.size(), flags,
                                  &error, &offset, nullptr);
  if (out.code_->code == nullptr)
    return fail(ErrorCode::invalid_argument, "expression \"{}\" does not compile at {}", regex,
                offset);
  std::uint32_t groups = 0;
  pcre2_pattern_info(out.code_->code, PCRE2_INFO_CAPTURECOUNT, &groups);
  if (groups < 1)
    return fail(ErrorCode::invalid_argument, "expression \"{}\" captures no version", regex);
  pcre2_jit_compile(out.code_->code,
                    PCRE2_JIT_COMPLETE);  // optional: without it, matching is only slower
  out.code_->match = pcre2_match_data_create_from_pattern(out.code_->code, nullptr);
  out.code_->context = pcre2_match_context_create(nullptr);
  pcre2_set_match_limit(out.code_->context, kMatchLimit);
  return out;
}

std::optional<std::string> VersionRule::version_of(std::string_view text) const {
  if (!code_) return std::nullopt;
  const int count = pcre2_match(code_->code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(),
                                0, 0, code_->match, code_->context);
  if (count < 2) return std::nullopt;
  const PCRE2_SIZE* ends = pcre2_get_ovector_pointer(code_->match);
  if (ends[2] == PCRE2_UNSET || ends[3] <= ends[2]) return std::nullopt;
  return mapped(map_, std::string(text.substr(ends[2], ends[3] - ends[2])));
}

}  // namespace stowaway::kb
