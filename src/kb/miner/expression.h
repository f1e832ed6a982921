// The one place that talks to PCRE2: expressions of the catalogue, with a limit on the steps that a
// match may take. For one thread; copies share the compiled form and belong to the same thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace stowaway::kb {

class Expression {
 public:
  // `multiline`: ^ and $ match at lines too. Fails with invalid_argument.
  static Result<Expression> compile(const std::string& text, bool multiline = false);

  unsigned groups() const;
  // False too where the match takes more steps than the limit.
  bool matches(std::string_view text) const;
  // What the first group captured in the first match; none if nothing or nothing but "".
  std::optional<std::string_view> first_group(std::string_view text) const;

 private:
  Expression() = default;
  int match(std::string_view text) const;
  struct Code;
  std::shared_ptr<Code> code_;
};

}  // namespace stowaway::kb
