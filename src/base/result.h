// Result<T>: a value or an Error, for everything that input, disk, network or users can cause.
// Dropping one fails the build. STOWAWAY_TRY unwraps or returns the error to our caller;
// STOWAWAY_CHECK is for bugs only and never reachable from input.
#pragma once

#include <fmt/core.h>

#include <cstdio>
#include <cstdlib>
#include <tl/expected.hpp>
#include <utility>

#include "base/error.h"

namespace stowaway {

template <class T = void>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
};

// Makes the error side of any Result, formatted with fmt: `return fail(ErrorCode::io, "cannot open
// {}", path);`
template <class... Args>
tl::unexpected<Error> fail(ErrorCode code, fmt::format_string<Args...> format, Args&&... args) {
  return tl::unexpected<Error>(Error{code, fmt::format(format, std::forward<Args>(args)...)});
}

}  // namespace stowaway

#define STOWAWAY_CONCAT_(a, b) a##b
#define STOWAWAY_CONCAT(a, b) STOWAWAY_CONCAT_(a, b)

// STOWAWAY_TRY(auto value, expression); declares `value`, or returns the error.
#define STOWAWAY_TRY(declaration, ...)                                                            \
  auto STOWAWAY_CONCAT(try_, __LINE__) = (__VA_ARGS__);                                           \
  if (!STOWAWAY_CONCAT(try_, __LINE__))                                                           \
    return tl::unexpected<::stowaway::Error>(std::move(STOWAWAY_CONCAT(try_, __LINE__)).error()); \
  declaration = *std::move(STOWAWAY_CONCAT(try_, __LINE__))

// The same for Result<void>.
#define STOWAWAY_TRY_VOID(...)                                                                \
  do {                                                                                        \
    auto try_result = (__VA_ARGS__);                                                          \
    if (!try_result) return tl::unexpected<::stowaway::Error>(std::move(try_result).error()); \
  } while (false)

#define STOWAWAY_CHECK(condition, why)                                               \
  do {                                                                               \
    if (!(condition)) {                                                              \
      std::fprintf(stderr, "stowaway: bug at %s:%d: %s\n", __FILE__, __LINE__, why); \
      std::abort();                                                                  \
    }                                                                                \
  } while (false)
