// Errors as values. Callers branch on `code`, never on text; a message says what, where, and what
// the user can do. Thread safety: plain values.
#pragma once

#include <string>
#include <string_view>

namespace stowaway {

enum class ErrorCode {
  invalid_argument,  // the caller asked for something that makes no sense
  not_found,
  corrupt,         // foreign bytes that do not follow their format
  limit_exceeded,  // a limit of base/limits.h was hit
  io,              // the operating system refused or failed
  unavailable,     // a service or program that is needed did not answer
  cancelled,       // the user asked to stop
  unsupported,     // well formed, but not something this program handles
};

// Stable lower-case name of a code, as used in machine-readable output: "not_found".
std::string_view name_of(ErrorCode code);

struct Error {
  ErrorCode code;
  std::string message;

  // Returns a copy with context put in front: "while reading x.tar.xz: <message>".
  Error within(std::string_view context) const;
};

}  // namespace stowaway
