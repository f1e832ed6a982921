#include "cli/exit_code.h"

namespace stowaway::cli {

ExitCode exit_code_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::invalid_argument:
    case ErrorCode::not_found:
    case ErrorCode::unsupported: return kWrongUse;
    case ErrorCode::cancelled: return kInterrupted;
    case ErrorCode::limit_exceeded: return kPartial;
    case ErrorCode::corrupt:
    case ErrorCode::io:
    case ErrorCode::unavailable: return kOtherFailure;
  }
  return kOtherFailure;
}

}  // namespace stowaway::cli
