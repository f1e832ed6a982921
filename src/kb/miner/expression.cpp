#define PCRE2_CODE_UNIT_WIDTH 8
#include "kb/miner/expression.h"

#include <pcre2.h>

namespace stowaway::kb {
namespace {

constexpr std::uint32_t kMatchLimit = 1'000'000;  // steps; catalogue expressions need a few hundred

}  // namespace

struct Expression::Code {
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

Result<Expression> Expression::compile(const std::string& text, bool multiline) {
  Expression out;
  out.code_ = std::make_shared<Code>();
  int error = 0;
  PCRE2_SIZE offset = 0;
  out.code_->code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(),
                                  multiline ? PCRE2_MULTILINE : 0, &error, &offset, nullptr);
  if (out.code_->code == nullptr)
    return fail(ErrorCode::invalid_argument, "expression \"{}\" does not compile at {}", text,
                offset);
  pcre2_jit_compile(out.code_->code,
                    PCRE2_JIT_COMPLETE);  // optional: without it, matching is only slower
  out.code_->match = pcre2_match_data_create_from_pattern(out.code_->code, nullptr);
  out.code_->context = pcre2_match_context_create(nullptr);
  pcre2_set_match_limit(out.code_->context, kMatchLimit);
  return out;
}

unsigned Expression::groups() const {
  std::uint32_t groups = 0;
  pcre2_pattern_info(code_->code, PCRE2_INFO_CAPTURECOUNT, &groups);
  return groups;
}

int Expression::match(std::string_view text) const {
  return pcre2_match(code_->code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), 0, 0,
                     code_->match, code_->context);
}

bool Expression::matches(std::string_view text) const { return match(text) > 0; }

std::optional<std::string_view> Expression::first_group(std::string_view text) const {
  if (match(text) < 2) return std::nullopt;
  const PCRE2_SIZE* ends = pcre2_get_ovector_pointer(code_->match);
  if (ends[2] == PCRE2_UNSET || ends[3] <= ends[2]) return std::nullopt;
  return text.substr(ends[2], ends[3] - ends[2]);
}

}  // namespace stowaway::kb
