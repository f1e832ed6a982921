// How tags, commit subjects or a file's text become versions: the `Version` and `Tags` keys of
// catalog/README.md. Pure; a VersionRule is for one thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "kb/miner/expression.h"

namespace stowaway::kb {

class VersionRule {
 public:
  enum class Where { tags, subjects, file_history, fixed, rolling };

  // Fails with invalid_argument for an unknown rule or an expression that does not compile or
  // captures nothing.
  static Result<VersionRule> parse(const std::string& rule, const std::string& regex);

  Where where() const { return where_; }
  const std::string& argument() const {
    return argument_;
  }  // the path of file_history, the version of fixed

  // The version that `text` (a tag's name, a subject, a file) states, or none.
  std::optional<std::string> version_of(std::string_view text) const;

 private:
  VersionRule() = default;
  Where where_ = Where::tags;
  std::string argument_, map_;
  std::optional<Expression> expression_;
};

}  // namespace stowaway::kb
