// The fingerprint of a certificate, as access.h keeps it. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace stowaway::ledger {

// Of the first certificate in a PEM text: SHA-256 of its DER form (RFC 5280), 64 hex digits. Fails
// with corrupt: there is none.
Result<std::string> certificate_fingerprint(std::string_view pem);

}  // namespace stowaway::ledger
