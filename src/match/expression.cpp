#define PCRE2_CODE_UNIT_WIDTH 8
#include "match/expression.h"

#include <pcre2.h>

#include <array>

#include "base/result.h"

namespace stowaway::match {
namespace {
constexpr std::uint32_t kMatchLimit = 100'000;
constexpr std::size_t kMaxGroups = 8;
}  // namespace

struct Expression::Code {
  pcre2_code* code = nullptr;
  ~Code() { pcre2_code_free(code); }
};

Expression::Expression(std::string_view pattern) : code_(std::make_unique<Code>()) {
  int error = 0;
  PCRE2_SIZE offset = 0;
  code_->code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                              PCRE2_MULTILINE, &error, &offset, nullptr);
  STOWAWAY_CHECK(code_->code != nullptr, "a built-in expression does not compile");
  pcre2_jit_compile(code_->code, PCRE2_JIT_COMPLETE);
}
Expression::~Expression() = default;

void Expression::for_each(std::string_view text, std::size_t max_matches,
                          const std::function<void(std::span<const std::string_view>)>& use) const {
  struct Scratch {
    pcre2_match_data* data = pcre2_match_data_create(kMaxGroups, nullptr);
    pcre2_match_context* context = pcre2_match_context_create(nullptr);
    Scratch() { pcre2_set_match_limit(context, kMatchLimit); }
    ~Scratch() {
      pcre2_match_context_free(context);
      pcre2_match_data_free(data);
    }
  };
  thread_local Scratch scratch;
  std::array<std::string_view, kMaxGroups> groups;
  for (std::size_t from = 0; max_matches-- > 0;) {
    const int count = pcre2_match(code_->code, reinterpret_cast<PCRE2_SPTR>(text.data()),
                                  text.size(), from, 0, scratch.data, scratch.context);
    if (count < 1) return;
    const PCRE2_SIZE* ends = pcre2_get_ovector_pointer(scratch.data);
    groups.fill({});
    for (std::size_t i = 0; i < static_cast<std::size_t>(count) && i < kMaxGroups; ++i)
      if (ends[2 * i] != PCRE2_UNSET)
        groups[i] = text.substr(ends[2 * i], ends[2 * i + 1] - ends[2 * i]);
    use(groups);
    if (ends[1] <= from && ends[1] == ends[0]) return;
    from = ends[1];
  }
}

}  // namespace stowaway::match
