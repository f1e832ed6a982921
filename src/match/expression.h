// A compiled regular expression (PCRE2) with limits: the one place in `match` that talks to the
// library. Safe from any thread once made.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string_view>

namespace stowaway::match {

class Expression {
 public:
  // `pattern` is ours: one that does not compile is a bug.
  explicit Expression(std::string_view pattern);
  ~Expression();
  Expression(const Expression&) = delete;
  Expression& operator=(const Expression&) = delete;

  // Calls use(groups) for every match, group 0 first, unset groups empty; stops at `max_matches` or
  // when a limit is hit.
  void for_each(std::string_view text, std::size_t max_matches,
                const std::function<void(std::span<const std::string_view>)>& use) const;

 private:
  struct Code;
  std::unique_ptr<Code> code_;
};

}  // namespace stowaway::match
