// The state of the signature that a .dsc carries, found out by gpgv. Private to `kb/miner`.
#pragma once

#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace stowaway::kb {

// What a run of `gpgv --status-fd` said: "good", "expired-key" (signed while it was valid or not),
// "revoked-key", "unknown-key" (in none of the keyrings), "unchecked" (it could not be) or "bad".
// Pure.
std::string_view signature_state(std::string_view gpgv_status);

// One of the above, "unsigned", or "unchecked" where there is no gpgv or no keyring. `keyrings`:
// files; empty: those of the package debian-keyring that are there. Fails with io, corrupt or
// cancelled.
Result<std::string> check_dsc_signature(const std::string& dsc_file,
                                        const std::vector<std::string>& keyrings,
                                        const std::stop_token& stop);

}  // namespace stowaway::kb
